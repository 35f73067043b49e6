/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DIF_RANDOM_MASK_DRAWS:
 *
 * Numbers that dif_random_mask() takes.
 */
#define DIF_RANDOM_MASK_DRAWS 32

/**
 * dif_random_mask:
 * @draws: (array fixed-size=32): numbers from 0 to 1
 * @size: pixels on a side
 * @mask: (out caller-allocates) (array): [size, size]
 *
 * What is to be made: everything in 40 % of masks, else a box, a disc, a half plane (painting
 * outwards) or strokes.
 *
 * Thread: any
 * Source: models/training/train.py, which taught the embedded model
 */
void dif_random_mask (const double *draws, guint size, float *mask);

G_END_DECLS
