/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/drawable.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "plugin/drawable-read.h"
#include "plugin/hard-selection.h"
#include "plugin/untouched.h"

/* Rows written at once, so that a large layer needs no second copy of itself. */
#define BAND 64

#define SETTINGS_PARASITE "gimp-diffusion"

void
dif_drawable_init (void)
{
  gegl_init (NULL, NULL);
}

/* Who selects something else meanwhile does not mean the old place any more. */
static gboolean
check_selection (const DifTarget *target, const float *mask, GError **error)
{
  g_autofree float *now = NULL;
  gboolean          selected = ! gimp_selection_is_empty (target->image);
  gboolean          same = selected == (mask != NULL);
  gsize             n = (gsize) target->region.width * (gsize) target->region.height;

  if (same && selected)
    {
      now = dif_drawable_read_mask (target, error);
      if (now == NULL)
        return FALSE;
      same = memcmp (now, mask, n * sizeof (float)) == 0;
    }
  if (! same)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         _ ("The selection was changed in the meantime."));
  return same;
}

/* Pictures and filled holes are opaque; what only changed keeps its shape. */
static gboolean
keeps_alpha (DifTask task)
{
  return task == DIF_TASK_REIMAGINE || task == DIF_TASK_NOISE;
}

/* Lays a pixel of the result, with this alpha and weight, over one of the layer.  As layers do,
 * what is not opaque lends less of its color. */
static void
mix_pixel (const float *from, float alpha, float weight, float *to)
{
  float mixed = weight < 1.0f ? to[3] + weight * (alpha - to[3]) : alpha;
  float share = mixed > 0.0f ? weight * alpha / mixed : weight;

  for (guint c = 0; c < 3; c++)
    to[c] = share < 1.0f ? to[c] + share * (from[c] - to[c]) : from[c];
  to[3] = mixed;
}

/* Puts rows of the result over those of the layer, which lend their alpha. */
static void
mix_band (const DifTarget *target, const DifImage *result, const float *weights, gint y, gint rows,
          float *band)
{
  gint  left = target->area.x - target->region.x;
  gint  top = target->area.y - target->region.y + y;
  gint  width = target->area.width;
  float opaque = keeps_alpha (target->task) ? 0.0f : 1.0f;

  for (gint row = 0; row < rows; row++)
    {
      gsize  at = (gsize) (top + row) * result->width + left;
      float *to = band + (gsize) row * width * 4;

      for (gint x = 0; x < width; x++, at++, to += 4)
        mix_pixel (result->pixels + at * 3, MAX (to[3], opaque),
                   weights != NULL ? weights[at] : 1.0f, to);
    }
}

/* Writes the area into @buffer, its top left corner at @x, @y; with @weights over what the layer
 * has. */
static gboolean
put_result (const DifTarget *target, const DifImage *result, const float *weights,
            GeglBuffer *buffer, gint x, gint y, GError **error)
{
  const Babl            *format = babl_format ("R'G'B'A float");
  g_autoptr (GeglBuffer) source = NULL;
  g_autofree float      *band = NULL;
  DifRect                rect = target->area;

  rect.height = MIN (rect.height, BAND);
  band = dif_drawable_new_floats (&rect, 4, error);
  if (band == NULL)
    return FALSE;
  if (target->layer != NULL && (keeps_alpha (target->task) || weights != NULL))
    source = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));

  for (gint done = 0; done < target->area.height; done += rect.height)
    {
      GeglRectangle from;
      GeglRectangle to;

      rect.y = target->area.y + done;
      rect.height = MIN (BAND, target->area.height - done);
      from = dif_drawable_on_layer (target, &rect);
      to = (GeglRectangle) { x, y + done, rect.width, rect.height };

      if (source != NULL)
        gegl_buffer_get (source, &from, 1.0, format, band, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      mix_band (target, result, weights, done, rect.height, band);
      gegl_buffer_set (buffer, &to, 0, format, band, GEGL_AUTO_ROWSTRIDE);
    }
  return TRUE;
}

static void
keep_settings (GimpLayer *layer, const char *settings)
{
  GimpParasite *parasite =
      gimp_parasite_new (SETTINGS_PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                         (guint32) strlen (settings), settings);

  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
}

static GimpLayer *
refused (GError **error)
{
  /* Read at once: the next call overwrites it. */
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _ ("GIMP did not take the result: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  return NULL;
}

/* The mask is of the selection the result was computed for, whatever has become
 * of it since. */
static gboolean
add_mask (const DifTarget *target, GimpLayer *layer, const float *mask)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  GimpLayerMask         *layer_mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  const DifRect         *area = &target->area;
  const DifRect         *region = &target->region;
  GeglRectangle          rect = { 0, 0, area->width, area->height };
  gsize                  corner = 0;

  if (layer_mask == NULL || ! gimp_layer_add_mask (layer, layer_mask))
    return FALSE;

  corner = (gsize) (area->y - region->y) * region->width + (area->x - region->x);
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer_mask));
  gegl_buffer_set (buffer, &rect, 0, babl_format ("Y float"), mask + corner,
                   region->width * (gint) sizeof (float));
  g_clear_object (&buffer);
  gimp_drawable_update (GIMP_DRAWABLE (layer_mask), 0, 0, area->width, area->height);

  return TRUE;
}

