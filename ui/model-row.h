/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_model_row_new:
 * @config: what is edited
 * @property: the one that names a model
 *
 * A label, a combo box that offers the models in the data folders and takes any other name or
 * folder, and a button that looks for a folder.
 *
 * Returns: (transfer floating): a grid, its label in the first column
 */
GtkWidget *dif_model_row_new (GimpProcedureConfig *config, const char *property);

G_END_DECLS
