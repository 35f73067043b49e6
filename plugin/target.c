/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/target.h"

#include <glib/gi18n-lib.h>

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, message);
  return FALSE;
}

gboolean
dif_target_refuse_outside (GError **error)
{
  return refuse (error, _ ("The selection lies outside the layer. Select a part of the layer, or "
                           "another layer."));
}

static gboolean
check_image (GimpImage *image, GError **error)
{
  if (gimp_image_get_base_type (image) == GIMP_INDEXED)
    return refuse (error, _ ("The image has indexed colors. Convert it to RGB "
                             "first (Image > Mode > RGB)."));
  if (gimp_image_get_floating_sel (image) != NULL)
    return refuse (error, _ ("There is a floating selection. Anchor it or make "
                             "it a new layer first."));
  return TRUE;
}

/* A locked group locks what is in it, but says so for itself only. */
static gboolean
is_locked (GimpLayer *layer)
{
  GimpItem *item = GIMP_ITEM (layer);

  while (item != NULL)
    {
      if (gimp_item_get_lock_content (item))
        return TRUE;
      item = gimp_item_get_parent (item);
    }
  return FALSE;
}

static gboolean
check_writable (GimpLayer *layer, GError **error)
{
  if (is_locked (layer))
    return refuse (error, _ ("The layer's pixels are locked. Unlock them, or "
                             "have the result on a new layer."));
#if GIMP_CHECK_VERSION(3, 2, 0)
  if (GIMP_IS_RASTERIZABLE (layer) && ! gimp_rasterizable_is_rasterized (GIMP_RASTERIZABLE (layer)))
    return refuse (error, _ ("This layer is drawn by GIMP itself. Rasterize it, "
                             "or have the result on a new layer."));
#endif
  return TRUE;
}

/* Where the layer only says what the result goes @above, a group will do. */
static gboolean
check_drawable (GimpDrawable *drawable, gboolean replace, gboolean above, GError **error)
{
  GimpItem *item = GIMP_ITEM (drawable);

  if (gimp_item_is_layer_mask (item))
    return refuse (error, _ ("A layer mask is being edited. Select the layer "
                             "itself first."));
  if (! gimp_item_is_layer (item))
    return refuse (error, _ ("A channel is selected. Select a layer first."));
  if (gimp_item_is_group (item) && ! above)
    return refuse (error, _ ("A layer group is selected. Select one of the "
                             "layers in it first."));
  if (replace)
    return check_writable (GIMP_LAYER (drawable), error);
  return TRUE;
}

