/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifImage:
 * @width: pixels in a row
 * @height: rows
 * @pixels: R'G'B' floats (sRGB, gamma encoded, 0 to 1), row by row, 3 for each pixel
 *
 * A picture as the outside world hands it over and gets it back.
 */
typedef struct
{
  guint  width;
  guint  height;
  float *pixels;
} DifImage;

/**
 * dif_image_new:
 * @width: pixels in a row, at least 1
 * @height: rows, at least 1
 * @error: set to %DIF_ERROR_NOMEM when there is no memory for it
 *
 * Returns: (transfer full): a black picture, or %NULL
 *
 * Thread: any
 */
DifImage *dif_image_new (guint width, guint height, GError **error);

/**
 * dif_image_free:
 * @image: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_image_free (DifImage *image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifImage, dif_image_free)

G_END_DECLS
