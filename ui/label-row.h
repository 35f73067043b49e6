/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_label_row_new:
 * @config: whose words are edited
 * @property: which of them
 * @model: the property that names the model
 * @placeholder: what an empty entry says
 *
 * A label and a combo box that offers the words the model knows, and takes any other text.
 *
 * Returns: (transfer floating): a grid, its label in the first column
 */
GtkWidget *dif_label_row_new (GimpProcedureConfig *config, const char *property, const char *model,
                              const char *placeholder);

G_END_DECLS