static GimpItem *
topmost_of (GimpItem **items, GimpDrawable **wanted)
{
  for (gint i = 0; items[i] != NULL; i++)
    {
      g_autofree GimpItem **children = NULL;
      GimpItem             *found = NULL;

      for (gint k = 0; wanted[k] != NULL; k++)
        {
          if (GIMP_ITEM (wanted[k]) == items[i])
            return items[i];
        }
      if (gimp_item_is_group (items[i]))
        {
          children = gimp_item_get_children (items[i]);
          found = topmost_of (children, wanted);
        }
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The result goes above all the layers that are selected in the list. */
static GimpDrawable *
choose_drawable (GimpImage *image, GimpDrawable **drawables)
{
  g_autofree GimpLayer **layers = NULL;
  GimpItem              *item = NULL;

  if (drawables == NULL || drawables[0] == NULL)
    return NULL;
  if (drawables[1] == NULL)
    return drawables[0];

  layers = gimp_image_get_layers (image);
  item = topmost_of ((GimpItem **) layers, drawables);

  return item != NULL ? GIMP_DRAWABLE (item) : drawables[0];
}

gboolean
dif_target_is_plain (GimpLayer *layer)
{
  const gboolean       group = gimp_item_is_group (GIMP_ITEM (layer));
  const GimpLayerMode  mode = gimp_layer_get_mode (layer);
  GimpDrawableFilter **effects = NULL;
  gboolean             plain = FALSE;

  plain = gimp_item_get_visible (GIMP_ITEM (layer)) && gimp_layer_get_opacity (layer) >= 100.0 &&
          (mode == GIMP_LAYER_MODE_NORMAL || mode == GIMP_LAYER_MODE_NORMAL_LEGACY ||
           mode == GIMP_LAYER_MODE_PASS_THROUGH);
  if (! plain || ! group)
    return plain;

  effects = gimp_drawable_get_filters (GIMP_DRAWABLE (layer));
  for (gint i = 0; effects != NULL && effects[i] != NULL; i++)
    plain = plain && ! gimp_drawable_filter_get_visible (effects[i]);
  g_free (effects);

  return plain && (gimp_layer_get_mask (layer) == NULL || ! gimp_layer_get_apply_mask (layer));
}

GimpLayer *
dif_target_outside (GimpLayer *layer)
{
  GimpItem *item = gimp_item_get_parent (GIMP_ITEM (layer));

  for (; item != NULL; item = gimp_item_get_parent (item))
    if (! dif_target_is_plain (GIMP_LAYER (item)))
      layer = GIMP_LAYER (item);
  return layer;
}

static DifRect
layer_extent (GimpLayer *layer)
{
  DifRect rect = { 0, 0, 0, 0 };

  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &rect.x, &rect.y);
  rect.width = gimp_drawable_get_width (GIMP_DRAWABLE (layer));
  rect.height = gimp_drawable_get_height (GIMP_DRAWABLE (layer));

  return rect;
}

static DifRect
image_canvas (GimpImage *image)
{
  return (DifRect) { 0, 0, gimp_image_get_width (image), gimp_image_get_height (image) };
}

static DifRect
grow_within (DifRect rect, gint by, DifRect limit)
{
  gint left = MAX (rect.x - by, limit.x);
  gint top = MAX (rect.y - by, limit.y);
  gint right = MIN (rect.x + rect.width + by, limit.x + limit.width);
  gint bottom = MIN (rect.y + rect.height + by, limit.y + limit.height);

  return (DifRect) { left, top, right - left, bottom - top };
}

/* What is selected; all of the canvas if nothing is. */
static DifRect
selected_rect (const DifTarget *target)
{
  gboolean non_empty = FALSE;
  gint     x1 = 0;
  gint     y1 = 0;
  gint     x2 = 0;
  gint     y2 = 0;

  if (target->selected && gimp_selection_bounds (target->image, &non_empty, &x1, &y1, &x2, &y2) &&
      non_empty)
    return (DifRect) { x1, y1, x2 - x1, y2 - y1 };
  return target->canvas;
}

/* A new picture on a layer of its own is bound to the selection only. */
static void
measure_on_canvas (DifTarget *target)
{
  target->area = selected_rect (target);
  target->region = target->area;
}

static gint
margin (const DifAim *aim, const DifRect *area)
{
  return aim->request != NULL ?
             (gint) dif_request_margin (aim->request, (guint) area->width, (guint) area->height) :
             0;
}

/* As is one made of what is visible.  With nothing selected it is as large as the layer, but holes
 * may be anywhere. */
static gboolean
measure_visible (DifTarget *target, const DifAim *aim, GError **error)
{
  target->area = selected_rect (target);
  if (target->selected)
    target->area = grow_within (target->area, aim->reach, target->canvas);
  else if (target->layer != NULL && ! target->fills)
    target->area = grow_within (target->extent, 0, target->canvas);
  if (target->area.width <= 0 || target->area.height <= 0)
    return refuse (error, _ ("The layer lies outside the image. Select a part of the image, or "
                             "another layer."));
  target->region = grow_within (target->area, margin (aim, &target->area), target->canvas);

  return TRUE;
}

/* GIMP takes pixels by a selection, and there is none beyond the canvas. */
static DifRect
writable (const DifTarget *target)
{
  if (target->replace && target->selected)
    return grow_within (target->extent, 0, target->canvas);
  return target->extent;
}

static gboolean
measure_on_layer (DifTarget *target, const DifAim *aim, GError **error)
{
  DifRect area = { 0, 0, 0, 0 };

  if (! gimp_drawable_mask_intersect (GIMP_DRAWABLE (target->layer), &area.x, &area.y, &area.width,
                                      &area.height))
    return dif_target_refuse_outside (error);

  area.x += target->extent.x;
  area.y += target->extent.y;
  if (target->selected)
    area = grow_within (area, aim->reach, writable (target));
  target->area = area;
  target->region = area;
  if (target->reads)
    target->region = grow_within (area, margin (aim, &area), target->extent);

  return TRUE;
}

gboolean
dif_target_init (DifTarget *target, const DifAim *aim, GimpImage *image, GimpDrawable **drawables,
                 GError **error)
{
  GimpDrawable  *drawable = choose_drawable (image, drawables);
  const gboolean above = ! aim->replace && (aim->visible || ! aim->reads);

  /* who works on a layer's mask means the place of the layer */
  if (drawable != NULL && above && gimp_item_is_layer_mask (GIMP_ITEM (drawable)))
    drawable = GIMP_DRAWABLE (gimp_layer_from_mask (GIMP_LAYER_MASK (drawable)));
  *target = (DifTarget) {
    .reads = aim->reads,
    .fills = aim->fills,
    .image = image,
    .replace = aim->replace,
    .visible = aim->visible && ! aim->replace,
    .canvas = image_canvas (image),
    .selected = ! gimp_selection_is_empty (image),
  };
  if (! check_image (image, error))
    return FALSE;

  if (drawable != NULL)
    {
      if (gimp_item_get_image (GIMP_ITEM (drawable)) != image)
        return refuse (error, _ ("The layer belongs to another image."));
      if (! check_drawable (drawable, aim->replace, above, error))
        return FALSE;
      target->layer = GIMP_LAYER (drawable);
      target->above = target->visible ? dif_target_outside (target->layer) : target->layer;
      target->extent = layer_extent (target->layer);
    }
  if (! aim->reads && ! aim->replace)
    {
      measure_on_canvas (target);
      return TRUE;
    }
  if (target->visible)
    return measure_visible (target, aim, error);
  return measure_on_layer (target, aim, error);
}

static gboolean
same_rect (DifRect a, DifRect b)
{
  return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

gboolean
dif_target_recheck (const DifTarget *target, GError **error)
{
  if (! gimp_image_is_valid (target->image))
    return refuse (error, _ ("The image was closed in the meantime."));
  if (! check_image (target->image, error))
    return FALSE;
  if (! same_rect (target->canvas, image_canvas (target->image)))
    return refuse (error, _ ("The image was resized in the meantime."));
  if (target->layer == NULL)
    return TRUE;

  if (! gimp_item_is_valid (GIMP_ITEM (target->layer)))
    return refuse (error, _ ("The layer was deleted in the meantime."));
  if (! same_rect (target->extent, layer_extent (target->layer)))
    return refuse (error, _ ("The layer was moved or resized in the meantime."));

  return check_drawable (GIMP_DRAWABLE (target->layer), target->replace,
                         target->visible || (! target->reads && ! target->replace), error);
}
