/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/twin.h"

#include <glib/gi18n-lib.h>

struct _DifTwin
{
  GimpImage *image;
  GimpImage *copy;
};

DifTwin *
dif_twin_new (GimpImage *image, GError **error)
{
  GimpImage *copy = gimp_image_duplicate (image);
  DifTwin   *twin = NULL;

  if (copy == NULL)
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _ ("GIMP did not show the image: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
      return NULL;
    }
  twin = g_new0 (DifTwin, 1);
  twin->image = image;
  twin->copy = copy;
  return twin;
}

void
dif_twin_free (DifTwin *twin)
{
  if (twin == NULL)
    return;

  gimp_image_delete (twin->copy);
  g_free (twin);
}

/* The items beside one another in a group, or at the top. */
static GimpItem **
items_in (GimpImage *image, GimpItem *group)
{
  return group != NULL ? gimp_item_get_children (group) :
                         (GimpItem **) gimp_image_get_layers (image);
}

/* A copy has its items in the same places. */
static GimpItem *
copy_of (DifTwin *twin, GimpItem *item)
{
  GimpItem             *group = gimp_item_get_parent (item);
  gint                  place = gimp_image_get_item_position (twin->image, item);
  g_autofree GimpItem **items = items_in (twin->copy, group != NULL ? copy_of (twin, group) : NULL);

  for (gint i = 0; items != NULL && items[i] != NULL; i++)
    if (i == place)
      return items[i];
  return NULL;
}

GimpLayer *
dif_twin_layer (DifTwin *twin, GimpLayer *layer)
{
  return GIMP_LAYER (copy_of (twin, GIMP_ITEM (layer)));
}

/* Hides those beside an item: above it, or all. */
static void
hide_beside (DifTwin *twin, GimpItem *item, gboolean all)
{
  g_autofree GimpItem **items = items_in (twin->copy, gimp_item_get_parent (item));
  gboolean              above = TRUE;

  for (gint i = 0; items != NULL && items[i] != NULL; i++)
    {
      if (items[i] == item)
        above = FALSE;
      else if (above || all)
        gimp_item_set_visible (items[i], FALSE);
    }
}

void
dif_twin_hide_above (DifTwin *twin, GimpLayer *layer)
{
  GimpItem *item = layer != NULL ? copy_of (twin, GIMP_ITEM (layer)) : NULL;

  for (; item != NULL; item = gimp_item_get_parent (item))
    hide_beside (twin, item, FALSE);
}

/* What a group does to all that is in it is not its layers'. */
static void
make_plain (GimpLayer *group)
{
  GimpDrawableFilter **effects = gimp_drawable_get_filters (GIMP_DRAWABLE (group));

  for (gint i = 0; effects != NULL && effects[i] != NULL; i++)
    gimp_drawable_filter_set_visible (effects[i], FALSE);
  g_free (effects);
  gimp_layer_set_opacity (group, 100.0);
  gimp_layer_set_mode (group, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_apply_mask (group, FALSE);
  gimp_item_set_visible (GIMP_ITEM (group), TRUE);
}

void
dif_twin_hide_all_but (DifTwin *twin, GimpLayer *layer)
{
  GimpItem *item = copy_of (twin, GIMP_ITEM (layer));

  gimp_item_set_visible (item, TRUE);
  for (; item != NULL; item = gimp_item_get_parent (item))
    {
      hide_beside (twin, item, TRUE);
      if (gimp_item_get_parent (item) != NULL)
        make_plain (GIMP_LAYER (gimp_item_get_parent (item)));
    }
}

GimpLayer *
dif_twin_render (DifTwin *twin, GimpLayer *layer)
{
  GimpItem *item = copy_of (twin, GIMP_ITEM (layer));

#if GIMP_CHECK_VERSION(3, 2, 0)
  if (GIMP_IS_RASTERIZABLE (item) && ! gimp_rasterizable_is_rasterized (GIMP_RASTERIZABLE (item)))
    gimp_rasterizable_rasterize (GIMP_RASTERIZABLE (item));
#endif
  for (GimpItem *i = item; i != NULL; i = gimp_item_get_parent (i))
    gimp_item_set_lock_content (i, FALSE);
  /* what effects make transparent is lost in a layer that has no alpha */
  if (! gimp_drawable_has_alpha (GIMP_DRAWABLE (item)))
    gimp_layer_add_alpha (GIMP_LAYER (item));
  gimp_drawable_merge_filters (GIMP_DRAWABLE (item));
  return GIMP_LAYER (item);
}

GeglBuffer *
dif_twin_visible (DifTwin *twin, GError **error)
{
  GimpLayer *seen = gimp_layer_new_from_visible (twin->copy, twin->copy, "seen");

  if (seen != NULL)
    return gimp_drawable_get_buffer (GIMP_DRAWABLE (seen));

  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _ ("GIMP did not show the image: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  return NULL;
}
