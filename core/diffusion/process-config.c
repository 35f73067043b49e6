/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A process as a scheduler's configuration tells it. */

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/scheduler.h"

#define MAX_TRAIN_STEPS 100000
#define MIN_ALPHA_BAR   1e-30

static const char *const prediction_names[] = { "epsilon", "sample", "v_prediction", "score",
                                                NULL };

const char *
dif_prediction_name (DifPredictionType prediction)
{
  return prediction_names[prediction];
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
  static const char *const curves[] = { "karras", "exponential", NULL };
  const char              *id = dif_json_string_or_null (r, "timestep_spacing", missing, missing);
  gboolean                 found = FALSE;

  p->spacing = dif_spacing_find (id);
  if (! r->error && (! p->spacing || ! p->spacing->fill))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "timestep_spacing",
                          _ ("the spacing “%s” is not supported"), id);
  if (p->kind == DIF_PROCESS_EDM)
    p->spacing = dif_spacing_find (curves[read_choice (r, "sigma_schedule", 0, curves)]);
  for (guint i = 0; i < G_N_ELEMENTS (ladders); i++)
    if (read_switch (r, ladders[i].key, FALSE) && ! found)
      {
        p->spacing = dif_spacing_find (ladders[i].spacing);
        found = TRUE;
      }
  p->end_at_lowest = read_choice (r, "final_sigmas_type", 0, ends) == 1;
}

/* Variances that a network of three channels was to learn it has not: they are the small ones
 * then.  Logarithms are only another way to compute the same. */
static void
read_variance (DifJsonReader *r, DifProcess *p)
{
  static const char *const known[] = { "fixed_small", "fixed_small_log", "learned", "learned_range",
                                       "fixed_large", "fixed_large_log", NULL };

  p->large_variance = read_choice (r, "variance_type", 0, known) >= 4;
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

/* Only the last may add nothing but noise. */
static gboolean
is_beta (const double *betas, guint n, guint t)
{
  return betas[t] > 0.0 && (betas[t] < 1.0 || (betas[t] == 1.0 && t > 0 && t == n - 1));
}

static double *
trained_betas (DifJsonReader *r, guint *n)
{
  const json_t *array = json_object_get (r->root, "trained_betas");
  double       *betas;

  if (json_array_size (array) < 1 || json_array_size (array) > MAX_TRAIN_STEPS)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "trained_betas",
                            _ ("there must be a list of 1 to %u numbers"), MAX_TRAIN_STEPS);
      return NULL;
    }
  *n = (guint) json_array_size (array);
  betas = g_new (double, *n);
  for (guint t = 0; t < *n && ! r->error; t++)
    {
      betas[t] = json_number_value (json_array_get (array, t));
      if (! is_beta (betas, *n, t))
        dif_json_reader_fail (
            r, DIF_ERROR_VALUE, "trained_betas",
            _ ("number %u must lie between 0 and 1 (only the last of several may be 1)"), t + 1);
    }
  return betas;
}

static double *
scheduled_betas (DifJsonReader *r, DifProcess *p, const DifScheduler *scheduler)
{
  const char *id =
      dif_json_string_or_null (r, "beta_schedule", scheduler->schedule, scheduler->schedule);
  double  start = scheduler->beta_start;
  double  end = scheduler->beta_end;
  double *betas;

  p->schedule = dif_schedule_find (id);
  if (! r->error && ! p->schedule)
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "beta_schedule",
                          _ ("the schedule “%s” is not supported"), id);
  if (! r->error && p->schedule->has_ends)
    {
      start = read_number (r, "beta_start", start, 0.0, 1.0);
      end = read_number (r, "beta_end", end, 0.0, 1.0);
    }
  if (! r->error && (start <= 0.0 || start >= 1.0 || start > end))
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "beta_start",
                          _ ("%g and beta_end %g must rise and lie between 0 and 1"), start, end);
  if (r->error)
    return NULL;
  betas = g_new (double, p->n_train_steps);
  p->schedule->fill (p->n_train_steps, start, end, betas);
  return betas;
}

/* sqrt (alpha_bar) is shifted and stretched so that the first stays and the last becomes 0.
 * Source: Lin et al. 2024, algorithm 1 */
