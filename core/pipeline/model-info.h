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
 * @inpainting: whether it was trained to see mask and masked picture
 * @sample_height: pixels of what it was trained on, 0 if the folder does not say
 * @sample_width: likewise
 * @schedule: see dif_process_name(); "" if the folder does not say
 * @prediction: "epsilon", "sample", "v_prediction" or "score"; "" likewise
 * @n_train_steps: T, 0 if its noise has no steps
 * @sigma_min: lowest noise level, where it has no steps
 * @sigma_max: highest
 * @labels: (nullable): label names in their order, %NULL-terminated; %NULL if the model has none
 *
 * What `info` prints and a dialog shows of a model.
 */
typedef struct
{
  char    *path;
  char    *class_name;
  guint64  n_parameters;
  guint    in_channels;
  guint    out_channels;
  gboolean inpainting;
  guint    sample_height;
  guint    sample_width;
  char    *schedule;
  char    *prediction;
  guint    n_train_steps;
  double   sigma_min;
  double   sigma_max;
  char   **labels;
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

/**
 * dif_set_models_folder:
 * @folder: (nullable): absolute path of the folder that holds the embedded model
 *
 * Says where the embedded model lies: a plug-in calls it once with the folder beside
 * its executable.  Without a call, the environment's DIF_MODELS and then the folder
 * configured at build time are used.
 *
 * Thread: main, before anything else
 */
void dif_set_models_folder (const char *folder);

/**
 * dif_resolve_model:
 * @model: (nullable): name or path as a user gives it
 * @error: says where was looked
 *
 * "" is the embedded model; an absolute or existing path is taken as it is; a bare name is
 * looked for in the user's data folder (gimp-diffusion/models), then the system's.  "~/PATH",
 * "file:///PATH" and a model's model_index.json are understood, and blanks and slashes at the ends
 * are left off.
 *
 * Returns: (transfer full): an existing folder or file, or %NULL
 *
 * Errors: %DIF_ERROR_MISSING
 * Thread: any
 */
char *dif_resolve_model (const char *model, GError **error);

/**
 * dif_models_list:
 *
 * Returns: (transfer full): names of the models in the user's data folder and the system's, in
 *   alphabetical order, %NULL-terminated; without the embedded one
 *
 * Thread: any
 */
char **dif_models_list (void);

/**
 * dif_new_model_folder:
 * @name: of a model that is to be, as a user gives it; blanks at its ends do not count
 * @error: says what is wrong with it
 *
 * A name is taken when learning begins, by dif_learn(); what a process that was killed has left of
 * that does not count.
 *
 * Returns: (transfer full): where it belongs in the user's data folder, so that dif_resolve_model()
 *   finds it by its name; or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST for what cannot be a folder's name, %DIF_ERROR_EXISTS where there is
 *   one already
 * Thread: any
 */
char *dif_new_model_folder (const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifModelInfo, dif_model_info_free)

G_END_DECLS
