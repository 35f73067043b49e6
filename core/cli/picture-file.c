/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/picture-file.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/save.h"

void
cli_picture_free (CliPicture *picture)
{
  if (! picture)
    return;
  g_free (picture->pixels);
  g_free (picture->alpha);
  cli_color_free (picture->color);
  cli_png_free (picture->png);
  g_free (picture);
}

/* ---- from samples ---- */

static guint
n_colors (const CliPng *png)
{
  return png->channels > 2 ? 3 : 1;
}

static void
read_colors (CliPicture *picture)
{
  const CliPng     *png = picture->png;
  const guint       n = n_colors (png);
  g_autofree float *row = g_new (float, (gsize) n * png->width);

  for (gsize y = 0; y < png->height; y++)
    {
      for (gsize x = 0; x < png->width; x++)
        for (guint c = 0; c < n; c++)
          row[x * n + c] = cli_png_sample (png, (y * png->width + x) * png->channels + c);
      cli_color_to_srgb (picture->color, row, picture->pixels + 3 * y * png->width, png->width);
    }
}

static void
read_alpha (CliPicture *picture)
{
  const CliPng *png = picture->png;
  const gsize   n = (gsize) png->width * png->height;
  gboolean      opaque = TRUE;

  for (gsize i = 0; i < n; i++)
    {
      picture->alpha[i] = cli_png_sample (png, (i + 1) * png->channels - 1);
      opaque = opaque && picture->alpha[i] >= 1.0f;
    }
  if (opaque)
    g_clear_pointer (&picture->alpha, g_free);
}

CliPicture *
cli_picture_read (const char *path, GError **error)
{
  g_autoptr (CliPicture) picture = g_new0 (CliPicture, 1);
  gsize                  n;

  picture->png = cli_png_load (path, error);
  if (! picture->png)
    return NULL;
  picture->width = picture->png->width;
  picture->height = picture->png->height;
  n = (gsize) picture->width * picture->height;
  picture->color = cli_color_new (picture->png);
  picture->pixels = g_try_new (float, 3 * n);
  picture->alpha = g_try_new (float, cli_png_has_alpha (picture->png) ? n : 1);
  if (! picture->pixels || ! picture->alpha)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                   _ ("There is not enough memory for %u × %u pixels."), picture->width,
                   picture->height);
      return NULL;
    }
  read_colors (picture);
  if (cli_png_has_alpha (picture->png))
    read_alpha (picture);
  else
    g_clear_pointer (&picture->alpha, g_free);
  return g_steal_pointer (&picture);
}

DifImage *
cli_image_read (const char *path, GError **error)
{
  g_autoptr (CliPicture) picture = cli_picture_read (path, error);
  DifImage              *image = NULL;

  if (picture)
    image = dif_image_new (picture->width, picture->height, error);
  if (image)
    memcpy (image->pixels, picture->pixels,
            3 * (gsize) image->width * image->height * sizeof (float));
  return image;
}

/* ---- to samples ---- */

static void
set_sample (CliPng *png, gsize i, float value)
{
  const float clamped = CLAMP (value, 0.0f, 1.0f);

  if (png->depth == 16)
    ((guint16 *) png->samples)[i] = (guint16) lrintf (clamped * 65535.0f);
  else
    ((guint8 *) png->samples)[i] = (guint8) lrintf (clamped * 255.0f);
}

/* What stays keeps its numbers, which many a profile does not give back exactly. */
static void
write_row (CliPicture *picture, gsize y, const float *pixels, float *row)
{
  CliPng      *png = picture->png;
  const guint  n = n_colors (png);
  const gsize  first = y * png->width;
  const float *old = picture->pixels + 3 * first;
  const float *new = pixels + 3 * first;

  if (memcmp (old, new, 3 * (gsize) png->width * sizeof (float)) == 0)
    return;
  cli_color_from_srgb (picture->color, new, row, png->width);
  for (gsize x = 0; x < png->width; x++)
    if (memcmp (old + 3 * x, new + 3 * x, 3 * sizeof (float)) != 0)
      for (guint c = 0; c < n; c++)
        set_sample (png, (first + x) * png->channels + c, row[x * n + c]);
}

