/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/source.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "plugin/drawable-read.h"
#include "plugin/twin.h"

/* Rows read at once. */
#define BAND 64

#define OPAQUE 0.98f /* or nearly */
#define GLAZED 0.1   /* share of what is selected */

gboolean
dif_source_has_effects (GimpLayer *layer)
{
  GimpDrawableFilter **effects = gimp_drawable_get_filters (GIMP_DRAWABLE (layer));
  gboolean             any = FALSE;

  for (gint i = 0; effects != NULL && effects[i] != NULL; i++)
    any = any || gimp_drawable_filter_get_visible (effects[i]);
  g_free (effects);
  return any;
}

/* ---- reading ------------------------------------------------------------ */

/* What is no number covers nothing. */
static float
sane (float alpha)
{
  return alpha > 0.0f ? MIN (alpha, 1.0f) : 0.0f;
}

/* The region's pixels; @x and @y are of its first one in the buffer. */
static gboolean
read_pixels (const DifRect *region, GeglBuffer *buffer, gint x, gint y, DifSource *source,
             GError **error)
{
  const gsize       width = (gsize) region->width;
  const DifRect     rows = { 0, 0, region->width, MIN (BAND, region->height) };
  gboolean          opaque = TRUE;
  g_autofree float *band = dif_drawable_new_floats (&rows, 4, error);

  source->pixels = band != NULL ? dif_drawable_new_floats (region, 3, error) : NULL;
  source->alpha = source->pixels != NULL ? dif_drawable_new_floats (region, 1, error) : NULL;
  if (source->alpha == NULL)
    return FALSE;

  for (gint done = 0; done < region->height; done += BAND)
    {
      const gint          height = MIN (BAND, region->height - done);
      const GeglRectangle rect = { x, y + done, region->width, height };
      const gsize         first = (gsize) done * width;

      gegl_buffer_get (buffer, &rect, 1.0, babl_format ("R'G'B'A float"), band, GEGL_AUTO_ROWSTRIDE,
                       GEGL_ABYSS_NONE);
      for (gsize i = 0; i < width * (gsize) height; i++)
        {
          memcpy (source->pixels + 3 * (first + i), band + 4 * i, 3 * sizeof (float));
          source->alpha[first + i] = sane (band[4 * i + 3]);
          opaque = opaque && source->alpha[first + i] >= 1.0f;
        }
    }
  if (opaque)
    g_clear_pointer (&source->alpha, g_free);
  return TRUE;
}

static gboolean
read_visible (const DifTarget *target, DifTwin *twin, DifSource *source, GError **error)
{
  g_autoptr (GeglBuffer) buffer = NULL;

  dif_twin_hide_above (twin, target->above);
  for (guint i = 0; target->unseen != NULL && i < target->unseen->len; i++)
    gimp_item_set_visible (GIMP_ITEM (dif_twin_layer (twin, g_ptr_array_index (target->unseen, i))),
                           FALSE);

  buffer = dif_twin_visible (twin, error);
  return buffer != NULL &&
         read_pixels (&target->region, buffer, target->region.x, target->region.y, source, error);
}

/* Effects may move a layer's corner. */
static gboolean
read_rendered (const DifTarget *target, DifTwin *twin, DifSource *source, GError **error)
{
  GimpDrawable          *layer = GIMP_DRAWABLE (dif_twin_render (twin, target->layer));
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (layer);
  gint                   x = 0;
  gint                   y = 0;

  gimp_drawable_get_offsets (layer, &x, &y);
  return read_pixels (&target->region, buffer, target->region.x - x, target->region.y - y, source,
                      error);
}

static gboolean
read_own (const DifTarget *target, DifSource *source, GError **error)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));
  const GeglRectangle    rect = dif_drawable_on_layer (target, &target->region);

  return read_pixels (&target->region, buffer, rect.x, rect.y, source, error);
}

static gboolean
read_mask (const DifTarget *target, DifSource *source, GError **error)
{
  GimpLayerMask *mask = gimp_layer_get_mask (target->layer);

  if (mask == NULL || ! gimp_layer_get_apply_mask (target->layer))
    return TRUE;
  source->shown =
      dif_drawable_read_region (GIMP_DRAWABLE (mask), target,
                                dif_drawable_on_layer (target, &target->region), "Y float", error);
  return source->shown != NULL;
}

gboolean
dif_source_read (const DifTarget *target, DifSource *source, GError **error)
{
  g_autoptr (DifTwin) twin = NULL;

  *source = (DifSource) { NULL, NULL, NULL };
  if (! target->visible && (target->replace || ! dif_source_has_effects (target->layer)))
    return read_own (target, source, error) && read_mask (target, source, error);

  twin = dif_twin_new (target->image, error);
  if (twin == NULL)
    return FALSE;
  if (target->visible)
    return read_visible (target, twin, source, error);
  return read_rendered (target, twin, source, error) && read_mask (target, source, error);
}

