/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"

G_BEGIN_DECLS

/**
 * texture_cut:
 * @image: a picture
 * @left: first column
 * @top: first row
 * @width: how many columns
 * @height: how many rows
 *
 * Returns: (transfer full): a part of it
 *
 * Thread: any
 */
DifImage *texture_cut (const DifImage *image, guint left, guint top, guint width, guint height);

/**
 * texture_half:
 * @image: a picture
 * @which: 0 or 1
 *
 * Cut across its longer side, so that the halves are as square as can be.
 *
 * Returns: (transfer full): a half of it
 *
 * Thread: any
 */
DifImage *texture_half (const DifImage *image, guint which);

G_END_DECLS
