/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/making.h"

#include <glib/gi18n-lib.h>

#include "plugin/config.h"
#include "plugin/drawable-read.h"
#include "plugin/drawable.h"
#include "plugin/materials.h"

/* The materials' regions, and where their picture goes: above their group, else on top. */
static DifMaterials *
find_materials (const DifSession *session, const DifConfig *config, DifTarget *target,
                GError **error)
{
  g_autoptr (DifModelInfo) info = dif_model_info_load (config->request.model, error);
  g_autoptr (DifMaterials) materials = NULL;

  if (info == NULL)
    return NULL;
  materials = dif_materials_find (session->drawables, session->image,
                                  (const char *const *) info->labels, error);
  if (materials == NULL || ! dif_materials_read (materials, &target->region, error))
    return NULL;
  target->above = materials->group;
  return g_steal_pointer (&materials);
}

typedef struct
{
  const DifRequest *request;
  DifResult        *result;
} Picture;

static gboolean
make_picture (gpointer data, DifProgress *progress, GError **error)
{
  Picture *picture = data;

  picture->result = dif_run (picture->request, progress, error);
  return picture->result != NULL;
}

static DifResult *
compute (DifSession *session, const DifRequest *request, GError **error)
{
  Picture picture = { request, NULL };

  return dif_session_compute (session, make_picture, &picture, error) ? picture.result : NULL;
}

/* All that making one layer needs; what it points to is its own. */
typedef struct
{
  DifConfig    *config;
  DifTarget     target;
  DifMaterials *materials;
  DifSource     source;
  float        *selection; /* the region's, NULL without one */
  float        *seen;      /* the region's alpha; NULL for opaque */
  float        *weights;   /* how the result is laid over what was there */
  DifResult    *result;
} Making;

static void
making_clear (Making *m)
{
  dif_config_free (m->config);
  dif_materials_free (m->materials);
  dif_source_clear (&m->source);
  g_free (m->selection);
  g_free (m->seen);
  g_free (m->weights);
  dif_result_free (m->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Making, making_clear)

static gsize
n_pixels (const Making *m)
{
  return (gsize) m->target.region.width * (gsize) m->target.region.height;
}

/* The rectangle around what was filled, which is all that a layer need cover. */
static void
shrink_to_filled (Making *m)
{
  const DifRect *region = &m->target.region;
  DifRect       *area = &m->target.area;
  gint           left = region->width, top = region->height, right = 0, bottom = 0;

  for (gsize i = 0; i < n_pixels (m); i++)
    if (m->weights[i] > 0.0f)
      {
        const gint x = (gint) (i % (gsize) region->width);
        const gint y = (gint) (i / (gsize) region->width);

        left = MIN (left, x);
        right = MAX (right, x + 1);
        top = MIN (top, y);
        bottom = y + 1;
      }
  if (right > left)
    *area = (DifRect) { region->x + left, region->y + top, right - left, bottom - top };
}

/* Bounds may meet where shapes do not. */
static gboolean
selects_any (const Making *m)
{
  for (gsize i = 0; i < n_pixels (m); i++)
    if (m->selection[i] > 0.0f)
      return TRUE;
  return FALSE;
}

/* What the core works on. */
static gboolean
read_source (Making *m, GError **error)
{
  const DifTarget *target = &m->target;
  DifRequest      *request = &m->config->request;

  if (m->selection != NULL && ! target->visible && target->reads && ! selects_any (m))
    return dif_target_refuse_outside (error);
  request->width = (guint) target->region.width;
  request->height = (guint) target->region.height;
  request->origin_x = target->region.x;
  request->origin_y = target->region.y;
  request->mask = m->selection;
  if (! target->reads)
    return TRUE;

  if (! dif_source_read (target, &m->source, error) ||
      ! dif_source_seen (&m->source, n_pixels (m), &m->seen, error))
    return FALSE;
  request->pixels = m->source.pixels;
  request->alpha = m->seen;
  return TRUE;
}

char *
dif_making_name_selection (const DifTarget *target, const float *selection)
{
  const DifRect   *area = &target->area;
  const gsize      n = (gsize) target->region.width * (gsize) target->region.height;
  g_autofree char *sum = NULL;

  if (selection != NULL)
    sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) selection,
                                       n * sizeof (float));
  return g_strdup_printf ("%d %d %d %d %s", area->x, area->y, area->width, area->height,
                          sum != NULL ? sum : "");
}

