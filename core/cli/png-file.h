/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CliChunk:
 * @name: four letters
 * @data: its bytes
 * @size: how many
 *
 * What stands in a PNG file beside its samples.
 */
typedef struct
{
  char    name[5];
  guint8 *data;
  gsize   size;
} CliChunk;

/**
 * CliPng:
 * @width: pixels in a row
 * @height: rows
 * @channels: 1 (gray), 2 (and alpha), 3 (red, green, blue) or 4 (and alpha)
 * @depth: 8 or 16 bits
 * @samples: of @depth bits, in this machine's order
 * @chunks: what says what colors the samples are, and what goes along with the picture: its
 *   resolution, texts, where it was taken
 *
 * A PNG file's own numbers.  A palette's colors and samples of less than 8 bits have become 8 bits,
 * a color that is transparent an alpha channel; else they are as they are in the file.
 */
typedef struct
{
  guint    width;
  guint    height;
  guint    channels;
  guint    depth;
  gpointer samples;
  GArray  *chunks;
} CliPng;

/**
 * cli_png_new:
 * @width: pixels in a row
 * @height: rows
 * @channels: 1 to 4
 * @depth: 8 or 16
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): a picture whose samples are yet to be set, without chunks; or %NULL
 *
 * Thread: any
 */
CliPng *cli_png_new (guint width, guint height, guint channels, guint depth, GError **error);

/**
 * cli_png_load:
 * @path: of a PNG file, or "-" for what comes in
 * @error: why not
 *
 * Returns: (transfer full): what is in it, or %NULL
 *
 * Errors: %DIF_ERROR_IO, %DIF_ERROR_NOMEM, %DIF_ERROR_REQUEST for one that is too large to work on
 * Thread: any
 */
CliPng *cli_png_load (const char *path, GError **error);

/**
 * cli_png_save:
 * @png: a picture
 * @path: where it goes, whole or not at all; "-" for what goes out
 * @error: why not
 *
 * Returns: whether it was written
 *
 * Errors: %DIF_ERROR_IO
 * Thread: any
 */
gboolean cli_png_save (const CliPng *png, const char *path, GError **error);

/**
 * cli_png_free:
 * @png: (transfer full) (nullable): a picture
 *
 * Thread: any
 */
void cli_png_free (CliPng *png);

/**
 * cli_png_chunk:
 * @png: a picture
 * @name: four letters
 *
 * Returns: (transfer none) (nullable): the first chunk of that name
 *
 * Thread: any
 */
const CliChunk *cli_png_chunk (const CliPng *png, const char *name);

/**
 * cli_png_add_chunk:
 * @png: a picture
 * @name: four letters
 * @data: its bytes
 * @size: how many
 *
 * Thread: any
 */
void cli_png_add_chunk (CliPng *png, const char *name, gconstpointer data, gsize size);

/**
 * cli_png_has_alpha:
 * @png: a picture
 *
 * Returns: whether the last channel is alpha
 *
 * Thread: any
 */
static inline gboolean
cli_png_has_alpha (const CliPng *png)
{
  return png->channels % 2 == 0;
}

/**
 * cli_png_sample:
 * @png: a picture
 * @i: of which sample
 *
 * Returns: its number, from 0 to 1
 *
 * Thread: any
 */
static inline float
cli_png_sample (const CliPng *png, gsize i)
{
  return png->depth == 16 ? ((const guint16 *) png->samples)[i] / 65535.0f :
                            ((const guint8 *) png->samples)[i] / 255.0f;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPng, cli_png_free)

G_END_DECLS