static GimpLayer *
make_layer (const DifTarget *target, const DifImage *result, const float *mask, const char *name,
            GError **error)
{
  g_autoptr (GeglBuffer) buffer = NULL;
  const DifRect         *area = &target->area;
  gboolean               gray = gimp_image_get_base_type (target->image) == GIMP_GRAY;
  GimpLayer             *layer = NULL;

  layer = gimp_layer_new (target->image, name, area->width, area->height,
                          gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100.0,
                          gimp_image_get_default_new_layer_mode (target->image));
  if (layer == NULL)
    return refused (error);

  gimp_layer_set_offsets (layer, area->x, area->y);
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  if (! put_result (target, result, NULL, buffer, 0, 0, error))
    {
      gimp_item_delete (GIMP_ITEM (layer));
      return NULL;
    }
  g_clear_object (&buffer);
  gimp_drawable_update (GIMP_DRAWABLE (layer), 0, 0, area->width, area->height);

  if (mask != NULL && ! add_mask (target, layer, mask))
    {
      refused (error);
      gimp_item_delete (GIMP_ITEM (layer));
      return NULL;
    }
  return layer;
}

static GimpLayer *
write_new_layer (const DifTarget *target, const DifImage *result, const float *mask,
                 const char *name, const char *settings, GError **error)
{
  GimpLayer *layer = make_layer (target, result, mask, name, error);
  GimpLayer *parent = NULL;
  gint       position = 0;
  gboolean   done = FALSE;

  if (layer == NULL)
    return NULL;
  if (target->above != NULL)
    {
      parent = GIMP_LAYER (gimp_item_get_parent (GIMP_ITEM (target->above)));
      position = gimp_image_get_item_position (target->image, GIMP_ITEM (target->above));
    }
  keep_settings (layer, settings);

  /* All that can fail or be killed is behind us: the image sees one change. */
  gimp_image_undo_group_start (target->image);
  done = gimp_image_insert_layer (target->image, layer, parent, position);
  if (! done)
    refused (error);
  gimp_image_undo_group_end (target->image);

  if (! done)
    {
      gimp_item_delete (GIMP_ITEM (layer));
      return NULL;
    }
  if (mask != NULL)
    gimp_layer_set_edit_mask (layer, FALSE);
  return layer;
}

/* GIMP takes the shadow's pixels by the selection, softly: what is mixed already must be taken as
 * it is, and where it reaches beyond the selection as well. */
static gboolean
merge_by_weights (const DifTarget *target, const float *alpha, GError **error)
{
  g_autoptr (DifHardSelection) hard = NULL;
  g_autoptr (GeglBuffer)       saved = NULL;

  if (! dif_hard_selection_any (target, alpha))
    return TRUE;

  saved = dif_untouched_save (target);
  hard = dif_hard_selection_new (target, alpha, error);
  if (hard == NULL)
    return FALSE;
  if (! gimp_drawable_merge_shadow (GIMP_DRAWABLE (target->layer), TRUE))
    return refused (error) != NULL;
  dif_untouched_restore (target, saved, alpha);

  return TRUE;
}

static gboolean
merge_shadow (const DifTarget *target, const float *alpha, GError **error)
{
  if (alpha != NULL)
    return merge_by_weights (target, alpha, error);

  return gimp_drawable_merge_shadow (GIMP_DRAWABLE (target->layer), TRUE) ||
         refused (error) != NULL;
}

static GimpLayer *
replace_pixels (const DifTarget *target, const DifImage *result, const float *mask,
                const float *alpha, const char *settings, GError **error)
{
  g_autoptr (GeglBuffer) shadow = NULL;
  GimpDrawable          *drawable = GIMP_DRAWABLE (target->layer);
  GeglRectangle          rect = dif_drawable_on_layer (target, &target->area);
  gboolean               done = FALSE;

  if (! check_selection (target, mask, error))
    return NULL;

  shadow = gimp_drawable_get_shadow_buffer (drawable);
  if (! put_result (target, result, alpha, shadow, rect.x, rect.y, error))
    return NULL;
  g_clear_object (&shadow);

  gimp_image_undo_group_start (target->image);
  done = merge_shadow (target, alpha, error);
  if (done)
    keep_settings (target->layer, settings);
  gimp_image_undo_group_end (target->image);

  if (! done)
    return NULL;
  gimp_drawable_update (drawable, rect.x, rect.y, rect.width, rect.height);
  return target->layer;
}

GimpLayer *
dif_drawable_write (const DifTarget *target, const DifImage *result, const float *mask,
                    const float *alpha, const char *name, const char *settings, GError **error)
{
  if (! dif_target_recheck (target, error))
    return NULL;

  if (target->replace)
    return replace_pixels (target, result, mask, alpha, settings, error);
  return write_new_layer (target, result, alpha, name, settings, error);
}