static void
end_without_signal (double *alphas_cumprod, guint n)
{
  const double first = sqrt (alphas_cumprod[0]);
  const double last = sqrt (alphas_cumprod[n - 1]);

  for (guint t = 0; t < n && n > 1; t++)
    {
      double root = (sqrt (alphas_cumprod[t]) - last) * first / (first - last);

      alphas_cumprod[t] = root * root;
    }
}

static void
fill_alphas (DifJsonReader *r, DifProcess *p, const DifScheduler *scheduler)
{
  const gboolean    zero_snr = read_switch (r, "rescale_betas_zero_snr", FALSE);
  const DifJsonKind kind = dif_json_kind (r, "trained_betas");
  const gboolean    trained = kind != DIF_JSON_MISSING && kind != DIF_JSON_NULL;
  double            product = 1.0;

  p->alphas_cumprod =
      trained ? trained_betas (r, &p->n_train_steps) : scheduled_betas (r, p, scheduler);
  for (guint t = 0; ! r->error && t < p->n_train_steps; t++)
    {
      const double beta = p->alphas_cumprod[t];

      p->alphas_cumprod[t] = product *= 1.0 - beta;
      if (product < MIN_ALPHA_BAR && beta < 1.0)
        dif_json_reader_fail (r, DIF_ERROR_VALUE, trained ? "trained_betas" : "beta_end",
                              _ ("more noise is added than numbers can tell apart"));
    }
  if (! r->error && zero_snr)
    end_without_signal (p->alphas_cumprod, p->n_train_steps);
}

/* The noisiest timesteps are left out where log (alpha / sigma) falls below a limit. */
static void
read_usable (DifJsonReader *r, DifProcess *p)
{
  const double lowest = dif_json_bound (r, "lambda_min_clipped", -1e6, -1e6, -1e6, 1e6);

  p->usable = p->n_train_steps;
  while (! r->error && p->usable > 1 && -log (dif_process_ratio (p, 1.0)) < lowest)
    p->usable--;
}

static void
read_levels (DifJsonReader *r, DifProcess *p, double lowest, double highest)
{
  p->sigma_min = read_number (r, "sigma_min", lowest, 1e-9, 1e9);
  p->sigma_max = read_number (r, "sigma_max", highest, 1e-9, 1e9);
  p->sigma_data = read_number (r, "sigma_data", 0.5, 1e-9, 1e9);
  p->usable = p->n_train_steps;
  if (! r->error && p->sigma_min >= p->sigma_max)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "sigma_min", _ ("%g must be below sigma_max %g"),
                          p->sigma_min, p->sigma_max);
}

static void
read_steps (DifJsonReader *r, DifProcess *p, const DifScheduler *scheduler)
{
  fill_alphas (r, p, scheduler);
  p->steps_offset = read_count (r, "steps_offset", 0, 0, MAX_TRAIN_STEPS);
  if (! r->error && p->steps_offset >= p->n_train_steps)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "steps_offset", _ ("%u is beyond the %u timesteps"),
                          p->steps_offset, p->n_train_steps);
  if (! r->error)
    read_usable (r, p);
}

DifProcess *
dif_process_new (DifJsonReader *r)
{
  g_autoptr (DifProcess) p = g_new0 (DifProcess, 1);
  const DifScheduler    *scheduler = dif_scheduler_find (r);

  if (! scheduler)
    return NULL;
  refuse_strangers (r);
  p->kind = scheduler->kind;
  p->n_train_steps = read_count (r, "num_train_timesteps", p->kind == DIF_PROCESS_VE ? 2000 : 1000,
                                 1, MAX_TRAIN_STEPS);
  p->prediction = read_choice (
      r, "prediction_type", p->kind == DIF_PROCESS_VE ? DIF_PREDICTION_SCORE : 0, prediction_names);
  p->original_steps = read_count (r, "original_inference_steps", 50, 1, MAX_TRAIN_STEPS);
  read_defaults (r, p, scheduler);
  read_variance (r, p);
  if (p->kind == DIF_PROCESS_VE)
    read_levels (r, p, 0.01, 1348.0);
  else if (p->kind == DIF_PROCESS_EDM)
    read_levels (r, p, 0.002, 80.0);
  else
    read_steps (r, p, scheduler);
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
