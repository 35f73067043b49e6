/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/image/image.h"
#include "core/tensor/context.h"
#include "core/train/trainer.h"

G_BEGIN_DECLS

/**
 * dif_texture_dataset_new:
 * @images: (array length=n): pictures
 * @n: how many
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): them as bytes, to learn from; or %NULL
 *
 * Thread: any
 */
DifDataset *dif_texture_dataset_new (const DifImage *const *images, guint n, GError **error);

/**
 * dif_texture_model_new:
 * @context: whose workers learn
 * @config: text of the config.json of a network
 * @settings: how it learns, for a number of steps
 * @dataset: what from
 *
 * A network that begins anew, learns, is saved in a temporary folder, and is opened from there as
 * any other: whatever a folder does not say of a model, the experiment does not know either.
 *
 * Errors: sticky in @context: those of training, saving and opening; %DIF_ERROR_CANCELLED also
 *   where the progress is asked to finish, since half of an experiment has no findings
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the model
 */
DifCheckpoint *dif_texture_model_new (DifContext *context, const char *config,
                                      const DifTrainSettings *settings, DifDataset *dataset);

/**
 * dif_texture_model_make:
 * @context: whose workers compute
 * @model: a model
 * @sampler: id of a row of dif_samplers()
 * @evaluations: of the network
 * @side: pixels on a side
 * @seed: of the noise
 *
 * Errors: sticky in @context: those of dif_run()
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): a picture by the model
 */
DifImage *dif_texture_model_make (DifContext *context, const DifCheckpoint *model,
                                  const char *sampler, guint evaluations, guint side, guint seed);

G_END_DECLS