/* The tries that are still there, if this is another one of them. */
static void
find_tries (DifSession *session, Making *m)
{
  g_autofree char *name = dif_making_name_selection (&m->target, m->selection);

  if (g_strcmp0 (name, session->tried) != 0)
    {
      dif_session_clear (session);
      session->tries = g_ptr_array_new ();
      session->tried = g_steal_pointer (&name);
    }
  for (guint i = session->tries->len; i > 0; i--)
    if (! gimp_item_is_valid (g_ptr_array_index (session->tries, i - 1)))
      g_ptr_array_remove_index (session->tries, i - 1);
  m->target.unseen = session->tries;
}

/* A layer's mask goes on hiding what it hid.  Where pixels are replaced it stays in its place, and
 * what it hides altogether stays as well: it may be there for a reason. */
static gboolean
hide (Making *m, GError **error)
{
  const float *shown = m->source.shown;

  if (shown == NULL || m->target.visible)
    return TRUE;
  if (m->weights == NULL)
    {
      m->weights = g_try_malloc_n (n_pixels (m), sizeof (float));
      for (gsize i = 0; m->weights != NULL && i < n_pixels (m); i++)
        m->weights[i] = 1.0f;
    }
  if (m->weights == NULL)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_NOMEM,
                           _ ("There is not enough memory. Select a smaller part."));
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels (m); i++)
    m->weights[i] *= m->target.replace ? shown[i] > 0.0f : CLAMP (shown[i], 0.0f, 1.0f);
  return TRUE;
}

/* How the result goes over what was there. */
static gboolean
fit_in (Making *m, gboolean *clipped, GError **error)
{
  DifTarget *target = &m->target;

  *clipped = FALSE;
  m->weights = g_steal_pointer (&m->result->weights);
  if (! target->reads)
    return TRUE;
  if (target->fills && ! target->selected && m->weights != NULL)
    shrink_to_filled (m);
  if (target->replace)
    {
      *clipped = dif_source_is_glazed (target, &m->source, m->weights);
      return hide (m, error);
    }

  if (! target->visible && gimp_item_get_visible (GIMP_ITEM (target->layer)) &&
      (! dif_target_is_plain (target->layer) ||
       dif_source_is_glazed (target, &m->source, m->weights)))
    {
      if (target->above == target->layer)
        target->above = dif_target_outside (target->layer);
      if (! dif_source_compose (target, &m->source, m->result, m->weights, error))
        return FALSE;
    }
  *clipped = target->visible && dif_source_is_glazed (target, &m->source, m->weights);
  return hide (m, error);
}

static gboolean
write_layer (DifSession *session, Making *m, GError **error)
{
  g_autofree char *name = NULL;
  GimpLayer       *layer = NULL;
  gboolean         clipped = FALSE;

  if (! dif_target_recheck (&m->target, error) || ! fit_in (m, &clipped, error))
    return FALSE;
  m->config->request.stop_after = m->result->stopped_after;
  name = dif_config_layer_name (m->config);
  layer = dif_drawable_write (&m->target, m->source.pixels != NULL ? &m->source : NULL, m->result,
                              m->selection, m->weights, clipped, name, m->result->settings, error);
  if (layer == NULL)
    return FALSE;

  session->layer = layer;
  session->stopped_after = m->result->stopped_after;
  if (! m->target.replace)
    g_ptr_array_add (session->tries, layer);
  gimp_displays_flush ();
  return TRUE;
}

gboolean
dif_making_make (DifSession *session, GError **error)
{
  g_auto (Making) m = { NULL };
  DifAim aim;

  m.config = dif_config_new (session->row, session->config, error);
  if (m.config == NULL)
    return FALSE;
  aim = dif_session_aim (session);
  aim.reach = m.config->reach;
  aim.request = &m.config->request;
  if (! dif_session_find_target (session, &aim, &m.target, error))
    return FALSE;

  if (session->row->args & DIF_ARG_MATERIALS)
    {
      m.materials = find_materials (session, m.config, &m.target, error);
      if (m.materials == NULL)
        return FALSE;
      m.config->request.regions = m.materials->regions;
      m.config->request.n_regions = m.materials->layers->len;
    }

  dif_config_choose_seed (m.config, session->config);

  /* A second try in the same dialog goes above the first, where it is seen. */
  if (session->layer != NULL && gimp_item_is_valid (GIMP_ITEM (session->layer)) &&
      ! m.target.replace)
    m.target.above = session->layer;

  if (m.target.selected && ! (m.selection = dif_drawable_read_mask (&m.target, error)))
    return FALSE;
  find_tries (session, &m);
  if (! read_source (&m, error))
    return FALSE;
  m.result = compute (session, &m.config->request, error);
  return m.result != NULL && write_layer (session, &m, error);
}
