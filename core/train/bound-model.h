/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/train/bound-estimate.h"

G_BEGIN_DECLS

/**
 * DifBoundOptions:
 * @size: pixels on a side of the crops
 * @variance: of steps back
 * @crops: of each picture, at least 1
 * @draws: timesteps that are drawn for each crop, at least 2; 0 for all there are
 * @seed: of the random numbers
 *
 * How the bound of a model is estimated.
 */
typedef struct
{
  guint       size;
  DifVariance variance;
  guint       crops;
  guint       draws;
  guint64     seed;
} DifBoundOptions;

/**
 * dif_bound_options_init:
 * @options: (out caller-allocates): the model's own size and variance, and a minute or two of work
 *   for the embedded model on 271 pictures
 * @checkpoint: a checkpoint
 *
 * Thread: any
 */
void dif_bound_options_init (DifBoundOptions *options, const DifCheckpoint *checkpoint);

/**
 * dif_bound_known_labels:
 * @checkpoint: a checkpoint
 * @dataset: pictures
 *
 * Returns: how many of the pictures' different labels are the network's; it is told those, and of
 *   other pictures that they have none
 *
 * Thread: any
 */
guint dif_bound_known_labels (const DifCheckpoint *checkpoint, const DifDataset *dataset);

/**
 * dif_bound_model:
 * @checkpoint: a checkpoint
 * @dataset: the pictures
 * @options: how
 * @n_threads: workers, 0 for one per processor
 * @progress: (nullable): told how far it is, asked to finish with the pictures there are or to
 * cancel
 * @figures: (out caller-allocates): empty, filled
 * @error: says why not
 *
 * The variational bound of a model on the bits per dimension of pictures: dif_bound_estimate() of
 * what generates pictures, without guidance.  Clean pictures are clipped where the process says so;
 * a network for inpainting is told that all is to be made, and begins from a base of 0.
 *
 * Returns: whether @figures is filled
 *
 * Errors: those of dif_bound_estimate(); %DIF_ERROR_UNSUPPORTED of networks for compressed images,
 *   %DIF_ERROR_REQUEST of sizes that the network cannot take
 * Thread: any
 */
gboolean dif_bound_model (const DifCheckpoint *checkpoint, DifDataset *dataset,
                          const DifBoundOptions *options, guint n_threads, DifProgress *progress,
                          DifBoundFigures *figures, GError **error);

G_END_DECLS
