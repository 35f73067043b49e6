/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_model_row_new:
 * @dialog: the dialog
 * @config: whose "model" is edited
 *
 * An entry for a model's name or folder, and a button that looks for a folder.
 *
 * Returns: (transfer none): a labelled entry
 */
GtkWidget *dif_model_row_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config);

G_END_DECLS
