/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/request.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/checkpoint/labels.h"
#include "core/diffusion/evaluator.h"
#include "core/diffusion/plan.h"
#include "core/diffusion/spacing.h"
#include "core/io/json.h"
#include "core/pipeline/known.h"
#include "core/pipeline/selection.h"

/* Of a context that follows the selection. */
#define LEAST_CONTEXT 96u
#define MOST_CONTEXT  512u

const char *
dif_task_name (DifTask task)
{
  static const char *const names[] = { "generate", "reimagine", "inpaint", "noise" };

  return names[task];
}

const char *
dif_prefill_id (DifPrefill prefill)
{
  static const char *const ids[] = { "smooth", "patch", "keep", "mean", "border", "noise", "auto" };

  g_return_val_if_fail (prefill < DIF_N_PREFILLS, NULL);
  return ids[prefill];
}

gboolean
dif_prefill_find (const char *id, DifPrefill *prefill)
{
  for (*prefill = 0; *prefill < DIF_N_PREFILLS; (*prefill)++)
    if (g_strcmp0 (id, dif_prefill_id (*prefill)) == 0)
      return TRUE;
  return FALSE;
}

gboolean
dif_request_may_patch (const DifRequest *r)
{
  DifRequest usual;

  dif_request_init (&usual, DIF_TASK_INPAINT);
  return r->task == DIF_TASK_INPAINT && r->prefill == DIF_PREFILL_AUTO &&
         ! (r->label && *r->label) && r->n_regions == 0 &&
         (r->n_colors == 0 || r->color_guidance == 0.0) && r->noise_level <= usual.noise_level;
}

guint
dif_request_detail (const DifRequest *r)
{
  const gboolean begun = r->task == DIF_TASK_REIMAGINE || r->task == DIF_TASK_INPAINT;

  return begun && r->noise_level < 1.0 ? r->detail : 0;
}

void
dif_request_init (DifRequest *request, DifTask task)
{
  /* an inpainted hole is filled smoothly first, whose colors are worth keeping */
  static const double noise_levels[] = { 1.0, 0.5, 0.6, 0.5 };
  /* what is around a hole says more than a label; guidance would make it gaudy */
  static const double guidance[] = { 2.0, 2.0, 1.0, 2.0 };

  *request = (DifRequest) {
    .task = task,
    .steps = 20,
    .guidance = guidance[task],
    .noise_level = noise_levels[task],
    .guidance_from = 1.0,
    .color_guidance = 0.1,
    .soft = task == DIF_TASK_REIMAGINE,
    .context = DIF_CONTEXT_FOLLOWS,
    .detail = task == DIF_TASK_INPAINT ? 16 : 0,
    .prefill = DIF_PREFILL_AUTO,
    .color_match = task == DIF_TASK_REIMAGINE || task == DIF_TASK_INPAINT,
  };
}

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (DIF_ERROR, DIF_ERROR_REQUEST, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
all_finite (const float *x, gsize n, gsize *at)
{
  for (*at = 0; *at < n; (*at)++)
    if (! isfinite (x[*at]))
      return FALSE;
  return TRUE;
}

/* Column and row of a pixel in the picture that this one was cut out of. */
static gint
column_of (const DifRequest *r, gsize at)
{
  return r->origin_x + (gint) (at % r->width);
}

static gint
row_of (const DifRequest *r, gsize at)
{
  return r->origin_y + (gint) (at / r->width);
}

static gboolean
check_mask (const DifRequest *r, GError **error)
{
  gsize at;

  if (! r->mask || all_finite (r->mask, (gsize) r->width * r->height, &at))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
               _ ("The mask at column %d, row %d is not a number."), column_of (r, at),
               row_of (r, at));
  return FALSE;
}

static gboolean
check_pixels (const DifRequest *r, GError **error)
{
  g_autofree float *shape = NULL;
  DifRequest        shaped = *r;
  gsize             at;

  if (r->task == DIF_TASK_GENERATE)
    return TRUE;
  if (! r->pixels)
    return refuse (error, _ ("There are no pixels to work on."));
  if (! check_mask (r, error) || ! dif_selection_shape (r, &shape, error))
    return FALSE;
  if (shape)
    shaped.mask = shape;
  if (! dif_known_all_finite (&shaped, &at))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("The pixel at column %d, row %d is not a number. Paint over it first."),
                   column_of (r, at), row_of (r, at));
      return FALSE;
    }
  return dif_known_check (&shaped, error);
}

