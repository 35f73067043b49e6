/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/process.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define MAX_TRAIN_STEPS 100000
#define MIN_ALPHA_BAR   1e-30
#define LOWEST_SIGNAL   0x1p-24 /* stands for an alpha_bar of 0 where a ratio is needed */

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

static void
read_spacing (DifJsonReader *r, DifProcess *p, const char *missing)
{
  static const char *const ends[] = { "zero", "sigma_min", NULL };
  const char              *id = dif_json_string (r, "timestep_spacing", missing);
  gboolean                 found = FALSE;

  p->spacing = dif_spacing_find (id);
  if (! r->error && (! p->spacing || ! p->spacing->fill))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "timestep_spacing",
                          _ ("the spacing “%s” is not supported"), id);
  for (guint i = 0; i < G_N_ELEMENTS (ladders); i++)
    if (dif_json_bool (r, ladders[i].key, FALSE) && ! found)
      {
        p->spacing = dif_spacing_find (ladders[i].spacing);
        found = TRUE;
      }
  p->end_at_lowest = dif_json_choice (r, "final_sigmas_type", 0, ends) == 1;
}

static void
read_variance (DifJsonReader *r, DifProcess *p)
{
  /* the logarithm is only another way to compute the small one */
  static const char *const known[] = { "fixed_small", "fixed_small_log", "fixed_large",
                                       "learned_range", NULL };

  p->large_variance = dif_json_choice (r, "variance_type", 0, known) == 2;
}

/* What is done to predicted clean pictures.  Only DDPM's and DDIM's schedulers clip, and both do so
 * unless told otherwise. */
static void
read_range (DifJsonReader *r, DifProcess *p, gboolean clips)
{
  p->clip = dif_json_bool (r, "clip_sample", clips);
  p->clip_range = dif_json_double (r, "clip_sample_range", 1.0, 1e-6, 1e6);
  p->thresholding = dif_json_bool (r, "thresholding", FALSE);
  p->threshold_ratio = dif_json_double (r, "dynamic_thresholding_ratio", 0.995, 0.0, 1.0);
  p->threshold_most = dif_json_double (r, "sample_max_value", 1.0, 0.0, 1e6);
}

/* What schedulers take for granted where their files say nothing. */
static const struct
{
  const char *prefix; /* of the class's name */
  gboolean    clip;
  gboolean    alpha_to_one;
} classes[] = {
  /* all with leading timesteps; the others have them evenly spaced */
  { "DDPM", TRUE, TRUE },   { "GaussianDDPM", TRUE, TRUE }, { "DDIM", TRUE, TRUE },
  { "PNDM", FALSE, FALSE }, { "LCM", FALSE, TRUE },         { "TCD", FALSE, FALSE },
};

static void
read_defaults (DifJsonReader *r, DifProcess *p, const char *class_name)
{
  const char *spacing = "linspace";
  gboolean    clip = FALSE;
  gboolean    alpha_to_one = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_str_has_prefix (class_name, classes[i].prefix))
      {
        spacing = "leading";
        clip = classes[i].clip;
        alpha_to_one = classes[i].alpha_to_one;
      }
  read_range (r, p, clip);
  read_spacing (r, p, spacing);
  p->set_alpha_to_one = dif_json_bool (r, "set_alpha_to_one", alpha_to_one);
  /* TCD's has the key, and ends at the first timestep all the same */
  if (g_str_has_prefix (class_name, "TCD"))
    p->set_alpha_to_one = FALSE;
}

static double *
trained_betas (DifJsonReader *r, guint *n)
{
  const json_t *array = json_object_get (r->root, "trained_betas");
  double       *betas;

  if (json_array_size (array) < 1 || json_array_size (array) > MAX_TRAIN_STEPS)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "trained_betas",
                            _ ("there must be 1 to %u numbers"), MAX_TRAIN_STEPS);
      return NULL;
    }
  *n = (guint) json_array_size (array);
  betas = g_new (double, *n);
  for (guint t = 0; t < *n && ! r->error; t++)
    {
      betas[t] = json_number_value (json_array_get (array, t));
      if (! (betas[t] > 0.0 && betas[t] < 1.0))
        dif_json_reader_fail (r, DIF_ERROR_VALUE, "trained_betas",
                              _ ("number %u must lie between 0 and 1"), t + 1);
    }
  return betas;
}

