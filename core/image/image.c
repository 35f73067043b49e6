/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/image.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

DifImage *
dif_image_new (guint width, guint height, GError **error)
{
  DifImage *image = g_new0 (DifImage, 1);
  gsize     n = 0;

  image->width = width;
  image->height = height;
  if (g_size_checked_mul (&n, width, height) && n <= G_MAXSIZE / (3 * sizeof (float)))
    image->pixels = g_try_malloc0 (n * 3 * sizeof (float));
  if (! image->pixels)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                   _ ("Not enough memory for a picture of %u × %u pixels."), width, height);
      g_free (image);
      return NULL;
    }
  return image;
}

void
dif_image_free (DifImage *image)
{
  if (! image)
    return;
  g_free (image->pixels);
  g_free (image);
}
