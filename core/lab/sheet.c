/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/sheet.h"

#include <string.h>

static void
lay (DifImage *sheet, const DifImage *image, guint left, guint top)
{
  for (gsize y = 0; y < image->height; y++)
    memcpy (sheet->pixels + 3 * ((top + y) * sheet->width + left),
            image->pixels + 3 * y * image->width, 3 * (gsize) image->width * sizeof (float));
}

DifImage *
dif_sheet_new (const DifImage *const *images, guint n, guint columns, guint gap, GError **error)
{
  const guint rows = (n + columns - 1) / columns;
  guint       width = 0, height = 0;
  DifImage   *sheet;

  for (guint i = 0; i < n; i++)
    if (images[i])
      {
        width = images[i]->width;
        height = images[i]->height;
      }
  sheet = dif_image_new (columns * (width + gap) - gap, rows * (height + gap) - gap, error);
  for (gsize i = 0; sheet && i < 3 * (gsize) sheet->width * sheet->height; i++)
    sheet->pixels[i] = 1.0f;
  for (guint i = 0; sheet && i < n; i++)
    if (images[i])
      lay (sheet, images[i], i % columns * (width + gap), i / columns * (height + gap));
  return sheet;
}
