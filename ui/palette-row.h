/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_palette_row_new:
 * @config: what is edited
 * @property: the one that is a palette
 *
 * A label and a combo box of all GIMP's palettes, and none: GIMP's own chooser cannot choose that.
 *
 * Returns: (transfer floating): a grid, its label in the first column
 */
GtkWidget *dif_palette_row_new (GimpProcedureConfig *config, const char *property);

G_END_DECLS
