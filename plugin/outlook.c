/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/outlook.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plugin/config.h"
#include "plugin/making.h"
#include "plugin/materials.h"
#include "plugin/source.h"

#define THUMB_SIZE 256

/* Processor seconds for a megapixel step of the embedded model, before any run was measured. */
#define EMBEDDED_MODEL 4.0

static GBytes *
new_thumb (const DifTarget *target)
{
  gint width = THUMB_SIZE;
  gint height = THUMB_SIZE;
  gint bytes_per_pixel = 0;

  if (target->visible)
    return gimp_image_get_thumbnail_data (target->image, &width, &height, &bytes_per_pixel);
  return gimp_drawable_get_thumbnail_data (GIMP_DRAWABLE (target->layer), THUMB_SIZE, THUMB_SIZE,
                                           &width, &height, &bytes_per_pixel);
}

/* Looking for holes renders the image, which takes seconds of a large one.  Who asks twice a second
 * gets the same answer until a thumbnail, which takes milliseconds, is another one. */
static gboolean
has_holes (const DifTarget *target)
{
  static GBytes     *seen = NULL;
  static gboolean    any = FALSE;
  g_autoptr (GBytes) thumb = new_thumb (target);
  g_auto (DifSource) source = { NULL, NULL, NULL };

  if (seen != NULL && thumb != NULL && g_bytes_equal (seen, thumb))
    return any;
  any = dif_source_read (target, &source, NULL) && dif_source_has_holes (target, &source);
  g_clear_pointer (&seen, g_bytes_unref);
  seen = g_steal_pointer (&thumb);
  return any;
}

/* Where nothing is selected, what the last run filled is open for the next one. */
static GPtrArray *
find_tries (const DifSession *session, const DifTarget *target)
{
  g_autofree char *name = dif_making_name_selection (target, NULL);
  GPtrArray       *tries = g_ptr_array_new ();

  for (guint i = 0; g_strcmp0 (name, session->tried) == 0 && i < session->tries->len; i++)
    if (gimp_item_is_valid (g_ptr_array_index (session->tries, i)))
      g_ptr_array_add (tries, g_ptr_array_index (session->tries, i));
  return tries;
}

static gboolean
check_hole (const DifSession *session, DifTarget *target, GError **error)
{
  g_autoptr (GPtrArray) tries = NULL;
  gboolean              any = FALSE;

  if (! target->fills || target->selected)
    return TRUE;
  tries = find_tries (session, target);
  target->unseen = tries;
  any = has_holes (target);
  target->unseen = NULL;
  if (any)
    return TRUE;

  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, _ ("Select what is to be removed first."));
  return FALSE;
}

/* Whether there are materials; their pixels are read when it begins. */
static gboolean
check_materials (const DifSession *session, const DifConfig *config, GError **error)
{
  g_autoptr (DifModelInfo) info = dif_model_info_load (config->request.model, error);
  g_autoptr (DifMaterials) materials = NULL;

  if (info != NULL)
    materials = dif_materials_find (session->drawables, session->image,
                                    (const char *const *) info->labels, error);
  return materials != NULL;
}

static gboolean
is_guided (const DifRequest *request)
{
  const char *label = request->prompt != NULL ? request->prompt : "";
  const char *other = request->negative_prompt != NULL ? request->negative_prompt : "";

  return request->guidance != 1.0 && ! g_str_equal (label, other);
}

static gdouble
count_evaluations (const DifRequest *request)
{
  const DifSampler *sampler = dif_config_sampler (request);
  const guint       steps = dif_sampler_levels (sampler, request->steps, request->inner_steps);
  gdouble           n = MAX (dif_sampler_evaluations (sampler, request->steps), sampler->evals);

  if (request->stop_after > 0 && request->stop_after < steps)
    n *= (gdouble) request->stop_after / steps;
  if (is_guided (request))
    n *= 1.0 + MAX (request->guidance_from - request->guidance_to, 0.0);
  return n;
}

static gdouble
count_megapixels (const DifRequest *request, const DifRect *region)
{
  const gdouble longer = MAX (region->width, region->height);
  const gdouble scale = request->work_size > 0 && request->task != DIF_TASK_GENERATE ?
                            request->work_size / longer :
                            1.0;

  return scale * region->width * scale * region->height * 1e-6;
}

static void
look_at (const DifTarget *target, DifOutlook *outlook)
{
  *outlook = (DifOutlook) {
    .selected = target->selected,
    .on_layer = target->reads || target->replace,
    .width = target->area.width,
    .height = target->area.height,
  };
}

static gboolean
look_at_lesson (const DifSession *session, DifOutlook *outlook, GError **error)
{
  const DifAim aim = dif_session_aim (session);
  DifTarget    target;

  if (! dif_session_find_target (session, &aim, &target, error))
    return FALSE;
  look_at (&target, outlook);
  return TRUE;
}