void
dif_source_clear (DifSource *source)
{
  g_clear_pointer (&source->pixels, g_free);
  g_clear_pointer (&source->alpha, g_free);
  g_clear_pointer (&source->shown, g_free);
}

gboolean
dif_source_seen (const DifSource *source, gsize n, float **seen, GError **error)
{
  *seen = NULL;
  if (source->alpha == NULL && source->shown == NULL)
    return TRUE;
  *seen = g_try_malloc_n (n, sizeof (float));
  if (*seen == NULL)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_NOMEM,
                           _ ("There is not enough memory. Select a smaller part."));
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    (*seen)[i] = (source->alpha != NULL ? source->alpha[i] : 1.0f) *
                 (source->shown != NULL ? sane (source->shown[i]) : 1.0f);
  return TRUE;
}

/* Less than half a step of 8 bits is rounding. */
#define NO_HOLE (1.0f - 1.0f / 512.0f)

gboolean
dif_source_has_holes (const DifTarget *target, const DifSource *source)
{
  const gsize n = (gsize) target->region.width * (gsize) target->region.height;

  for (gsize i = 0; i < n; i++)
    if ((source->alpha != NULL && source->alpha[i] < NO_HOLE) ||
        (source->shown != NULL && ! (source->shown[i] >= NO_HOLE)))
      return TRUE;
  return FALSE;
}

/* ---- how the result goes on top ----------------------------------------- */

gboolean
dif_source_is_glazed (const DifTarget *target, const DifSource *source, const float *mask)
{
  const gsize n = (gsize) target->region.width * (gsize) target->region.height;
  gsize       selected = 0;
  gsize       clear = 0;
  gsize       glazed = 0;

  for (gsize i = 0; source->alpha != NULL && i < n; i++)
    {
      if (mask != NULL && ! (mask[i] > 0.0f))
        continue;
      selected++;
      clear += source->alpha[i] < DIF_LEAST_ALPHA;
      glazed += source->alpha[i] >= DIF_LEAST_ALPHA && source->alpha[i] < OPAQUE;
    }
  if (target->fills && clear > 0)
    return FALSE;
  return (double) glazed > GLAZED * (double) selected;
}

/* Puts the result into the layer of the copy, where it was made. */
static gboolean
put_in_place (const DifTarget *target, const DifSource *source, const DifResult *result,
              const float *weights, GimpLayer *layer, GError **error)
{
  const gsize            width = (gsize) target->region.width;
  const DifRect          row = { 0, 0, target->region.width, 1 };
  const gboolean         opaque = target->fills;
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  g_autofree float      *pixels = dif_drawable_new_floats (&row, 4, error);
  gint                   left = 0;
  gint                   top = 0;

  if (pixels == NULL)
    return FALSE;
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &left, &top);
  for (gint y = 0; y < target->region.height; y++)
    {
      const GeglRectangle rect = { target->region.x - left, target->region.y - top + y,
                                   target->region.width, 1 };

      gegl_buffer_get (buffer, &rect, 1.0, babl_format ("R'G'B'A float"), pixels,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (gsize x = 0; x < width; x++)
        {
          const gsize at = (gsize) y * width + x;
          const float alpha = source->alpha != NULL ? source->alpha[at] : 1.0f;

          if (weights != NULL && ! (weights[at] > 0.0f))
            continue;
          memcpy (pixels + 4 * x, result->pixels + 3 * at, 3 * sizeof (float));
          pixels[4 * x + 3] = opaque && alpha < DIF_LEAST_ALPHA ? 1.0f : alpha;
        }
      gegl_buffer_set (buffer, &rect, 0, babl_format ("R'G'B'A float"), pixels,
                       GEGL_AUTO_ROWSTRIDE);
    }
  gegl_buffer_flush (buffer);
  gimp_drawable_update (GIMP_DRAWABLE (layer), 0, 0,
                        gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
                        gimp_drawable_get_height (GIMP_DRAWABLE (layer)));
  return TRUE;
}

gboolean
dif_source_compose (DifTarget *target, DifSource *source, DifResult *result, const float *weights,
                    GError **error)
{
  g_autoptr (DifTwin) twin = dif_twin_new (target->image, error);
  DifSource           seen = { NULL, NULL, NULL };

  if (twin == NULL || ! put_in_place (target, source, result, weights,
                                      dif_twin_render (twin, target->layer), error))
    return FALSE;
  if (! read_visible (target, twin, &seen, error))
    {
      dif_source_clear (&seen);
      return FALSE;
    }
  g_free (result->pixels);
  result->pixels = g_steal_pointer (&seen.pixels);
  dif_source_clear (source);
  *source = seen;
  target->visible = TRUE;
  return TRUE;
}
