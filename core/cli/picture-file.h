/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cli/color.h"
#include "core/cli/png-file.h"
#include "core/image/image.h"

G_BEGIN_DECLS

/**
 * CliPicture:
 * @width: pixels in a row
 * @height: rows
 * @pixels: (array): @width * @height * 3 R'G'B' floats (sRGB), beyond 0 and 1 where sRGB is too
 *   narrow
 * @alpha: (nullable) (array): @width * @height opacities; %NULL where all is opaque
 * @png: the file's own numbers
 * @color: what colors these are
 *
 * A picture of a file.
 */
typedef struct
{
  guint     width;
  guint     height;
  float    *pixels;
  float    *alpha;
  CliPng   *png;
  CliColor *color;
} CliPicture;

/**
 * cli_picture_read:
 * @path: of a PNG file, or "-" for what comes in
 * @error: why not
 *
 * Returns: (transfer full): the picture, or %NULL
 *
 * Errors: those of cli_png_load()
 * Thread: any
 */
CliPicture *cli_picture_read (const char *path, GError **error);

/**
 * cli_picture_free:
 * @picture: (transfer full) (nullable): a picture
 *
 * Thread: any
 */
void cli_picture_free (CliPicture *picture);

/**
 * cli_picture_write:
 * @picture: a picture as it was read; its file's numbers are changed
 * @pixels: (array): what has become of its pixels
 * @alpha: (nullable) (array): what has become of its opacities; %NULL for the picture's own
 * @path: where it goes, whole or not at all; "-" for what goes out
 * @error: why not
 *
 * Writes a file like the one that was read: as many bits, gray if it was, in the same colors, and
 * with what else was in there.  A pixel that is as it was keeps its numbers exactly.
 *
 * Returns: whether it was written
 *
 * Errors: those of cli_png_save()
 * Thread: any
 */
gboolean cli_picture_write (CliPicture *picture, const float *pixels, const float *alpha,
                            const char *path, GError **error);

/**
 * cli_image_read:
 * @path: of a PNG file, or "-" for what comes in
 * @error: why not
 *
 * Returns: (transfer full): its colors (sRGB) without transparency, or %NULL
 *
 * Errors: those of cli_png_load()
 * Thread: any
 */
DifImage *cli_image_read (const char *path, GError **error);

/**
 * cli_image_write:
 * @image: what to write, as 8 bits of sRGB
 * @path: where it goes, whole or not at all; "-" for what goes out
 * @error: why not
 *
 * Returns: whether it was written
 *
 * Errors: those of cli_png_save()
 * Thread: any
 */
gboolean cli_image_write (const DifImage *image, const char *path, GError **error);

/**
 * cli_target_check:
 * @path: where a picture is to go
 * @option: of the command, which says so
 * @error: why it cannot go there
 *
 * For the beginning, when nothing is computed yet.
 *
 * Returns: whether a PNG file can go there
 *
 * Errors: %DIF_ERROR_REQUEST for the name of another kind of file, no name or a terminal;
 *   %DIF_ERROR_IO
 * Thread: any
 */
gboolean cli_target_check (const char *path, const char *option, GError **error);

/**
 * cli_mask_read:
 * @path: of a PNG
 * @width: of the picture it is for
 * @height: of the picture it is for
 * @empty: (out) (optional): whether it covers nothing; %NULL to refuse that
 * @error: why it cannot be used
 *
 * What a mask covers: as much as the strongest of red, green and blue says, so that it may be drawn
 * in any color on black, and nothing where it is transparent.  Its numbers count as they are, not
 * the colors that they are in some profile.
 *
 * Returns: (transfer full): width * height numbers from 0 to 1, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST if it is of another size, or covers nothing; those of cli_png_load()
 * Thread: any
 */
float *cli_mask_read (const char *path, guint width, guint height, gboolean *empty, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPicture, cli_picture_free)

G_END_DECLS
