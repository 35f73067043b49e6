/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

/**
 * dif_texture_cut:
 * @image: a picture
 * @left: first column
 * @top: first row
 * @width: how many columns
 * @height: how many rows
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): a part of it, or %NULL
 *
 * Thread: any
 */
DifImage *dif_texture_cut (const DifImage *image, guint left, guint top, guint width, guint height,
                           GError **error);

/**
 * dif_texture_half:
 * @image: a picture
 * @which: 0 or 1
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Cut across its longer side, so that the halves are as square as can be.
 *
 * Returns: (transfer full): a half of it, or %NULL
 *
 * Thread: any
 */
DifImage *dif_texture_half (const DifImage *image, guint which, GError **error);

G_END_DECLS