static gboolean
check_guidance (const DifRequest *r, GError **error)
{
  if (! (r->guidance >= 0.0 && r->guidance <= DIF_MAX_GUIDANCE))
    return refuse (error, _ ("A guidance of %g is not possible (0 to %g)."), r->guidance,
                   DIF_MAX_GUIDANCE);
  if (! (r->guidance_rescale >= 0.0 && r->guidance_rescale <= 1.0))
    return refuse (error, _ ("A rescaling of the guidance by %g is not possible (0 to 1)."),
                   r->guidance_rescale);
  if (! (r->guidance_from <= 1.0 && r->guidance_to >= 0.0 && r->guidance_to <= r->guidance_from))
    return refuse (error,
                   _ ("Guidance between the noise levels %g and %g is not possible (falling, from "
                      "at most 1 to at least 0)."),
                   r->guidance_from, r->guidance_to);
  return TRUE;
}

/* The classifier's gradient is one for the whole picture. */
static gboolean
check_classifier (const DifRequest *r, GError **error)
{
  const double s = r->classifier_guidance;

  if (! (s >= 0.0 && s <= DIF_MAX_CLASSIFIER_GUIDANCE))
    return refuse (error, _ ("A guidance of %g by the classifier is not possible (0 to %g)."), s,
                   DIF_MAX_CLASSIFIER_GUIDANCE);
  if (s > 0.0 && ! dif_label_is_given (r->label))
    return refuse (error, _ ("Guidance by the classifier needs a label: choose what the picture "
                             "is to be."));
  if (s > 0.0 && r->n_regions > 0)
    return refuse (error, _ ("Guidance by the classifier follows one label for the whole picture "
                             "and does not go together with regions."));
  return TRUE;
}

