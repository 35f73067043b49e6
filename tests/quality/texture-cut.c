/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/quality/texture-cut.h"

#include <string.h>

DifImage *
texture_cut (const DifImage *image, guint left, guint top, guint width, guint height)
{
  g_autoptr (GError) error = NULL;
  DifImage          *part = dif_image_new (width, height, &error);

  if (! part)
    g_error ("%s", error->message);
  for (gsize y = 0; y < height; y++)
    memcpy (part->pixels + y * width * 3, image->pixels + ((top + y) * image->width + left) * 3,
            (gsize) width * 3 * sizeof (float));
  return part;
}

DifImage *
texture_half (const DifImage *image, guint which)
{
  const guint width = image->width;
  const guint height = image->height;

  if (width > height)
    return texture_cut (image, which * (width / 2), 0, width / 2, height);
  return texture_cut (image, 0, which * (height / 2), width, height / 2);
}
