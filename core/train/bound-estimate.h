/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"
#include "core/train/bound-figures.h"
#include "core/train/dataset.h"
#include "core/train/objective.h"

G_BEGIN_DECLS

/**
 * DifBoundSettings:
 * @process: of the network
 * @chain: makes the denoiser of a batch of @n crops with these rows of labels, or fails the context
 * @data: for @chain
 * @variance: of steps back; of %DIF_VARIANCE_LEARNED_RANGE the denoiser tells it
 * @crops: of each picture, at least 1
 * @draws: timesteps that are drawn for each crop besides t = 1, at least 2; 0 for all there are
 * @seed: of the crops, the timesteps and the noise
 *
 * What is estimated, and how exactly.
 */
typedef struct
{
  const DifProcess *process;
  DifDenoiser *(*chain) (DifContext *context, const guint *rows, guint n, gpointer data);
  gpointer    data;
  DifVariance variance;
  guint       crops;
  guint       draws;
  guint64     seed;
} DifBoundSettings;

/**
 * dif_bound_estimate:
 * @settings: what is asked
 * @dataset: after dif_dataset_prepare(): the pictures, cut without a change of their bytes
 * @context: the context
 * @figures: (out caller-allocates): empty, filled
 *
 * The variational bound on the bits per dimension of pictures, which is the mean of its estimates
 * on them: L_T in closed form, L_0 and the steps back with noise that is drawn.  Of the T - 1 steps
 * all are looked at, or some that are drawn by importance, for each crop one from each of @draws
 * layers of equal chance.  The chances come from a look at a few crops, and the draws, with noise
 * of their own, know nothing else of it: no estimate has a bias.
 *
 * Crops with pixels that are not to be learnt from are left out.  The pictures under way are, where
 * the progress is asked to finish.
 *
 * Errors: sticky in @context: %DIF_ERROR_REQUEST without pictures, %DIF_ERROR_NONFINITE,
 *   %DIF_ERROR_MISMATCH where the denoiser tells no variance, %DIF_ERROR_CANCELLED
 * Thread: the context's
 * Source: Ho et al. 2020, eq. 5; Nichol & Dhariwal 2021, section 3.3
 *
 * Returns: whether @figures is filled
 */
gboolean dif_bound_estimate (const DifBoundSettings *settings, const DifDataset *dataset,
                             DifContext *context, DifBoundFigures *figures);

G_END_DECLS
