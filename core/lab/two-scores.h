/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifTwoScores:
 * @cosine: between the two scores of a picture, all its numbers as one vector; the mean over the
 *   pictures
 * @difference: how long their difference is, of the second score
 * @unseen: of the noise, the share that each network does not see: the mean square of its error
 *
 * What two networks say of the same noisy pictures.
 */
typedef struct
{
  double cosine;
  double difference;
  double unseen[2];
} DifTwoScores;

/**
 * dif_two_scores_compare:
 * @context: the context
 * @one: a model
 * @other: another, of any process
 * @x0: (nullable): clean pictures, in [-1, 1]
 * @ratio: of noise to picture, sigma / alpha
 * @seed: of the noise
 * @out: (out caller-allocates): what came out
 *
 * Noises the pictures as @other's process does, and asks both for the score there: @one through the
 * bridge, as a network of that process, so that of DDPM's it is -eps / sqrt (1 - alpha_bar) at the
 * same ratio of noise to picture.  Neither's clean pictures are clipped.
 *
 * Shapes: x0 [N, H, W, 3]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Ho et al. 2020, section 3.2; Song et al. 2021 (score SDE), appendix C
 *
 * Returns: whether @out is filled
 */
gboolean dif_two_scores_compare (DifContext *context, const DifCheckpoint *one,
                                 const DifCheckpoint *other, const DifTensor *x0, double ratio,
                                 guint64 seed, DifTwoScores *out);

G_END_DECLS
