/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

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

G_END_DECLS