gboolean
dif_session_outlook (const DifSession *session, DifOutlook *outlook, GError **error)
{
  g_autoptr (DifConfig) config = NULL;
  DifTarget             target;
  DifAim                aim;

  if (dif_procedure_learns (session->row))
    return look_at_lesson (session, outlook, error);

  config = dif_config_new (session->row, session->config, error);
  if (config == NULL)
    return FALSE;
  aim = dif_session_aim (session);
  aim.reach = config->reach;
  aim.request = &config->request;
  if (! dif_session_find_target (session, &aim, &target, error) ||
      ! check_hole (session, &target, error))
    return FALSE;
  if ((session->row->args & DIF_ARG_MATERIALS) && ! check_materials (session, config, error))
    return FALSE;

  look_at (&target, outlook);
  if (dif_procedure_denoises (session->row))
    outlook->megapixel_steps =
        count_evaluations (&config->request) * count_megapixels (&config->request, &target.region);
  return TRUE;
}

/* ---- in words ----------------------------------------------------------- */

static guint
threads_of (const DifSession *session)
{
  gint threads = 0;

  g_object_get (session->config, "threads", &threads, NULL);
  return (guint) (threads > 0 ? threads : gimp_get_num_processors ());
}

/* Regions are evaluated with what is around them, which counts neither pixels nor steps. */
static char *
use_of_model (const DifSession *session)
{
  g_autofree char *model = NULL;

  g_object_get (session->config, "model", &model, NULL);
  return g_strconcat (model != NULL ? g_strstrip (model) : "",
                      session->row->args & DIF_ARG_MATERIALS ? "\nmaterials" : "", NULL);
}

/* What was learnt here is a network like the embedded one, and others are not. */
static gdouble
first_guess (const DifSession *session)
{
  g_autofree char         *model = NULL;
  g_autofree char         *path = NULL;
  g_autoptr (DifModelInfo) own = NULL;
  g_autoptr (DifModelInfo) info = NULL;

  g_object_get (session->config, "model", &model, NULL);
  path = dif_resolve_model (model != NULL ? g_strstrip (model) : "", NULL);
  info = path != NULL ? dif_model_info_load (path, NULL) : NULL;
  own = dif_model_info_load ("", NULL);
  if (info == NULL || own == NULL || info->n_parameters != own->n_parameters)
    return 0.0;
  return session->row->args & DIF_ARG_MATERIALS ? 2.0 * EMBEDDED_MODEL : EMBEDDED_MODEL;
}

static char *
about (gdouble seconds)
{
  guint n = 0;

  if (seconds >= 90.0)
    {
      n = (guint) round (MIN (seconds / 60.0, G_MAXINT32));
      return g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "about %u minute", "about %u minutes", n), n);
    }
  n = (guint) ceil (seconds);
  if (n > 10)
    n = (n + 4) / 5 * 5;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "about %u second", "about %u seconds", n),
                          n);
}

static char *
where (const DifSession *session, const DifOutlook *outlook)
{
  const char *format = "%d × %d";

  if (outlook->selected)
    return g_strdup_printf (format, outlook->width, outlook->height);
  if (dif_procedure_fills (session->row))
    format = _ ("What is transparent of %d × %d");
  else if (outlook->on_layer)
    format = _ ("Whole layer, %d × %d");
  else
    format = _ ("Whole image, %d × %d");
  return g_strdup_printf (format, outlook->width, outlook->height);
}

char *
dif_outlook_tell (const DifSession *session, gboolean *ready)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *place = NULL;
  g_autofree char   *use = NULL;
  g_autofree char   *time = NULL;
  gdouble            seconds = 0.0;
  DifOutlook         outlook;

  *ready = dif_session_outlook (session, &outlook, &error);
  if (! *ready)
    return g_strdup (error->message);

  place = where (session, &outlook);
  if (! (outlook.megapixel_steps > 0.0))
    return g_steal_pointer (&place);
  use = use_of_model (session);
  seconds =
      dif_speed_guess (use, threads_of (session), outlook.megapixel_steps, first_guess (session));
  if (seconds < 0.0)
    return g_steal_pointer (&place);
  time = about (seconds);

  /* Translators: a place, such as "Whole layer, 640 × 480", and "about 20 seconds" */
  return g_strdup_printf (_ ("%s, %s"), place, time);
}

void
dif_outlook_learn (const DifSession *session, const DifOutlook *outlook, const DifSpeedWatch *watch)
{
  g_autofree char *use = NULL;
  gint             stop_after = 0;

  if (! (outlook->megapixel_steps > 0.0))
    return;
  /* reports count all steps, the outlook those that are made */
  g_object_get (session->config, "stop-after", &stop_after, NULL);
  if (stop_after > 0)
    return;
  use = use_of_model (session);
  dif_speed_keep (use, threads_of (session), outlook->megapixel_steps, watch);
}
