/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/texture-cut.h"

#include <string.h>

DifImage *
dif_texture_cut (const DifImage *image, guint left, guint top, guint width, guint height,
                 GError **error)
{
  DifImage *part = dif_image_new (width, height, error);

  for (gsize y = 0; part && y < height; y++)
    memcpy (part->pixels + y * width * 3, image->pixels + ((top + y) * image->width + left) * 3,
            (gsize) width * 3 * sizeof (float));
  return part;
}

DifImage *
dif_texture_half (const DifImage *image, guint which, GError **error)
{
  const guint width = image->width;
  const guint height = image->height;

  if (width > height)
    return dif_texture_cut (image, which * (width / 2), 0, width / 2, height, error);
  return dif_texture_cut (image, 0, which * (height / 2), width, height / 2, error);
}
