/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/session.h"

#include <glib/gi18n-lib.h>

#include "plugin/config.h"
#include "plugin/drawable.h"
#include "plugin/lesson.h"
#include "plugin/materials.h"

static gboolean
wants_replace (const DifSession *session)
{
  g_autofree char *output = NULL;

  if (! (session->row->args & DIF_ARG_OUTPUT))
    return FALSE;
  g_object_get (session->config, "output", &output, NULL);
  return g_strcmp0 (output, "replace") == 0;
}

/* GIMP greys its menus by this, but lets scripts call as they like. */
static gboolean
check_count (const DifSession *session, gboolean replace, GError **error)
{
  guint n = 0;

  while (session->drawables != NULL && session->drawables[n] != NULL)
    n++;
  if (n == 1 || (session->row->task == DIF_TASK_GENERATE && ! replace))
    return TRUE;

  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, GIMP_PDB_CALLING_ERROR,
                       n == 0 ? _ ("No layer is selected. Select one first.") :
                                _ ("Several layers are selected. Select one "
                                   "layer only."));
  return FALSE;
}

gboolean
dif_session_find_target (const DifSession *session, const DifAim *aim, DifTarget *target,
                         GError **error)
{
  if (! check_count (session, aim->replace, error))
    return FALSE;
  if (! gimp_image_is_valid (session->image))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("The image was closed."));
      return FALSE;
    }
  for (guint i = 0; session->drawables != NULL && session->drawables[i] != NULL; i++)
    {
      if (! gimp_item_is_valid (GIMP_ITEM (session->drawables[i])))
        {
          g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("The layer was deleted."));
          return FALSE;
        }
    }
  /* materials are painted on what the group covers, not taken from a layer */
  return dif_target_init (target, aim, session->image,
                          session->row->args & DIF_ARG_MATERIALS ? NULL : session->drawables,
                          error);
}

