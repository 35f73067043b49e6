/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a request's settings begin as, may be and mean together. */

#include "core/settings/request.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/settings/choices.h"
#include "core/settings/settings.h"

/* Of a context that follows the selection. */
#define LEAST_CONTEXT 96u
#define MOST_CONTEXT  512u

gboolean
dif_request_may_patch (const DifRequest *r)
{
  const double usual = dif_settings_find ("noise-level")->initial[DIF_TASK_INPAINT];

  return dif_task_row (r->task)->fills && r->prefill == DIF_PREFILL_AUTO &&
         ! (r->prompt && *r->prompt) && r->n_regions == 0 &&
         (r->n_palette == 0 || r->color_guidance == 0.0) && r->noise_level <= usual;
}

gboolean
dif_request_tiles (const DifRequest *r, DifTile axis)
{
  return (r->tile & axis) != 0;
}

guint
dif_request_detail (const DifRequest *r)
{
  return dif_task_reworks (r->task) && r->noise_level < 1.0 ? r->detail : 0;
}

void
dif_request_init (DifRequest *request, DifTask task)
{
  guint             n;
  const DifSetting *rows = dif_settings (&n);

  *request = (DifRequest) { .task = task };
  for (guint i = 0; i < n; i++)
    dif_setting_init (&rows[i], request, task);
}

void
dif_request_clear (DifRequest *request)
{
  guint             n;
  const DifSetting *rows = dif_settings (&n);

  for (guint i = 0; i < n; i++)
    dif_setting_clear (&rows[i], request);
}

void
dif_request_copy (const DifRequest *request, DifRequest *copy)
{
  guint             n;
  const DifSetting *rows = dif_settings (&n);

  *copy = *request;
  for (guint i = 0; i < n; i++)
    dif_setting_copy (&rows[i], request, copy);
}

/* Blanks stand for no prompt. */
static gboolean
is_given (const char *prompt)
{
  while (prompt && g_ascii_isspace (*prompt))
    prompt++;
  return prompt && *prompt;
}

static gboolean
check_guidance (const DifRequest *r, GError **error)
{
  if (r->guidance_to > r->guidance_from)
    return dif_error_set_setting (
        error, "guidance-to",
        _ ("Guidance between the noise levels %g and %g is not possible: noise levels fall."),
        r->guidance_from, r->guidance_to);
  if (r->classifier_guidance > 0.0 && ! is_given (r->prompt))
    return dif_error_set_setting (error, "classifier-guidance",
                                  _ ("Guidance by the classifier needs a label: choose what the "
                                     "picture is to be."));
  if (r->classifier_guidance > 0.0 && r->n_regions > 0)
    return dif_error_set_setting (error, "classifier-guidance",
                                  _ ("Guidance by the classifier follows one label for the whole "
                                     "picture and does not go together with regions."));
  return TRUE;
}

static gboolean
check_tile (const DifRequest *r, GError **error)
{
  const gboolean part = r->context >= 0 && r->context < (gint) DIF_MAX_SIZE;

  if (! dif_task_row (r->task)->reads_pixels || r->tile == DIF_TILE_NONE ||
      (! part && r->work_size == 0))
    return TRUE;
  return dif_error_set_setting (error, "tile",
                                _ ("What is to tile is worked on as a whole and at its own size: "
                                   "leave the context and the work size alone."));
}

gboolean
dif_request_check_settings (const DifRequest *r, GError **error)
{
  guint             n;
  const DifSetting *rows = dif_settings (&n);

  for (guint i = 0; i < n; i++)
    if (! dif_setting_check (&rows[i], r, error))
      return FALSE;
  return check_guidance (r, error) && check_tile (r, error);
}

guint
dif_request_margin (const DifRequest *r, guint width, guint height)
{
  const guint  longest = MAX (width, height);
  const double fixed = r->context + rint (r->context_percent / 100.0 * longest);

  if (r->tile != DIF_TILE_NONE)
    return DIF_MAX_SIZE;
  if (r->context == DIF_CONTEXT_FOLLOWS)
    return CLAMP (longest, LEAST_CONTEXT, MOST_CONTEXT);
  return (guint) MIN (fixed, (double) DIF_MAX_SIZE);
}