static double *
scheduled_betas (DifJsonReader *r, DifProcess *p)
{
  const char *id = dif_json_string (r, "beta_schedule", "linear");
  double      start = dif_json_double (r, "beta_start", 1e-4, 0.0, 1.0);
  double      end = dif_json_double (r, "beta_end", 0.02, 0.0, 1.0);
  double     *betas;

  p->schedule = dif_schedule_find (id);
  if (r->error)
    return NULL;
  if (! p->schedule)
    {
      dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "beta_schedule",
                            _ ("the schedule “%s” is not supported"), id);
      return NULL;
    }
  if (start <= 0.0 || end >= 1.0 || start > end)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "beta_start",
                            _ ("%g and beta_end %g must rise and lie between 0 and 1"), start, end);
      return NULL;
    }
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
fill_alphas (DifJsonReader *r, DifProcess *p)
{
  const gboolean zero_snr = dif_json_bool (r, "rescale_betas_zero_snr", FALSE);
  double         product = 1.0;

  if (json_is_array (json_object_get (r->root, "trained_betas")))
    p->alphas_cumprod = trained_betas (r, &p->n_train_steps);
  else
    p->alphas_cumprod = scheduled_betas (r, p);
  if (r->error)
    return;
  for (guint t = 0; t < p->n_train_steps; t++)
    {
      product *= 1.0 - p->alphas_cumprod[t];
      p->alphas_cumprod[t] = product;
    }
  if (product < MIN_ALPHA_BAR)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "beta_end",
                          _ ("%g adds more noise than numbers can tell apart"),
                          dif_json_double (r, "beta_end", 0.02, 0.0, 1.0));
  else if (zero_snr)
    end_without_signal (p->alphas_cumprod, p->n_train_steps);
}

static double
sigma_over_alpha (const DifProcess *process, guint t)
{
  double a = MAX (process->alphas_cumprod[t], LOWEST_SIGNAL);

  return sqrt ((1.0 - a) / a);
}

/* The noisiest timesteps are left out where log (alpha / sigma) falls below a limit. */
static void
read_usable (DifJsonReader *r, DifProcess *p)
{
  const double lowest = dif_json_double (r, "lambda_min_clipped", -1e6, -1e6, 1e6);

  p->usable = p->n_train_steps;
  if (r->error)
    return;
  while (p->usable > 1 && -log (sigma_over_alpha (p, p->usable - 1)) < lowest)
    p->usable--;
}

static void
read_levels (DifJsonReader *r, DifProcess *p, double lowest, double highest)
{
  p->sigma_min = dif_json_double (r, "sigma_min", lowest, 1e-9, 1e9);
  p->sigma_max = dif_json_double (r, "sigma_max", highest, 1e-9, 1e9);
  p->sigma_data = dif_json_double (r, "sigma_data", 0.5, 1e-9, 1e9);
  p->usable = p->n_train_steps;
  if (! r->error && p->sigma_min >= p->sigma_max)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "sigma_min", _ ("%g must be below sigma_max %g"),
                          p->sigma_min, p->sigma_max);
}

static DifProcessKind
kind_of (const char *class_name)
{
  if (g_str_has_prefix (class_name, "ScoreSdeVe") || g_str_has_prefix (class_name, "VeSde"))
    return DIF_PROCESS_VE;
  return g_str_has_prefix (class_name, "EDM") ? DIF_PROCESS_EDM : DIF_PROCESS_DISCRETE;
}

