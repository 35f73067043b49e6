/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_fields_new:
 * @dialog: the dialog
 * @config: what is edited
 *
 * Returns: (transfer floating): a column with one row for each everyday
 *   argument that @config has, in the order in which one thinks of them
 */
GtkWidget *dif_fields_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config);

/**
 * dif_fields_column:
 * @dialog: the dialog
 * @config: what is edited
 * @properties: (array length=n): arguments
 * @n: how many
 *
 * Returns: (transfer floating): a column with one row for each of these
 *   arguments that @config has
 */
GtkWidget *dif_fields_column (GimpProcedureDialog *dialog, GimpProcedureConfig *config,
                              const char *const *properties, guint n);

/**
 * dif_fields_plain:
 * @nick: a text with a mnemonic
 *
 * Returns: (transfer full): the text without it
 */
char *dif_fields_plain (const char *nick);

/**
 * dif_fields_name:
 * @widget: a control, or something with controls inside
 * @nick: what it is called, with or without a mnemonic
 *
 * Gives the control a name for screen readers and tests.
 */
void dif_fields_name (GtkWidget *widget, const char *nick);

G_END_DECLS
