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
  const DifAim aim = { session->row->task, wants_replace (session), 0, 0 };
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

/* What the core works on; both belong to the caller. */
static gboolean
read_layer (const DifTarget *target, DifRequest *request, float **pixels, float **mask,
            GError **error)
{
  if (target->task != DIF_TASK_GENERATE)
    {
      *pixels = dif_drawable_read_pixels (target, error);
      if (*pixels == NULL)
        return FALSE;
    }
  if (target->selected)
    {
      *mask = dif_drawable_read_mask (target, error);
      if (*mask == NULL)
        return FALSE;
    }
  request->width = target->region.width;
  request->height = target->region.height;
  request->pixels = *pixels;
  request->mask = *mask;

  return TRUE;
}

static gboolean
make_layer (DifSession *session, GError **error)
{
  g_autoptr (DifSettings)  settings = NULL;
  g_autoptr (DifImage)     result = NULL;
  g_autoptr (DifMaterials) materials = NULL;
  g_autofree float        *pixels = NULL;
  g_autofree float        *mask = NULL;
  g_autofree float        *alpha = NULL;
  g_autofree char         *name = NULL;
  g_autofree char         *json = NULL;
  GimpLayer               *layer = NULL;
  DifTarget                target;
  DifAim                   aim;

  settings = dif_settings_new (session->row, session->config, error);
  if (settings == NULL)
    return FALSE;
  aim = (DifAim) { session->row->task, settings->replace, settings->reach, settings->context };
  if (! dif_session_find_target (session, &aim, &target, error))
    return FALSE;

  if (session->row->args & DIF_ARG_MATERIALS)
    {
      materials = find_materials (session, settings, &target, error);
      if (materials == NULL)
        return FALSE;
      settings->request.regions = materials->regions;
      settings->request.n_regions = materials->layers->len;
    }

  dif_settings_choose_seed (settings, session->config);

  /* A second try in the same dialog goes above the first, where it is seen. */
  if (session->layer != NULL && gimp_item_is_valid (GIMP_ITEM (session->layer)))
    target.above = session->layer;

  if (! read_layer (&target, &settings->request, &pixels, &mask, error))
    return FALSE;
  result = compute (session, &settings->request, error);
  if (result == NULL)
    return FALSE;

  if (! dif_selection_blend (&settings->request, &alpha, error))
    return FALSE;
  settings->request.stop_after = result->stopped_after;
  name = dif_settings_layer_name (settings);
  json = dif_settings_to_json (settings);
  layer =
      dif_drawable_write (&target, result, mask, alpha != NULL ? alpha : mask, name, json, error);
  if (layer == NULL)
    return FALSE;
  session->layer = layer;
  session->stopped_after = result->stopped_after;
  gimp_displays_flush ();

  return TRUE;
}

static gboolean
learn_model (DifSession *session, GError **error)
{
  const DifAim aim = { session->row->task, FALSE, 0, 0 };
  DifTarget    target;

  return dif_session_find_target (session, &aim, &target, error) &&
         dif_lesson_give (session, &target, error);
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
