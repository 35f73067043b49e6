/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/pipeline/image.h"

G_BEGIN_DECLS

/**
 * cli_png_read:
 * @path: of a PNG file
 * @error: why not
 *
 * Returns: (transfer full): its colours without transparency, or %NULL
 *
 * Thread: any
 */
DifImage *cli_png_read (const char *path, GError **error);

/**
 * cli_png_read_bytes:
 * @path: of a PNG file
 * @width: (out): pixels in a row
 * @height: (out): rows
 * @error: why not
 *
 * Returns: (transfer full): four bytes for each pixel: R'G'B' and coverage; or %NULL
 *
 * Thread: any
 */
guint8 *cli_png_read_bytes (const char *path, guint *width, guint *height, GError **error);

/**
 * cli_png_write:
 * @path: of a PNG file to be made
 * @image: what to write, 8 bits a channel
 * @error: why not
 *
 * Returns: whether it was written
 *
 * Thread: any
 */
gboolean cli_png_write (const char *path, const DifImage *image, GError **error);

/**
 * cli_mask_read:
 * @path: of a PNG
 * @width: of the picture it is for
 * @height: of the picture it is for
 * @error: why it cannot be used
 *
 * Coverage from a mask's brightness.
 *
 * Returns: (transfer full): width * height numbers from 0 to 1, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST if it is of another size; those of cli_png_read()
 * Thread: any
 */
float *cli_mask_read (const char *path, guint width, guint height, GError **error);

G_END_DECLS
