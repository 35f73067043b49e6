/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/**
 * DifLadder:
 * @sigma_min: the lowest noise level, 0 if it is not known yet
 * @sigma_max: the highest, likewise
 * @n_levels: how many, at a constant ratio, likewise
 *
 * Noise levels of an exploding process that a network learns at.
 */
typedef struct
{
  double sigma_min;
  double sigma_max;
  guint  n_levels;
} DifLadder;

/**
 * dif_ladder_ratio:
 * @dimension: numbers of a picture
 *
 * By how much a noise level may be above the next one, so that what is as noisy as the one is often
 * seen in training at the other too: of normal x in @dimension dimensions, half of what one level's
 * norms mostly are.
 *
 * Returns: the ratio, above 1
 *
 * Thread: any
 * Source: Song & Ermon 2020, technique 2
 */
double dif_ladder_ratio (gsize dimension);

/**
 * dif_ladder_reach:
 * @pictures: at least one
 *
 * Shapes: pictures [N, H, W, C]
 *
 * Returns: the largest distance between two of them, and at least 1: noise that large leads from
 * any of them to any other
 *
 * Thread: any
 * Source: Song & Ermon 2020, technique 1
 */
double dif_ladder_reach (const DifTensor *pictures);

/**
 * dif_ladder_spread:
 * @pictures: at least one
 *
 * Shapes: pictures [N, H, W, C]
 *
 * Returns: the deviation of their numbers from the mean of each channel, and at least 0.01
 *
 * Thread: any
 */
double dif_ladder_spread (const DifTensor *pictures);

/**
 * dif_ladder_complete:
 * @ladder: what is not known of it is filled
 * @pictures: of what is learned
 * @one_level: whether it is to have a single level
 *
 * A ladder by the rules: from the largest distance in the data down to 0.01, which cannot be seen,
 * at the ratio that the pictures' size allows.  A single level is half the data's own spread: noise
 * that connects what is alike, and leaves something to be seen.
 *
 * Shapes: pictures [N, H, W, C], in [-1, 1]
 * Thread: any
 * Source: Song & Ermon 2020, section 3
 */
void dif_ladder_complete (DifLadder *ladder, const DifTensor *pictures, gboolean one_level);

G_END_DECLS