guint
dif_request_reach (const DifRequest *r)
{
  return dif_task_row (r->task)->reads_pixels ? (guint) MAX (r->grow, 0) + r->feather : 0;
}

static void
set_string (json_t *object, const char *key, const char *value)
{
  json_object_set_new (object, key, json_string_nocheck (value ? value : ""));
}

/* Of regions the labels, not the masks. */
static void
set_guides (json_t *object, const DifRequest *r)
{
  json_t *regions = json_array ();
  json_t *colors = json_array ();

  for (guint i = 0; i < r->n_regions; i++)
    json_array_append_new (regions,
                           json_string_nocheck (r->regions[i].prompt ? r->regions[i].prompt : ""));
  for (guint i = 0; i < r->n_palette; i++)
    {
      const float *c = r->palette + 3 * (gsize) i;

      json_array_append_new (colors,
                             json_pack ("[f,f,f]", (double) c[0], (double) c[1], (double) c[2]));
    }
  set_string (object, "negative-label", r->negative_prompt);
  json_object_set_new (object, "guidance-rescale", json_real (r->guidance_rescale));
  json_object_set_new (object, "guidance-from", json_real (r->guidance_from));
  json_object_set_new (object, "guidance-to", json_real (r->guidance_to));
  json_object_set_new (object, "classifier-guidance", json_real (r->classifier_guidance));
  json_object_set_new (object, "regions", regions);
  json_object_set_new (object, "colors", colors);
  json_object_set_new (object, "color-guidance", json_real (r->color_guidance));
  json_object_set_new (object, "mean-color", json_boolean (r->mean_color));
}

static void
set_canvas (json_t *object, const DifRequest *r)
{
  DifChoice prefill = { "", NULL, NULL };

  dif_choice_of_prefills (r->prefill, &prefill);
  json_object_set_new (object, "soft", json_boolean (r->soft_selection));
  json_object_set_new (object, "grow", json_integer (r->grow));
  json_object_set_new (object, "feather", json_integer (r->feather));
  json_object_set_new (object, "blend", json_integer (r->blend));
  json_object_set_new (object, "detail", json_integer (r->detail));
  set_string (object, "prefill", prefill.id);
  json_object_set_new (object, "color-match", json_boolean (r->match_colors));
  json_object_set_new (object, "context", json_integer (r->context));
  json_object_set_new (object, "context-percent", json_real (r->context_percent));
  json_object_set_new (object, "work-size", json_integer (r->work_size));
  set_string (object, "known", r->known == DIF_KNOWN_X0 ? "x0" : "xt");
  json_object_set_new (object, "tile-x", json_boolean ((r->tile & DIF_TILE_X) != 0));
  json_object_set_new (object, "tile-y", json_boolean ((r->tile & DIF_TILE_Y) != 0));
}

char *
dif_request_to_json (const DifRequest *r)
{
  json_t          *object = json_object ();
  g_autofree char *seed = g_strdup_printf ("%u", r->seed);
  char            *text;

  set_string (object, "task", dif_task_row (r->task)->id);
  set_string (object, "model", r->model);
  set_string (object, "label", r->prompt);
  set_string (object, "sampler", r->sampler && *r->sampler ? r->sampler : dif_default_sampler ());
  set_string (object, "spacing", r->spacing);
  json_object_set_new (object, "steps", json_integer (r->steps));
  json_object_set_new (object, "guidance", json_real (r->guidance));
  json_object_set_new (object, "noise-level", json_real (r->noise_level));
  json_object_set_new (object, "stop-after", json_integer (r->stop_after));
  set_guides (object, r);
  set_canvas (object, r);
  set_string (object, "seed", seed); /* 64 bits do not fit every reader's numbers */
  text = dif_json_dump (object, JSON_COMPACT | JSON_PRESERVE_ORDER);
  json_decref (object);
  return text;
}
