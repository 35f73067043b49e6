/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/process.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define MAX_TRAIN_STEPS 100000
#define MIN_ALPHA_BAR   1e-30

static const char *const prediction_names[] = { "epsilon", "sample", "v_prediction", NULL };

const char *
dif_prediction_name (DifPredictionType prediction)
{
  return prediction_names[prediction];
}

static void
read_spacing (DifJsonReader *r, DifProcess *p, const char *missing)
{
  const char *id = dif_json_string (r, "timestep_spacing", missing);

  p->spacing = dif_spacing_find (id);
  if (! r->error && ! p->spacing)
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "timestep_spacing",
                          _ ("the spacing “%s” is not supported"), id);
}

static void
read_variance (DifJsonReader *r, DifProcess *p)
{
  /* the logarithm is only another way to compute the small one */
  static const char *const known[] = { "fixed_small", "fixed_small_log", "fixed_large", NULL };

  p->large_variance = dif_json_choice (r, "variance_type", 0, known) == 2;
}

/* Switches that change the numbers and are not built in here. */
static void
refuse_unsupported (DifJsonReader *r)
{
  static const char *const switches[] = { "rescale_betas_zero_snr", "thresholding",
                                          "use_karras_sigmas",      "use_exponential_sigmas",
                                          "use_beta_sigmas",        "use_lu_lambdas" };

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    if (dif_json_bool (r, switches[i], FALSE))
      {
        dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, switches[i], _ ("this is not supported"));
        return;
      }
}

static void
fill_alphas (DifJsonReader *r, DifProcess *p)
{
  const char *id = dif_json_string (r, "beta_schedule", "linear");
  double      start = dif_json_double (r, "beta_start", 1e-4, 0.0, 1.0);
  double      end = dif_json_double (r, "beta_end", 0.02, 0.0, 1.0);
  double      product = 1.0;
  double     *betas;

  p->schedule = dif_schedule_find (id);
  if (r->error)
    return;
  if (! p->schedule)
    {
      dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "beta_schedule",
                            _ ("the schedule “%s” is not supported"), id);
      return;
    }
  if (start <= 0.0 || end >= 1.0 || start > end)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "beta_start",
                            _ ("%g and beta_end %g must rise and lie between 0 and 1"), start, end);
      return;
    }
  betas = g_new (double, p->n_train_steps);
  p->schedule->fill (p->n_train_steps, start, end, betas);
  p->alphas_cumprod = betas;
  for (guint t = 0; t < p->n_train_steps; t++)
    {
      product *= 1.0 - betas[t];
      p->alphas_cumprod[t] = product;
    }
  if (product < MIN_ALPHA_BAR)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "beta_end",
                          _ ("%g adds more noise than numbers can tell apart"), end);
}

DifProcess *
dif_process_new (DifJsonReader *r)
{
  g_autoptr (DifProcess) p = g_new0 (DifProcess, 1);
  const char            *class_name = dif_json_string (r, "_class_name", "DDPMScheduler");
  gboolean               ddpm =
      g_str_has_prefix (class_name, "DDPM") || g_str_has_prefix (class_name, "GaussianDDPM");
  gboolean ddim = g_str_has_prefix (class_name, "DDIM");

  if (json_is_array (json_object_get (r->root, "trained_betas")))
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "trained_betas", _ ("this is not supported"));
  refuse_unsupported (r);
  p->n_train_steps = dif_json_uint (r, "num_train_timesteps", 1000, 1, MAX_TRAIN_STEPS);
  p->prediction = dif_json_choice (r, "prediction_type", 0, prediction_names);
  /* only DDPM's and DDIM's schedulers clip, and both do so unless told otherwise */
  p->clip = dif_json_bool (r, "clip_sample", ddpm || ddim);
  p->clip_range = dif_json_double (r, "clip_sample_range", 1.0, 1e-6, 1e6);
  p->set_alpha_to_one = dif_json_bool (r, "set_alpha_to_one", TRUE);
  p->steps_offset = dif_json_uint (r, "steps_offset", 0, 0, MAX_TRAIN_STEPS);
  read_spacing (r, p, ddpm || ddim ? "leading" : "linspace");
  read_variance (r, p);
  if (! r->error && p->steps_offset >= p->n_train_steps)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "steps_offset", _ ("%u is beyond the %u timesteps"),
                          p->steps_offset, p->n_train_steps);
  if (! r->error)
    fill_alphas (r, p);
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

static double
sigma_over_alpha (const DifProcess *process, guint t)
{
  double a = process->alphas_cumprod[t];

  return sqrt ((1.0 - a) / a);
}

DifStep
dif_process_step (const DifProcess *process, double t)
{
  guint  last = process->n_train_steps - 1;
  guint  below = (guint) CLAMP (floor (t), 0.0, (double) last);
  double rest = MIN (t, (double) last) - below;
  double a = process->alphas_cumprod[below];
  double ratio;

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
  at_low = sigma_over_alpha (process, low);
  at_high = sigma_over_alpha (process, high);
  return low + (ratio - at_low) / (at_high - at_low);
}
