/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/untouched.h"

#include <string.h>

#include "plugin/drawable-read.h"

GeglBuffer *
dif_untouched_save (const DifTarget *target)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));
  const GeglRectangle    rect = dif_drawable_on_layer (target, &target->area);
  GeglBuffer            *saved = gegl_buffer_new (&rect, gegl_buffer_get_format (buffer));

  gegl_buffer_copy (buffer, &rect, GEGL_ABYSS_NONE, saved, &rect);
  return saved;
}

/* Whether any byte had to be put back. */
static gboolean
restore_row (const float *weights, const guint8 *before, guint8 *now, gint width, gsize size)
{
  gboolean changed = FALSE;

  for (gint x = 0; x < width; x++, before += size, now += size)
    {
      if (weights[x] > 0.0f || memcmp (now, before, size) == 0)
        continue;
      memcpy (now, before, size);
      changed = TRUE;
    }
  return changed;
}

void
dif_untouched_restore (const DifTarget *target, GeglBuffer *saved, const float *alpha)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));
  const DifRect         *region = &target->region;
  const GeglRectangle    rect = dif_drawable_on_layer (target, &target->area);
  const Babl            *format = gegl_buffer_get_format (saved);
  const gsize            size = (gsize) babl_format_get_bytes_per_pixel (format);
  g_autofree guint8     *before = g_malloc_n (rect.width, size);
  g_autofree guint8     *now = g_malloc_n (rect.width, size);

  for (gint y = 0; y < rect.height; y++)
    {
      const GeglRectangle row = { rect.x, rect.y + y, rect.width, 1 };
      gsize               at =
          (gsize) (target->area.y - region->y + y) * region->width + (target->area.x - region->x);

      gegl_buffer_get (saved, &row, 1.0, format, before, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      gegl_buffer_get (buffer, &row, 1.0, format, now, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      if (restore_row (alpha + at, before, now, rect.width, size))
        gegl_buffer_set (buffer, &row, 0, format, now, GEGL_AUTO_ROWSTRIDE);
    }
  gegl_buffer_flush (buffer);
}
