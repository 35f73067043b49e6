/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/picture-file.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <png.h>

#include "core/base/error.h"

static void
set_png_error (GError **error, const char *path, const png_image *png)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, DIF_ERROR_IO, _ ("“%s”: %s."), display,
               *png->message ? png->message : g_strerror (ENOMEM));
}

guint8 *
cli_png_read_bytes (const char *path, guint *width, guint *height, GError **error)
{
  png_image          png = { .version = PNG_IMAGE_VERSION };
  g_autofree guint8 *bytes = NULL;

  if (! png_image_begin_read_from_file (&png, path))
    {
      set_png_error (error, path, &png);
      return NULL;
    }
  png.format = PNG_FORMAT_RGBA; /* with alpha, else it is blended onto a background */
  bytes = g_try_malloc (PNG_IMAGE_SIZE (png));
  if (! bytes || ! png_image_finish_read (&png, NULL, bytes, 0, NULL))
    {
      set_png_error (error, path, &png);
      png_image_free (&png);
      return NULL;
    }
  *width = png.width;
  *height = png.height;
  return g_steal_pointer (&bytes);
}

DifImage *
cli_png_read (const char *path, GError **error)
{
  guint                width, height;
  g_autofree guint8   *bytes = cli_png_read_bytes (path, &width, &height, error);
  g_autoptr (DifImage) image = bytes ? dif_image_new (width, height, error) : NULL;

  for (gsize i = 0; image && i < (gsize) width * height; i++)
    for (guint c = 0; c < 3; c++)
      image->pixels[3 * i + c] = bytes[4 * i + c] / 255.0f;
  return g_steal_pointer (&image);
}

gboolean
cli_png_write (const char *path, const DifImage *image, GError **error)
{
  png_image          png = { .version = PNG_IMAGE_VERSION,
                             .width = image->width,
                             .height = image->height,
                             .format = PNG_FORMAT_RGB };
  gsize              n = (gsize) image->width * image->height * 3;
  g_autofree guint8 *bytes = g_try_malloc (n);

  for (gsize i = 0; bytes && i < n; i++)
    bytes[i] = (guint8) rintf (CLAMP (image->pixels[i], 0.0f, 1.0f) * 255.0f);
  if (! bytes || ! png_image_write_to_file (&png, path, 0, bytes, 0, NULL))
    {
      set_png_error (error, path, &png);
      return FALSE;
    }
  return TRUE;
}

float *
cli_mask_read (const char *path, guint width, guint height, GError **error)
{
  g_autoptr (DifImage) image = cli_png_read (path, error);
  float               *mask;

  if (! image)
    return NULL;
  if (image->width != width || image->height != height)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The mask has %u × %u pixels, the picture %u × %u."), image->width,
                   image->height, width, height);
      return NULL;
    }
  mask = g_new (float, (gsize) width *height);
  for (gsize i = 0; i < (gsize) width * height; i++)
    mask[i] = image->pixels[3 * i + 1];
  return mask;
}
