/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/drawable-read.h"

#include <glib/gi18n-lib.h>

#include "plugin/drawable.h"

/* Formats without a space of their own are sRGB: babl converts from and to the
 * layer's profile, precision and number of channels. */
static const Babl *
model_format (void)
{
  return babl_format ("R'G'B' float");
}

static const Babl *
coverage_format (void)
{
  return babl_format ("Y float");
}

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

/* A rectangle as large as the region, in the drawable's own coordinates. */
static float *
read_region (GimpDrawable *drawable, const DifTarget *target, GeglRectangle rect,
             const Babl *format, gsize channels, GError **error)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  float                 *floats = dif_drawable_new_floats (&target->region, channels, error);

  if (floats == NULL)
    return NULL;

  buffer = gimp_drawable_get_buffer (drawable);
  gegl_buffer_get (buffer, &rect, 1.0, format, floats, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return floats;
}

float *
dif_drawable_read_pixels (const DifTarget *target, GError **error)
{
  return read_region (GIMP_DRAWABLE (target->layer), target,
                      dif_drawable_on_layer (target, &target->region), model_format (), 3, error);
}

float *
dif_drawable_read_mask (const DifTarget *target, GError **error)
{
  GimpSelection *selection = gimp_image_get_selection (target->image);
  const DifRect *region = &target->region;

  /* The selection is as large as the canvas; beside it nothing is selected. */
  return read_region (GIMP_DRAWABLE (selection), target,
                      (GeglRectangle) { region->x, region->y, region->width, region->height },
                      coverage_format (), 1, error);
}

/* What is no number covers nothing. */
static void
multiply (float *cover, const float *by, gsize n)
{
  for (gsize i = 0; i < n; i++)
    cover[i] = cover[i] * by[i] > 0.0f ? MIN (cover[i] * by[i], 1.0f) : 0.0f;
}

float *
dif_drawable_read_cover (const DifTarget *target, GError **error)
{
  const gsize         n = (gsize) target->region.width * (gsize) target->region.height;
  const GeglRectangle rect = dif_drawable_on_layer (target, &target->region);
  GimpLayerMask      *mask = gimp_layer_get_mask (target->layer);
  g_autofree float   *cover = NULL;
  g_autofree float   *shown = NULL;
  g_autofree float   *selected = NULL;

  cover =
      read_region (GIMP_DRAWABLE (target->layer), target, rect, babl_format ("A float"), 1, error);
  if (cover == NULL)
    return NULL;
  if (mask != NULL && gimp_layer_get_apply_mask (target->layer))
    {
      shown = read_region (GIMP_DRAWABLE (mask), target, rect, coverage_format (), 1, error);
      if (shown == NULL)
        return NULL;
      multiply (cover, shown, n);
    }
  if (target->selected)
    {
      selected = dif_drawable_read_mask (target, error);
      if (selected == NULL)
        return NULL;
      multiply (cover, selected, n);
    }
  return g_steal_pointer (&cover);
}