static gboolean
check_regions (const DifRequest *r, GError **error)
{
  const gsize n = (gsize) r->width * r->height;
  gsize       at;

  if (r->n_regions > DIF_MAX_REGIONS)
    return refuse (error,
                   _ ("%u regions, or layers named after materials, are too many (at most %u)."),
                   r->n_regions, DIF_MAX_REGIONS);
  for (guint i = 0; i < r->n_regions; i++)
    {
      if (! r->regions[i].mask)
        return refuse (error, _ ("The region number %u has no mask."), i + 1);
      if (all_finite (r->regions[i].mask, n, &at))
        continue;
      g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
                   _ ("The mask of region number %u at column %u, row %u is not a number."), i + 1,
                   (guint) (at % r->width), (guint) (at / r->width));
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_colors (const DifRequest *r, GError **error)
{
  if (r->n_colors > DIF_MAX_COLORS)
    return refuse (error, _ ("%u colors are too many (at most %u)."), r->n_colors, DIF_MAX_COLORS);
  for (gsize i = 0; i < 3 * (gsize) r->n_colors; i++)
    if (! (r->colors[i] >= 0.0f && r->colors[i] <= 1.0f))
      return refuse (error, _ ("The color number %u is not in the range of colors (0 to 1)."),
                     (guint) (i / 3) + 1);
  if (! (r->color_guidance >= 0.0 && r->color_guidance <= 1.0))
    return refuse (error, _ ("A guidance of %g by colors is not possible (0 to 1)."),
                   r->color_guidance);
  return TRUE;
}

guint
dif_request_margin (const DifRequest *r, guint width, guint height)
{
  const guint  longest = MAX (width, height);
  const double fixed = r->context + rint (r->context_percent / 100.0 * longest);

  if (r->tile_x || r->tile_y)
    return DIF_MAX_SIZE;
  if (r->context == DIF_CONTEXT_FOLLOWS)
    return CLAMP (longest, LEAST_CONTEXT, MOST_CONTEXT);
  return (guint) MIN (fixed, (double) DIF_MAX_SIZE);
}

gboolean
dif_request_is_soft (const DifRequest *r)
{
  return r->soft && r->mask && (r->task == DIF_TASK_REIMAGINE || r->task == DIF_TASK_INPAINT);
}

/* How much of the picture the network sees, and how large. */
static gboolean
check_work (const DifRequest *r, GError **error)
{
  if (r->context < DIF_CONTEXT_FOLLOWS || r->context > (gint) DIF_MAX_SIZE)
    return refuse (error,
                   _ ("A context of %d pixels is not possible (0 to %d, or -1 to follow the "
                      "selection)."),
                   r->context, (gint) DIF_MAX_SIZE);
  if (! (r->context_percent >= 0.0 && r->context_percent <= DIF_MAX_PERCENT))
    return refuse (error, _ ("A context of %g %% is not possible (0 to %g)."), r->context_percent,
                   DIF_MAX_PERCENT);
  if (r->work_size > DIF_MAX_SIZE)
    return refuse (error, _ ("A selection cannot be worked on at %u pixels (1 to %u)."),
                   r->work_size, DIF_MAX_SIZE);
  if (r->task != DIF_TASK_GENERATE && (r->tile_x || r->tile_y) &&
      ((r->context >= 0 && r->context < (gint) DIF_MAX_SIZE) || r->work_size > 0))
    return refuse (error, _ ("What is to tile is worked on as a whole and at its own size: leave "
                             "the context and the work size alone."));
  return TRUE;
}

/* How the selection is worked on. */
static gboolean
check_canvas (const DifRequest *r, GError **error)
{
  if (r->grow < -(gint) DIF_MAX_REACH || r->grow > (gint) DIF_MAX_REACH)
    return refuse (error, _ ("The selection cannot be grown by %d pixels (%d to %d)."), r->grow,
                   -(gint) DIF_MAX_REACH, (gint) DIF_MAX_REACH);
  if (r->feather > DIF_MAX_REACH)
    return refuse (error, _ ("The selection cannot be feathered by %u pixels (0 to %u)."),
                   r->feather, DIF_MAX_REACH);
  if (r->blend > DIF_MAX_REACH)
    return refuse (error, _ ("The result cannot be blended in over %u pixels (0 to %u)."), r->blend,
                   DIF_MAX_REACH);
  if (r->detail > DIF_MAX_REACH)
    return refuse (error, _ ("The largest detail cannot be %u pixels (0 to %u)."), r->detail,
                   DIF_MAX_REACH);
  if (r->prefill >= DIF_N_PREFILLS)
    return refuse (error, _ ("There is no way number %u to fill a hole."), r->prefill);
  return TRUE;
}

static gboolean
knows_spacing (const char *spacing)
{
  g_autofree double *t = NULL;
  guint              n;

  if (! spacing || ! *spacing || dif_spacing_find (spacing))
    return TRUE;
  t = dif_timesteps_parse (spacing, &n);
  return t && n <= DIF_MAX_STEPS;
}

gboolean
dif_request_check (const DifRequest *r, GError **error)
{
  if (r->width < 1 || r->height < 1 || r->width > DIF_MAX_SIZE || r->height > DIF_MAX_SIZE)
    return refuse (error, _ ("A size of %u × %u pixels is not possible (1 to %u on a side)."),
                   r->width, r->height, DIF_MAX_SIZE);
  if (r->steps < 1 || r->steps > DIF_MAX_STEPS)
    return refuse (error, _ ("%u steps are not possible (1 to %u)."), r->steps, DIF_MAX_STEPS);
  if (! (r->noise_level > 0.0 && r->noise_level <= 1.0))
    return refuse (error, _ ("A noise level of %g is not possible (above 0, at most 1)."),
                   r->noise_level);
  if (r->sampler && *r->sampler && ! dif_sampler_find (r->sampler))
    return refuse (error, _ ("There is no sampler “%s”."), r->sampler);
  if (! knows_spacing (r->spacing))
    return refuse (error, _ ("There is no spacing “%s”."), r->spacing);
  return check_guidance (r, error) && check_classifier (r, error) && check_regions (r, error) &&
         check_colors (r, error) && check_canvas (r, error) && check_work (r, error) &&
         check_pixels (r, error);
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
                           json_string_nocheck (r->regions[i].label ? r->regions[i].label : ""));
  for (guint i = 0; i < r->n_colors; i++)
    {
      const float *c = r->colors + 3 * (gsize) i;

      json_array_append_new (colors,
                             json_pack ("[f,f,f]", (double) c[0], (double) c[1], (double) c[2]));
    }
  set_string (object, "negative-label", r->negative_label);
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
  json_object_set_new (object, "soft", json_boolean (r->soft));
  json_object_set_new (object, "grow", json_integer (r->grow));
  json_object_set_new (object, "feather", json_integer (r->feather));
  json_object_set_new (object, "blend", json_integer (r->blend));
  json_object_set_new (object, "detail", json_integer (r->detail));
  set_string (object, "prefill", dif_prefill_id (r->prefill));
  json_object_set_new (object, "color-match", json_boolean (r->color_match));
  json_object_set_new (object, "context", json_integer (r->context));
  json_object_set_new (object, "context-percent", json_real (r->context_percent));
  json_object_set_new (object, "work-size", json_integer (r->work_size));
  set_string (object, "known", r->known_in_x0 ? "x0" : "xt");
  json_object_set_new (object, "tile-x", json_boolean (r->tile_x));
  json_object_set_new (object, "tile-y", json_boolean (r->tile_y));
}

char *
dif_request_to_json (const DifRequest *r)
{
  json_t          *object = json_object ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, r->seed);
  char            *text;

  set_string (object, "task", dif_task_name (r->task));
  set_string (object, "model", r->model);
  set_string (object, "label", r->label);
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