/* The materials' regions, and where their picture goes: above their group, else on top. */
static DifMaterials *
find_materials (const DifSession *session, const DifSettings *settings, DifTarget *target,
                GError **error)
{
  g_autoptr (DifModelInfo) info = dif_model_info_load (settings->path, error);
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

gboolean
dif_session_check (const DifSession *session, GError **error)
{
  const DifAim aim = { session->row->task, wants_replace (session),
                       dif_settings_is_visible (session->row, session->config), 0, NULL };
  DifTarget    target;

  return dif_session_find_target (session, &aim, &target, error);
}

gboolean
dif_session_compute (DifSession *session, DifJobFunc func, gpointer data, GError **error)
{
  gboolean done = FALSE;

  session->job = dif_job_new (session->report, session->report_data);
  done = dif_job_run (session->job, func, data, error);
  g_clear_pointer (&session->job, dif_job_free);

  return done;
}

typedef struct
{
  const DifRequest *request;
  DifImage         *result;
} Picture;

static gboolean
make_picture (gpointer data, DifProgress *progress, GError **error)
{
  Picture *picture = data;

  picture->result = dif_run (picture->request, progress, error);
  return picture->result != NULL;
}

static DifImage *
compute (DifSession *session, const DifRequest *request, GError **error)
{
  Picture picture = { request, NULL };

  if (! dif_request_check (request, error) ||
      ! dif_session_compute (session, make_picture, &picture, error))
    return NULL;
  return picture.result;
}

/* ---- from arguments to a layer ------------------------------------------ */

/* All that making one layer needs; what it points to is its own. */
typedef struct
{
  DifSettings  *settings;
  DifTarget     target;
  DifMaterials *materials;
  DifSource     source;
  float        *selection; /* the region's, NULL without one */
  float        *seen;      /* the region's alpha; NULL for opaque */
  float        *holes;     /* what is transparent, where that is to be filled */
  float        *weights;   /* how the result is laid over what was there */
  DifImage     *result;
} Making;

static void
making_clear (Making *m)
{
  dif_settings_free (m->settings);
  dif_materials_free (m->materials);
  dif_source_clear (&m->source);
  g_free (m->selection);
  g_free (m->seen);
  g_free (m->holes);
  g_free (m->weights);
  dif_image_free (m->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Making, making_clear)

static gsize
n_pixels (const Making *m)
{
  return (gsize) m->target.region.width * (gsize) m->target.region.height;
}

/* The rectangle around what is to be filled, which is all that a layer need cover. */
static void
shrink_to_holes (Making *m)
{
  const DifRect *region = &m->target.region;
  DifRect       *area = &m->target.area;
  gint           left = region->width, top = region->height, right = 0, bottom = 0;

  for (gsize i = 0; i < n_pixels (m); i++)
    if (m->holes[i] > 0.0f)
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
  DifRequest      *request = &m->settings->request;

  if (target->selected && ! (m->selection = dif_drawable_read_mask (target, error)))
    return FALSE;
  if (m->selection != NULL && ! target->visible && target->task != DIF_TASK_GENERATE &&
      ! selects_any (m))
    return dif_target_refuse_outside (error);
  request->width = (guint) target->region.width;
  request->height = (guint) target->region.height;
  request->origin_x = target->region.x;
  request->origin_y = target->region.y;
  request->mask = m->selection;
  if (target->task == DIF_TASK_GENERATE)
    return TRUE;

  if (! dif_source_read (target, &m->source, error) ||
      ! dif_source_seen (&m->source, n_pixels (m), &m->seen, error))
    return FALSE;
  request->pixels = m->source.pixels;
  request->alpha = m->seen;
  if (target->task != DIF_TASK_INPAINT || target->selected || m->seen == NULL)
    return TRUE;

  m->holes = dif_selection_from_alpha (m->seen, n_pixels (m), error);
  if (m->holes == NULL)
    return FALSE;
  shrink_to_holes (m);
  request->mask = m->holes;
  return TRUE;
}

/* Tries with one selection are of what was there before the first. */
static char *
name_selection (const Making *m)
{
  const DifRect     *area = &m->target.area;
  g_autofree char   *sum = NULL;

  if (m->selection != NULL)
    sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) m->selection,
                                       n_pixels (m) * sizeof (float));
  return g_strdup_printf ("%d %d %d %d %s", area->x, area->y, area->width, area->height,
                          sum != NULL ? sum : "");
}

static void
forget_tries (DifSession *session)
{
  g_clear_pointer (&session->tries, g_ptr_array_unref);
  g_clear_pointer (&session->tried, g_free);
}

/* The tries that are still there, if this is another one of them. */
static gboolean
find_tries (DifSession *session, Making *m, GError **error)
{
  g_autofree float *selection = NULL;
  g_autofree char  *name = NULL;

  if (m->target.selected && ! (m->selection = dif_drawable_read_mask (&m->target, error)))
    return FALSE;
  name = name_selection (m);
  g_clear_pointer (&m->selection, g_free);
  if (g_strcmp0 (name, session->tried) != 0)
    {
      forget_tries (session);
      session->tries = g_ptr_array_new ();
      session->tried = g_steal_pointer (&name);
    }
  for (guint i = session->tries->len; i > 0; i--)
    if (! gimp_item_is_valid (g_ptr_array_index (session->tries, i - 1)))
      g_ptr_array_remove_index (session->tries, i - 1);
  m->target.unseen = session->tries;
  return TRUE;
}

/* A layer's mask goes on hiding what it hid. */
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
    m->weights[i] *= CLAMP (shown[i], 0.0f, 1.0f);
  return TRUE;
}

