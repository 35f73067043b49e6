/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * dif_fields_new:
 * @dialog: the dialog
 * @config: what is edited
 * @settings: (element-type DifSetting): its settings, in their order
 *
 * Returns: (transfer floating): a column with one row for each everyday setting
 */
GtkWidget *dif_fields_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config,
                           GPtrArray *settings);

/**
 * dif_fields_at:
 * @settings: (element-type DifSetting): settings
 * @level: which of them
 *
 * Returns: (transfer container) (element-type DifSetting): those of this level, in their order
 */
GPtrArray *dif_fields_at (GPtrArray *settings, DifSettingLevel level);

/**
 * dif_fields_column:
 * @dialog: the dialog
 * @config: what is edited
 * @settings: (element-type DifSetting): all its settings
 * @shown: (array length=n) (element-type DifSetting): those that are shown
 * @n: how many
 *
 * Returns: (transfer floating): a column with one row for each of these settings
 */
GtkWidget *dif_fields_column (GimpProcedureDialog *dialog, GimpProcedureConfig *config,
                              GPtrArray *settings, gpointer *shown, guint n);

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
