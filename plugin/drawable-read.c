/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/drawable-read.h"

#include <glib/gi18n-lib.h>

float *
dif_drawable_new_floats (const DifRect *rect, gsize channels, GError **error)
{
  gsize  n = (gsize) rect->width * (gsize) rect->height;
  float *floats = g_try_malloc0_n (n, channels * sizeof (float));

  if (floats == NULL)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                 _ ("There is not enough memory for %d × %d pixels. Select a "
                    "smaller part."),
                 rect->width, rect->height);
  return floats;
}

GeglRectangle
dif_drawable_on_layer (const DifTarget *target, const DifRect *rect)
{
  return (GeglRectangle) { rect->x - target->extent.x, rect->y - target->extent.y, rect->width,
                           rect->height };
}

float *
dif_drawable_read_region (GimpDrawable *drawable, const DifTarget *target, GeglRectangle rect,
                          const char *format, GError **error)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  float                 *floats = dif_drawable_new_floats (&target->region, 1, error);

  if (floats == NULL)
    return NULL;

  buffer = gimp_drawable_get_buffer (drawable);
  gegl_buffer_get (buffer, &rect, 1.0, babl_format (format), floats, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  return floats;
}

float *
dif_drawable_read_mask (const DifTarget *target, GError **error)
{
  GimpSelection *selection = gimp_image_get_selection (target->image);
  const DifRect *region = &target->region;

  /* The selection is as large as the canvas; beside it nothing is selected. */
  return dif_drawable_read_region (
      GIMP_DRAWABLE (selection), target,
      (GeglRectangle) { region->x, region->y, region->width, region->height }, "Y float", error);
}
