/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/drawable.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "plugin/drawable-read.h"
#include "plugin/hard-selection.h"
#include "plugin/untouched.h"

/* Rows written at once, so that a large layer needs no second copy of itself. */
#define BAND 64

/* Selections that are read twice may differ by so much: conversions from double precision do. */
#define SAME 1e-4f

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
      for (gsize i = 0; same && i < n; i++)
        same = fabsf (now[i] - mask[i]) <= SAME;
    }
  if (! same)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                         _ ("The selection was changed in the meantime."));
  return same;
}

/* Pictures and filled holes are opaque; what only changed keeps its shape. */
static gboolean
keeps_alpha (const DifTarget *target)
{
  return target->reads && ! target->fills;
}

/* Where a row of the area begins in the region. */
static gsize
row_start (const DifTarget *target, gint y)
{
  return (gsize) (target->area.y - target->region.y + y) * (gsize) target->region.width +
         (gsize) (target->area.x - target->region.x);
}

/* Rows of the result, with this alpha or opaque. */
static void
lay_band (const DifTarget *target, const DifResult *result, const float *alpha, gint y, gint rows,
          float *band)
{
  for (gint row = 0; row < rows; row++)
    {
      gsize at = row_start (target, y + row);

      for (gint x = 0; x < target->area.width; x++, at++, band += 4)
        {
          memcpy (band, result->pixels + 3 * at, 3 * sizeof (float));
          band[3] = alpha != NULL ? alpha[at] : 1.0f;
        }
    }
}

/* Puts rows of the result over those of the layer, which lend their alpha. */
static void
mix_band (const DifTarget *target, const DifResult *result, const float *weights, gboolean shaped,
          gint y, gint rows, float *band)
{
  float opaque = shaped ? 0.0f : 1.0f;

  for (gint row = 0; row < rows; row++)
    {
      gsize at = row_start (target, y + row);

      for (gint x = 0; x < target->area.width; x++, at++, band += 4)
        dif_mix_pixel (result->pixels + at * 3, MAX (band[3], opaque),
                       weights != NULL ? weights[at] : 1.0f, band);
    }
}

/* Called with rows of the area, from @y on, to be filled; they hold the layer's. */
typedef void (*FillBand) (gint y, gint rows, float *band, gpointer data);

typedef struct
{
  const DifTarget *target;
  const DifResult *result;
  const float     *numbers; /* of the region: the result's alpha, or weights */
  gboolean         shaped;  /* whether what is not opaque stays so */
} Laying;

static void
lay (gint y, gint rows, float *band, gpointer data)
{
  const Laying *l = data;

  lay_band (l->target, l->result, l->numbers, y, rows, band);
}

static void
mix (gint y, gint rows, float *band, gpointer data)
{
  const Laying *l = data;

  mix_band (l->target, l->result, l->numbers, l->shaped, y, rows, band);
}

/* Writes the area into @buffer, its top left corner at @x, @y; from @under, if there is any. */
static gboolean
put_result (const DifTarget *target, FillBand fill, gpointer data, GeglBuffer *under,
            GeglBuffer *buffer, gint x, gint y, GError **error)
{
  const Babl       *format = babl_format ("R'G'B'A float");
  g_autofree float *band = NULL;
  DifRect           rect = target->area;

  rect.height = MIN (rect.height, BAND);
  band = dif_drawable_new_floats (&rect, 4, error);
  if (band == NULL)
    return FALSE;

  for (gint done = 0; done < target->area.height; done += BAND)
    {
      GeglRectangle from;
      GeglRectangle to;

      rect.y = target->area.y + done;
      rect.height = MIN (BAND, target->area.height - done);
      from = dif_drawable_on_layer (target, &rect);
      to = (GeglRectangle) { x, y + done, rect.width, rect.height };

      if (under != NULL)
        gegl_buffer_get (under, &from, 1.0, format, band, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      fill (done, rect.height, band, data);
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
make_layer (const DifTarget *target, const Laying *laying, const float *mask, gboolean clipped,
            const char *name, GError **error)
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
  if (clipped)
    gimp_layer_set_composite_mode (layer, GIMP_LAYER_COMPOSITE_CLIP_TO_BACKDROP);
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  if (! put_result (target, lay, (gpointer) laying, NULL, buffer, 0, 0, error))
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
write_new_layer (const DifTarget *target, const DifSource *source, const DifResult *result,
                 const float *mask, gboolean clipped, const char *name, const char *settings,
                 GError **error)
{
  const gboolean shaped = source != NULL && keeps_alpha (target) && ! clipped;
  const Laying   laying = { target, result, shaped ? source->alpha : NULL, shaped };
  GimpLayer     *layer = make_layer (target, &laying, mask, clipped, name, error);
  GimpLayer     *parent = NULL;
  gint           position = 0;
  gboolean       done = FALSE;

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
  g_autoptr (GeglBuffer)       saved = dif_untouched_save (target);

  if (target->selected && ! dif_hard_selection_any (target, alpha))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("Nothing of the layer is selected."));
      return FALSE;
    }
  if (target->selected)
    {
      hard = dif_hard_selection_new (target, alpha, error);
      if (hard == NULL)
        return FALSE;
    }
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
replace_pixels (const DifTarget *target, const DifResult *result, const float *mask,
                const float *alpha, gboolean clipped, const char *settings, GError **error)
{
  const gboolean         shaped = keeps_alpha (target) || clipped;
  g_autoptr (GeglBuffer) shadow = NULL;
  g_autoptr (GeglBuffer) under = NULL;
  GimpDrawable          *drawable = GIMP_DRAWABLE (target->layer);
  Laying                 laying = { target, result, alpha, shaped };
  GeglRectangle          rect = dif_drawable_on_layer (target, &target->area);
  gboolean               done = FALSE;

  if (! check_selection (target, mask, error))
    return NULL;

  if (shaped || alpha != NULL)
    under = gimp_drawable_get_buffer (drawable);
  shadow = gimp_drawable_get_shadow_buffer (drawable);
  if (! put_result (target, mix, &laying, under, shadow, rect.x, rect.y, error))
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
dif_drawable_write (const DifTarget *target, const DifSource *source, const DifResult *result,
                    const float *mask, const float *alpha, gboolean clipped, const char *name,
                    const char *settings, GError **error)
{
  if (! dif_target_recheck (target, error))
    return NULL;

  if (target->replace)
    return replace_pixels (target, result, mask, alpha, clipped, settings, error);
  return write_new_layer (target, source, result, alpha, clipped, name, settings, error);
}
