/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a request's settings begin as, may be and mean together. */

#include "core/settings/request.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
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

const DifSampler *
dif_request_sampler (const DifRequest *r, const DifProcess *process)
{
  const DifSampler *own = dif_sampler_find (r->sampler);

  return own ? own : dif_sampler_for (process);
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
