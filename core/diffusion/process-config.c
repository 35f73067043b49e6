/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A process as a scheduler's configuration tells it. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/process.h"
#include "core/diffusion/scheduler.h"

/* What prediction_type may say. */
static const char *const predictions[] = { "epsilon", "sample", "v_prediction", "score", NULL };

const char *
dif_prediction_name (DifPredictionType prediction)
{
  return prediction == DIF_PREDICTION_FLOW ? "flow_prediction" : predictions[prediction];
}

/* Noise levels instead of timesteps, whichever is named first. */
static const struct
{
  const char *key;
  const char *spacing;
} ladders[] = {
  { "use_karras_sigmas", "karras" },
  { "use_exponential_sigmas", "exponential" },
  { "use_beta_sigmas", "beta" },
  { "use_lu_lambdas", "lu" },
};

/* In diffusers null is what Python calls None: of switches no, of all else what is taken for
 * granted where nothing is said. */
static gboolean
read_switch (DifJsonReader *r, const char *key, gboolean missing)
{
  return dif_json_bool_or_null (r, key, missing, FALSE);
}

static double
read_number (DifJsonReader *r, const char *key, double missing, double min, double max)
{
  return dif_json_double_or_null (r, key, missing, missing, min, max);
}

static guint
read_count (DifJsonReader *r, const char *key, guint missing, guint min, guint max)
{
  return dif_json_uint_or_null (r, key, missing, missing, min, max);
}

static guint
read_choice (DifJsonReader *r, const char *key, guint missing, const char *const *choices)
{
  return dif_json_choice_or_null (r, key, missing, missing, choices);
}

/* Keys by which a scheduler that is known serves models of another kind. */
static void
refuse_strangers (DifJsonReader *r)
{
  static const char *const told[] = { "discrete", NULL };
  const char              *prediction = dif_json_string_or_null (r, "prediction_type", "", "");

  if (! r->error && g_str_equal (prediction, "flow_prediction"))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "prediction_type",
                          _ ("“%s” belongs to a flow-matching model, which cannot be used here"),
                          prediction);
  if (read_switch (r, "use_flow_sigmas", FALSE))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "use_flow_sigmas",
                          _ ("this belongs to a flow-matching model, which cannot be used here"));
  read_choice (r, "timestep_type", 0, told);
}

static void
read_spacing (DifJsonReader *r, DifProcess *p, const char *missing)
{
  static const char *const ends[] = { "zero", "sigma_min", NULL };
  const char *const       *curves = p->kind->sigma_schedules;
  const char              *id = dif_json_string_or_null (r, "timestep_spacing", missing, missing);
  gboolean                 found = FALSE;

  p->spacing = dif_spacing_find (id);
  if (! r->error && (! p->spacing || ! p->spacing->fill))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "timestep_spacing",
                          _ ("the spacing “%s” is not supported"), id);
  if (curves)
    p->spacing = dif_spacing_find (curves[read_choice (r, "sigma_schedule", 0, curves)]);
  for (guint i = 0; i < G_N_ELEMENTS (ladders); i++)
    if (read_switch (r, ladders[i].key, FALSE) && ! found)
      {
        p->spacing = dif_spacing_find (ladders[i].spacing);
        found = TRUE;
      }
  p->end_at_lowest = read_choice (r, "final_sigmas_type", 0, ends) == 1;
}

/* Logarithms are only another way to compute the same.  Variances that a network of three channels
 * was to learn it has not: they are the small ones then.  Most schedulers do not have the key, and
 * a network with twice the channels tells the range then, the form that is in use. */
static void
read_variance (DifJsonReader *r, DifProcess *p)
{
  static const char *const known[] = {
    "learned_range", "learned",         "fixed_small", "fixed_small_log",
    "fixed_large",   "fixed_large_log", NULL
  };
  const guint type = read_choice (r, "variance_type", 0, known);

  p->large_variance = type >= 4;
  p->told = type == 0 ? DIF_TOLD_RANGE : type == 1 ? DIF_TOLD_UNCLEAR : DIF_TOLD_IGNORED;
}

/* What is done to predicted clean pictures.  What is not done is not read: its numbers may be
 * anything. */
static void
read_range (DifJsonReader *r, DifProcess *p, gboolean clips)
{
  p->clip = read_switch (r, "clip_sample", clips);
  p->clip_range = 1.0;
  p->thresholding = read_switch (r, "thresholding", FALSE);
  p->threshold_ratio = 0.995;
  p->threshold_most = 1.0;
  if (p->clip)
    p->clip_range = dif_json_bound (r, "clip_sample_range", 1.0, 1.0, 1e-6, 1e6);
  if (! p->thresholding)
    return;
  p->threshold_ratio = read_number (r, "dynamic_thresholding_ratio", 0.995, 0.0, 1.0);
  p->threshold_most = dif_json_bound (r, "sample_max_value", 1.0, 1.0, 0.0, 1e6);
}

static void
read_defaults (DifJsonReader *r, DifProcess *p, const DifScheduler *scheduler)
{
  read_range (r, p, scheduler->clip);
  read_spacing (r, p, scheduler->spacing);
  p->set_alpha_to_one = read_switch (r, "set_alpha_to_one", scheduler->alpha_to_one);
  /* TCD's has the key, and ends at the first timestep all the same */
  if (g_str_equal (scheduler->name, "TCD"))
    p->set_alpha_to_one = FALSE;
}

DifProcess *
dif_process_new (DifJsonReader *r)
{
  g_autoptr (DifProcess) p = g_new0 (DifProcess, 1);
  const DifScheduler    *scheduler = dif_scheduler_find (r);

  if (! scheduler)
    return NULL;
  refuse_strangers (r);
  p->kind = dif_process_kind_find (scheduler->kind);
  p->n_train_steps =
      read_count (r, "num_train_timesteps", p->kind->n_train_steps, 1, DIF_MAX_TRAIN_STEPS);
  p->prediction = p->kind->prediction;
  if (p->prediction != DIF_PREDICTION_FLOW)
    p->prediction = read_choice (r, "prediction_type", p->prediction, predictions);
  p->original_steps = read_count (r, "original_inference_steps", 50, 1, DIF_MAX_TRAIN_STEPS);
  p->distilled = scheduler->distilled;
  read_defaults (r, p, scheduler);
  read_variance (r, p);
  p->kind->read (p, r, scheduler);
  return r->error ? NULL : g_steal_pointer (&p);
}

DifProcess *
dif_process_load (const char *path, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifProcess) process = NULL;

  if (dif_json_reader_open (&reader, path))
    process = dif_process_new (&reader);
  if (! dif_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&process);
}