/* How the result goes over what was there. */
static gboolean
fit_in (Making *m, gboolean *clipped, GError **error)
{
  DifTarget    *target = &m->target;
  const float  *mask = m->settings->request.mask;
  const gboolean looked = target->task != DIF_TASK_GENERATE;

  *clipped = FALSE;
  if (! dif_selection_blend (&m->settings->request, &m->weights, error))
    return FALSE;
  if (m->weights == NULL && mask != NULL)
    m->weights = g_memdup2 (mask, n_pixels (m) * sizeof (float));
  if (! looked)
    return TRUE;
  if (target->replace)
    {
      *clipped = dif_source_is_glazed (target, &m->source, mask);
      return TRUE;
    }

  if (! target->visible && gimp_item_get_visible (GIMP_ITEM (target->layer)) &&
      (! dif_target_is_plain (target->layer) || dif_source_is_glazed (target, &m->source, mask)))
    {
      if (target->above == target->layer)
        target->above = dif_target_outside (target->layer);
      if (! dif_source_compose (target, &m->source, m->result, m->weights, error))
        return FALSE;
    }
  *clipped = target->visible && dif_source_is_glazed (target, &m->source, mask);
  return hide (m, error);
}

static gboolean
write_layer (DifSession *session, Making *m, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *json = NULL;
  GimpLayer       *layer = NULL;
  gboolean         clipped = FALSE;

  if (! dif_target_recheck (&m->target, error) || ! fit_in (m, &clipped, error))
    return FALSE;
  m->settings->request.stop_after = m->result->stopped_after;
  name = dif_settings_layer_name (m->settings);
  json = dif_settings_to_json (m->settings);
  layer = dif_drawable_write (&m->target, m->source.pixels != NULL ? &m->source : NULL, m->result,
                              m->selection, m->weights, clipped, name, json, error);
  if (layer == NULL)
    return FALSE;

  session->layer = layer;
  session->stopped_after = m->result->stopped_after;
  if (! m->target.replace)
    g_ptr_array_add (session->tries, layer);
  gimp_displays_flush ();
  return TRUE;
}

static gboolean
make_layer (DifSession *session, GError **error)
{
  g_auto (Making) m = { NULL };
  DifAim aim;

  m.settings = dif_settings_new (session->row, session->config, error);
  if (m.settings == NULL)
    return FALSE;
  aim = (DifAim) { session->row->task, m.settings->replace, m.settings->visible, m.settings->reach,
                   &m.settings->request };
  if (! dif_session_find_target (session, &aim, &m.target, error))
    return FALSE;

  if (session->row->args & DIF_ARG_MATERIALS)
    {
      m.materials = find_materials (session, m.settings, &m.target, error);
      if (m.materials == NULL)
        return FALSE;
      m.settings->request.regions = m.materials->regions;
      m.settings->request.n_regions = m.materials->layers->len;
    }

  dif_settings_choose_seed (m.settings, session->config);

  /* A second try in the same dialog goes above the first, where it is seen. */
  if (session->layer != NULL && gimp_item_is_valid (GIMP_ITEM (session->layer)) &&
      ! m.target.replace)
    m.target.above = session->layer;

  if (! find_tries (session, &m, error) || ! read_source (&m, error))
    return FALSE;
  m.result = compute (session, &m.settings->request, error);
  return m.result != NULL && write_layer (session, &m, error);
}

static gboolean
learn_model (DifSession *session, GError **error)
{
  const DifAim aim = { session->row->task, FALSE,
                       dif_settings_is_visible (session->row, session->config), 0, NULL };
  DifTarget    target;

  return dif_session_find_target (session, &aim, &target, error) &&
         dif_lesson_give (session, &target, error);
}

void
dif_session_clear (DifSession *session)
{
  forget_tries (session);
}

gboolean
dif_session_make (DifSession *session, GError **error)
{
  return session->row->args & DIF_ARG_LEARN ? learn_model (session, error) :
                                              make_layer (session, error);
}

void
dif_session_stop (DifSession *session)
{
  if (session->job != NULL)
    dif_job_stop (session->job);
}

void
dif_session_keep (DifSession *session)
{
  if (session->job != NULL)
    dif_job_keep (session->job);
}
