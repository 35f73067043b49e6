/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/hard-selection.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>

struct _DifHardSelection
{
  GimpImage  *image;
  GeglBuffer *saved;
};

static GeglBuffer *
selection_buffer (GimpImage *image)
{
  return gimp_drawable_get_buffer (GIMP_DRAWABLE (gimp_image_get_selection (image)));
}

/* One row of the target's area. */
static const float *
weights (const DifTarget *target, const float *alpha, gint y)
{
  gsize row = (gsize) (target->area.y - target->region.y + y);

  return alpha + row * target->region.width + (target->area.x - target->region.x);
}

gboolean
dif_hard_selection_any (const DifTarget *target, const float *alpha)
{
  for (gint y = 0; y < target->area.height; y++)
    {
      const float *row = weights (target, alpha, y);

      for (gint x = 0; x < target->area.width; x++)
        {
          if (row[x] > 0.0f)
            return TRUE;
        }
    }
  return FALSE;
}

static void
write_whole_pixels (const DifTarget *target, const float *alpha, GeglBuffer *buffer)
{
  const DifRect    *area = &target->area;
  g_autofree float *whole = g_new (float, area->width);

  for (gint y = 0; y < area->height; y++)
    {
      const float        *row = weights (target, alpha, y);
      const GeglRectangle rect = { area->x, area->y + y, area->width, 1 };

      for (gint x = 0; x < area->width; x++)
        whole[x] = row[x] > 0.0f ? 1.0f : 0.0f;
      gegl_buffer_set (buffer, &rect, 0, babl_format ("Y float"), whole, GEGL_AUTO_ROWSTRIDE);
    }
}

/* GIMP notes the user's selection for Undo. */
static gboolean
select_bounds (const DifTarget *target)
{
  const DifRect *area = &target->area;
  gboolean       done = FALSE;

  gimp_context_push ();
  gimp_context_set_feather (FALSE);
  done = gimp_image_select_rectangle (target->image, GIMP_CHANNEL_OP_REPLACE, area->x, area->y,
                                      area->width, area->height);
  gimp_context_pop ();

  return done;
}

static void
hand_over (GimpImage *image, GeglBuffer *buffer)
{
  gegl_buffer_flush (buffer);
  gimp_drawable_update (GIMP_DRAWABLE (gimp_image_get_selection (image)), 0, 0,
                        gimp_image_get_width (image), gimp_image_get_height (image));
}

DifHardSelection *
dif_hard_selection_new (const DifTarget *target, const float *alpha, GError **error)
{
  DifHardSelection      *hard = g_new0 (DifHardSelection, 1);
  g_autoptr (GeglBuffer) before = selection_buffer (target->image);
  g_autoptr (GeglBuffer) now = NULL;

  hard->image = target->image;
  hard->saved = gegl_buffer_new (gegl_buffer_get_extent (before), gegl_buffer_get_format (before));
  gegl_buffer_copy (before, NULL, GEGL_ABYSS_NONE, hard->saved, NULL);

  if (! select_bounds (target))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _ ("GIMP did not let the selection be changed."));
      dif_hard_selection_free (hard);
      return NULL;
    }
  now = selection_buffer (target->image);
  write_whole_pixels (target, alpha, now);
  hand_over (target->image, now);

  return hard;
}

void
dif_hard_selection_free (DifHardSelection *hard)
{
  g_autoptr (GeglBuffer) buffer = NULL;

  if (hard == NULL)
    return;

  /* Bytes, not a channel that is selected: that would round what is finer than single precision. */
  buffer = selection_buffer (hard->image);
  gegl_buffer_copy (hard->saved, NULL, GEGL_ABYSS_NONE, buffer, NULL);
  hand_over (hard->image, buffer);
  g_object_unref (hard->saved);
  g_free (hard);
}
