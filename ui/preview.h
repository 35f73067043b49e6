/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libgimp/gimpui.h>

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * dif_preview_new:
 *
 * Returns: (transfer floating): a frame that shows small pictures
 */
GtkWidget *dif_preview_new (void);

/**
 * dif_preview_show:
 * @preview: from dif_preview_new()
 * @info: a report with a preview
 *
 * Shows the report's preview, as large as fits.
 */
void dif_preview_show (GtkWidget *preview, const DifProgressInfo *info);

G_END_DECLS