DifProcess *
dif_process_new (DifJsonReader *r)
{
  g_autoptr (DifProcess) p = g_new0 (DifProcess, 1);
  const char            *class_name = dif_json_string (r, "_class_name", "DDPMScheduler");

  p->kind = kind_of (class_name);
  p->n_train_steps = dif_json_uint (r, "num_train_timesteps", 1000, 1, MAX_TRAIN_STEPS);
  p->prediction = dif_json_choice (
      r, "prediction_type", p->kind == DIF_PROCESS_VE ? DIF_PREDICTION_SCORE : 0, prediction_names);
  p->original_steps = dif_json_uint (r, "original_inference_steps", 50, 1, MAX_TRAIN_STEPS);
  p->steps_offset = dif_json_uint (r, "steps_offset", 0, 0, MAX_TRAIN_STEPS);
  read_defaults (r, p, class_name);
  read_variance (r, p);
  if (! r->error && p->steps_offset >= p->n_train_steps)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "steps_offset", _ ("%u is beyond the %u timesteps"),
                          p->steps_offset, p->n_train_steps);
  if (p->kind == DIF_PROCESS_VE)
    read_levels (r, p, 0.01, 1348.0);
  else if (p->kind == DIF_PROCESS_EDM)
    read_levels (r, p, 0.002, 80.0);
  else if (! r->error)
    {
      fill_alphas (r, p);
      if (! r->error)
        read_usable (r, p);
    }
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

void
dif_process_free (DifProcess *process)
{
  if (! process)
    return;
  g_free (process->alphas_cumprod);
  g_free (process);
}

DifStep
dif_process_step (const DifProcess *process, double t)
{
  guint  last = process->n_train_steps - 1;
  guint  below;
  double rest, a, ratio;

  if (process->kind == DIF_PROCESS_VE)
    return (DifStep) { t, 1.0, t };
  if (process->kind == DIF_PROCESS_EDM)
    return (DifStep) { t, 1.0, exp (4.0 * t) };
  below = (guint) CLAMP (floor (t), 0.0, (double) last);
  rest = MIN (t, (double) last) - below;
  a = process->alphas_cumprod[below];
  if (rest <= 0.0 || below == last)
    return (DifStep) { t, sqrt (a), sqrt (1.0 - a) };
  ratio = (1.0 - rest) * sigma_over_alpha (process, below) +
          rest * sigma_over_alpha (process, below + 1);
  return (DifStep) { t, 1.0 / hypot (1.0, ratio), ratio / hypot (1.0, ratio) };
}

double
dif_process_find (const DifProcess *process, double ratio)
{
  guint  low = 0;
  guint  high = process->n_train_steps - 1;
  double at_low, at_high;

  if (process->kind != DIF_PROCESS_DISCRETE)
    return process->kind == DIF_PROCESS_VE ? ratio : log (ratio) / 4.0;
  if (ratio <= sigma_over_alpha (process, low))
    return low;
  if (ratio >= sigma_over_alpha (process, high))
    return high;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (sigma_over_alpha (process, middle) <= ratio)
        low = middle;
      else
        high = middle;
    }
  at_low = log (sigma_over_alpha (process, low));
  at_high = log (sigma_over_alpha (process, high));
  return low + (log (ratio) - at_low) / (at_high - at_low);
}

static guint
timestep_at (const DifProcess *process, double level)
{
  const double n = process->n_train_steps;

  return (guint) (CLAMP (rint (level * n), 1.0, (double) process->usable) - 1.0);
}

double
dif_process_ratio (const DifProcess *process, double level)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return sigma_over_alpha (process, timestep_at (process, level));
  return process->sigma_min * pow (process->sigma_max / process->sigma_min, level);
}

double
dif_process_start (const DifProcess *process, double level)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return timestep_at (process, level);
  return dif_process_find (process, dif_process_ratio (process, level));
}

double
dif_process_height (const DifProcess *process, double ratio)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return dif_process_find (process, ratio);
  return log (ratio / process->sigma_min);
}
