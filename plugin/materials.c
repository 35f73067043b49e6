/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/materials.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "plugin/source.h"
#include "plugin/twin.h"

/* The longest label that a name begins with, as a whole word; NULL if there is none. */
static const char *
label_of (const char *name, const char *const *labels)
{
  g_autofree char *folded_name = g_utf8_casefold (name, -1);
  const char      *found = NULL;
  gsize            longest = 0;

  for (guint i = 0; labels != NULL && labels[i] != NULL; i++)
    {
      g_autofree char *folded = g_utf8_casefold (labels[i], -1);
      gsize            length = strlen (folded);

      if (length > longest && g_str_has_prefix (folded_name, folded) &&
          ! g_unichar_isalnum (g_utf8_get_char (folded_name + length)))
        {
          found = labels[i];
          longest = length;
        }
    }
  return found;
}

static GimpLayer *
active_group (GimpDrawable **drawables)
{
  GimpItem *item = drawables != NULL ? (GimpItem *) drawables[0] : NULL;

  if (item == NULL)
    return NULL;
  if (gimp_item_is_layer_mask (item))
    item = GIMP_ITEM (gimp_layer_from_mask (GIMP_LAYER_MASK (item)));
  if (! gimp_item_is_group (item))
    item = gimp_item_get_parent (item);
  return GIMP_LAYER (item);
}

static void
nothing_found (GError **error, const char *const *labels)
{
  g_autofree char *known = NULL;

  if (labels == NULL || labels[0] == NULL)
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _ ("This model knows no materials. Choose one that has labels."));
      return;
    }
  known = g_strjoinv (", ", (char **) labels);
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _ ("No visible layer beside the selected one has a name that begins with a "
                  "material. Paint each material on a layer of its own and call it by its "
                  "name: %s."),
               known);
}

DifMaterials *
dif_materials_find (GimpDrawable **drawables, GimpImage *image, const char *const *labels,
                    GError **error)
{
  g_autoptr (DifMaterials) materials = g_new0 (DifMaterials, 1);
  g_autofree GimpItem    **items = NULL;

  for (guint i = 0; drawables != NULL && drawables[i] != NULL; i++)
    if (gimp_item_get_image (GIMP_ITEM (drawables[i])) != image)
      {
        g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                             _ ("The layer belongs to another image."));
        return NULL;
      }
  materials->image = image;
  materials->layers = g_ptr_array_new ();
  materials->labels = g_ptr_array_new_with_free_func (g_free);
  materials->group = active_group (drawables);
  if (materials->group != NULL)
    items = gimp_item_get_children (GIMP_ITEM (materials->group));
  else
    items = (GimpItem **) gimp_image_get_layers (image);

  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    {
      g_autofree char *name = gimp_item_get_name (items[i]);
      const char      *label = label_of (name, labels);

      if (label == NULL || ! gimp_item_get_visible (items[i]))
        continue;
      g_ptr_array_add (materials->layers, items[i]);
      g_ptr_array_add (materials->labels, g_strdup (label));
    }
  if (materials->layers->len == 0)
    {
      nothing_found (error, labels);
      return NULL;
    }
  return g_steal_pointer (&materials);
}

static void
read_floats (GimpDrawable *drawable, const DifRect *region, gint x, gint y, const char *format,
             float *floats)
{
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (drawable);
  GeglRectangle          rect = { region->x - x, region->y - y, region->width, region->height };

  gegl_buffer_get (buffer, &rect, 1.0, babl_format (format), floats, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
}

/* Effects can add to a layer, as a shadow does: what it covers is what is seen of it. */
static gboolean
read_seen (GimpImage *image, GimpLayer *layer, const DifRect *region, float *cover, GError **error)
{
  g_autoptr (DifTwin)    twin = dif_twin_new (image, error);
  g_autoptr (GeglBuffer) buffer = NULL;
  GeglRectangle          rect = { region->x, region->y, region->width, region->height };

  if (twin == NULL)
    return FALSE;
  dif_twin_hide_all_but (twin, layer);
  buffer = dif_twin_visible (twin, error);
  if (buffer == NULL)
    return FALSE;
  gegl_buffer_get (buffer, &rect, 1.0, babl_format ("A float"), cover, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  return TRUE;
}

/* How much of the layer there is at each pixel. */
static gboolean
read_cover (GimpImage *image, GimpLayer *layer, const DifRect *region, float *cover, float *scratch,
            GError **error)
{
  const gsize    n = (gsize) region->width * (gsize) region->height;
  GimpLayerMask *mask = gimp_layer_get_mask (layer);
  float          opacity = (float) (gimp_layer_get_opacity (layer) / 100.0);
  gint           x = 0;
  gint           y = 0;

  if (dif_source_has_effects (layer))
    {
      if (! read_seen (image, layer, region, cover, error))
        return FALSE;
      opacity = 1.0f;
      mask = NULL;
    }
  else
    {
      gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &x, &y);
      read_floats (GIMP_DRAWABLE (layer), region, x, y, "A float", cover);
    }
  if (mask != NULL && gimp_layer_get_apply_mask (layer))
    {
      read_floats (GIMP_DRAWABLE (mask), region, x, y, "Y float", scratch);
      for (gsize i = 0; i < n; i++)
        cover[i] *= scratch[i];
    }
  for (gsize i = 0; i < n; i++) /* what is no number covers nothing */
    cover[i] = cover[i] * opacity > 0.0f ? MIN (cover[i] * opacity, 1.0f) : 0.0f;
  return TRUE;
}

/* Whether anything is covered: @left is 1 where nothing is. */
static gboolean
check_painted (const float *left, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (left[i] < 1.0f)
      return TRUE;
  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                       _ ("The layers that are named after materials are empty here. Paint on "
                          "them first."));
  return FALSE;
}

gboolean
dif_materials_read (DifMaterials *materials, const DifRect *region, GError **error)
{
  const gsize       n = (gsize) region->width * (gsize) region->height;
  const guint       n_layers = materials->layers->len;
  g_autofree float *left = g_try_malloc_n (n, sizeof (float)); /* that nothing above covers */
  g_autofree float *scratch = g_try_malloc_n (n, sizeof (float));

  materials->regions = g_new0 (DifRegion, n_layers);
  for (gsize i = 0; left != NULL && i < n; i++)
    left[i] = 1.0f;
  for (guint k = 0; k < n_layers; k++)
    {
      float *mask = g_try_malloc_n (n, sizeof (float));

      materials->regions[k] = (DifRegion) { g_ptr_array_index (materials->labels, k), mask };
      if (mask == NULL || left == NULL || scratch == NULL)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                       _ ("There is not enough memory for %d × %d pixels. Select a "
                          "smaller part."),
                       region->width, region->height);
          return FALSE;
        }
      if (! read_cover (materials->image, g_ptr_array_index (materials->layers, k), region, mask,
                        scratch, error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        {
          mask[i] *= left[i];
          left[i] -= mask[i];
        }
    }
  return check_painted (left, n, error);
}

void
dif_materials_free (DifMaterials *materials)
{
  if (materials == NULL)
    return;

  for (guint k = 0; materials->regions != NULL && k < materials->layers->len; k++)
    g_free ((gpointer) materials->regions[k].mask);
  g_free (materials->regions);
  g_ptr_array_unref (materials->layers);
  g_ptr_array_unref (materials->labels);
  g_free (materials);
}
