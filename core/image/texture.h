/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifTexture:
 *
 * What surrounds a hole, in blocks of 8 pixels, where it looks alike all over.
 */
typedef struct _DifTexture DifTexture;

/**
 * dif_texture_new:
 * @x: a picture in [-1, 1]
 * @hole: (array): for each pixel, whether it is unknown
 *
 * Looks at what is up to 40 pixels beside the hole.  It is a texture where most of the variance is
 * within its blocks: where their means, but for a gradient over all of them, differ by less than
 * that.  What is flat is none, for there is nothing that a smooth fill would lack.
 *
 * Shapes: x [1, H, W, C]
 * Thread: any
 *
 * Returns: (transfer full) (nullable): what it looks like, or %NULL where that is no texture
 */
DifTexture *dif_texture_new (const DifTensor *x, const guint8 *hole);

/**
 * dif_texture_free:
 * @texture: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_texture_free (DifTexture *texture);

/**
 * dif_texture_strange:
 * @texture: what surrounds a hole
 * @x: the picture
 * @hole: (array): for each pixel, whether it is unknown
 * @dy: rows from the hole to a piece that might fill it
 * @dx: columns
 *
 * A lamp on a wall has surroundings like a window's, and is no wall.
 *
 * Thread: any
 *
 * Returns: share of the piece's blocks that look like none of those around the hole, 0 to 1; 1
 * where the piece covers no block
 */
double dif_texture_strange (const DifTexture *texture, const DifTensor *x, const guint8 *hole,
                            gint64 dy, gint64 dx);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTexture, dif_texture_free)

G_END_DECLS
