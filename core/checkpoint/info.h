/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifModelInfo:
 * @path: the folder
 * @class_name: of the network, for example "UNet2DModel"
 * @n_parameters: numbers in the network
 * @in_channels: what the network reads for each pixel
 * @out_channels: what it writes
 * @learns_variance: whether that says how much noise DDPM needs as well
 * @inpainting: whether it was trained to see mask and masked picture
 * @sample_height: pixels of what it was trained on, 0 if the folder does not say
 * @sample_width: likewise
 * @schedule: see dif_process_name(); "" if the folder does not say
 * @prediction: "epsilon", "sample", "v_prediction" or "score"; "" likewise
 * @n_train_steps: T, 0 if its noise has no steps
 * @n_levels: noise levels of its ladder, where it has one instead of steps
 * @sigma_min: lowest noise level, where it has no steps
 * @sigma_max: highest
 * @sampler: (nullable): id of the sampler that suits it; %NULL if the folder does not say how it
 * was noised
 * @samplers: (nullable): ids of all that make pictures with it, %NULL-terminated
 * @labels: (nullable): label names in their order, %NULL-terminated; %NULL if the model has none
 *
 * What `info` prints and a dialog shows of a model.
 */
typedef struct
{
  char       *path;
  char       *class_name;
  guint64     n_parameters;
  guint       in_channels;
  guint       out_channels;
  gboolean    learns_variance;
  gboolean    inpainting;
  guint       sample_height;
  guint       sample_width;
  char       *schedule;
  char       *prediction;
  guint       n_train_steps;
  guint       n_levels;
  double      sigma_min;
  double      sigma_max;
  const char *sampler;
  char      **samplers;
  char      **labels;
} DifModelInfo;

/**
 * dif_model_info_load:
 * @model: (nullable): folder of a model, %NULL or "" for the embedded one
 * @error: why it cannot be read
 *
 * Opens a model's configuration and its tensors' shapes (not the numbers).
 *
 * Returns: (transfer full): the facts, or %NULL
 *
 * Errors: those of opening a model
 * Thread: any
 */
DifModelInfo *dif_model_info_load (const char *model, GError **error);

/**
 * dif_model_info_free:
 * @info: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_model_info_free (DifModelInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifModelInfo, dif_model_info_free)

G_END_DECLS
