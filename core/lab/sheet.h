/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

/**
 * dif_sheet_new:
 * @images: (array length=n): pictures of one size, row by row; %NULL for a place that stays empty
 * @n: how many, at least one that is there
 * @columns: in a row
 * @gap: pixels between them
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): all of them, on white; or %NULL
 *
 * Thread: any
 */
DifImage *dif_sheet_new (const DifImage *const *images, guint n, guint columns, guint gap,
                         GError **error);

G_END_DECLS
