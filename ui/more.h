/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

G_BEGIN_DECLS

/**
 * dif_more_new:
 * @dialog: the dialog
 * @config: what is edited
 * @settings: (element-type DifSetting): its settings, in their order
 *
 * Returns: (transfer floating) (nullable): an expander with the settings that are not
 *   everyday ones, open if one of them is not as it was made; its label counts those, also while
 *   it is closed; %NULL if @config has none
 */
GtkWidget *dif_more_new (GimpProcedureDialog *dialog, GimpProcedureConfig *config,
                         GPtrArray *settings);

G_END_DECLS