gboolean
cli_picture_write (CliPicture *picture, const float *pixels, const float *alpha, const char *path,
                   GError **error)
{
  CliPng           *png = picture->png;
  const gsize       n = (gsize) png->width * png->height;
  g_autofree float *row = g_new (float, 3 * (gsize) png->width);

  for (gsize y = 0; y < png->height; y++)
    write_row (picture, y, pixels, row);
  for (gsize i = 0; picture->alpha && alpha && i < n; i++)
    if (alpha[i] != picture->alpha[i])
      set_sample (png, (i + 1) * png->channels - 1, alpha[i]);
  return cli_png_save (png, path, error);
}

gboolean
cli_image_write (const DifImage *image, const char *path, GError **error)
{
  g_autoptr (CliPng) png = cli_png_new (image->width, image->height, 3, 8, error);
  const guint8       perceptual = 0;

  if (! png)
    return FALSE;
  for (gsize i = 0; i < 3 * (gsize) image->width * image->height; i++)
    set_sample (png, i, image->pixels[i]);
  cli_png_add_chunk (png, "sRGB", &perceptual, 1);
  return cli_png_save (png, path, error);
}

/* ---- where it goes ---- */

static gboolean
is_other_kind (const char *path)
{
  static const char *const endings[] = { ".avif", ".bmp", ".exr", ".gif",  ".heic", ".heif", ".hdr",
                                         ".jpeg", ".jpg", ".jxl", ".jp2",  ".pdf",  ".ppm",  ".psd",
                                         ".svg",  ".tga", ".tif", ".tiff", ".webp", ".xcf" };
  g_autofree char         *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

gboolean
cli_target_check (const char *path, const char *option, GError **error)
{
  const char      *file = g_str_equal (path, "-") ? "/dev/stdout" : path;
  g_autofree char *display = g_filename_display_name (path);
  const char      *format = NULL;

  if (! *path)
    format = _ ("%s “%s”: a file needs a name.");
  else if (is_other_kind (path))
    format = _ ("%s “%s”: only PNG files are written.  Choose a name that ends in .png.");
  else if (dif_save_is_terminal (file))
    format = _ ("%s “%s”: a terminal cannot show a PNG file.");
  else
    return dif_save_check (file, error);
  g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST, format, option, display);
  return FALSE;
}

/* ---- masks ---- */

static float
cover_of (const CliPng *png, gsize i)
{
  const gsize at = i * png->channels;
  float       most = cli_png_sample (png, at);

  for (guint c = 1; c < n_colors (png); c++)
    most = MAX (most, cli_png_sample (png, at + c));
  return cli_png_has_alpha (png) ? most * cli_png_sample (png, at + png->channels - 1) : most;
}

float *
cli_mask_read (const char *path, guint width, guint height, gboolean *empty, GError **error)
{
  g_autoptr (CliPng) png = cli_png_load (path, error);
  const gsize        n = (gsize) width * height;
  g_autofree float  *mask = NULL;
  float              most = 0.0f;

  if (! png)
    return NULL;
  if (png->width != width || png->height != height)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The mask has %u × %u pixels, the picture %u × %u."), png->width, png->height,
                   width, height);
      return NULL;
    }
  mask = g_try_new (float, n);
  for (gsize i = 0; mask && i < n; i++)
    {
      mask[i] = cover_of (png, i);
      most = MAX (most, mask[i]);
    }
  if (! mask)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                 _ ("There is not enough memory for a mask of %u × %u pixels."), width, height);
  else if (empty)
    *empty = most <= 0.0f;
  else if (most <= 0.0f)
    {
      g_autofree char *display = g_filename_display_name (path);

      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The mask selects nothing: “%s” is black or transparent all over."), display);
      g_clear_pointer (&mask, g_free);
    }
  return g_steal_pointer (&mask);
}
