/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/evaluator.h"
#include "core/diffusion/scheduler.h"

#define MIN_ALPHA_BAR 1e-30
#define LOWEST_SIGNAL 0x1p-24 /* stands for an alpha_bar of 0 where a ratio is needed */

/* T noise levels of alpha² + sigma² = 1, and the network is told which. */

static double
sigma_over_alpha (const DifProcess *process, guint t)
{
  double a = MAX (process->alphas_cumprod[t], LOWEST_SIGNAL);

  return sqrt ((1.0 - a) / a);
}

static DifStep
step (const DifProcess *process, double t)
{
  const guint last = process->n_train_steps - 1;
  guint       below;
  double      rest, a, ratio;

  below = (guint) CLAMP (floor (t), 0.0, (double) last);
  rest = MIN (t, (double) last) - below;
  a = process->alphas_cumprod[below];
  if (rest <= 0.0 || below == last)
    return (DifStep) { t, sqrt (a), sqrt (1.0 - a) };
  ratio = (1.0 - rest) * sigma_over_alpha (process, below) +
          rest * sigma_over_alpha (process, below + 1);
  return (DifStep) { t, 1.0 / hypot (1.0, ratio), ratio / hypot (1.0, ratio) };
}

/* Between timesteps the logarithm of sigma / alpha is interpolated. */
static double
find (const DifProcess *process, double ratio)
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
  at_low = log (sigma_over_alpha (process, low));
  at_high = log (sigma_over_alpha (process, high));
  return low + (log (ratio) - at_low) / (at_high - at_low);
}

/* How many steps are done at a noise level. */
static double
time_at (const DifProcess *process, double level)
{
  return level * process->n_train_steps;
}

static double
ratio_at (const DifProcess *process, double level)
{
  const double done = CLAMP (rint (time_at (process, level)), 1.0, (double) process->usable);

  return sigma_over_alpha (process, (guint) done - 1);
}

static double
highest (const DifProcess *process)
{
  return process->n_train_steps - 1.0;
}

static double
alpha (double ratio)
{
  return 1.0 / hypot (1.0, ratio);
}

static DifDenoiser *
predict (DifEvaluator *evaluator, const DifProcess *process)
{
  return dif_predict_new (evaluator, process->prediction);
}

static double
read_number (DifJsonReader *r, const char *key, double missing, double min, double max)
{
  return dif_json_double_or_null (r, key, missing, missing, min, max);
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

  if (json_array_size (array) < 1 || json_array_size (array) > DIF_MAX_TRAIN_STEPS)
    {
      dif_json_reader_fail (r, DIF_ERROR_VALUE, "trained_betas",
                            _ ("there must be a list of 1 to %u numbers"), DIF_MAX_TRAIN_STEPS);
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
  const gboolean    zero_snr = dif_json_bool_or_null (r, "rescale_betas_zero_snr", FALSE, FALSE);
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
  while (! r->error && p->usable > 1 && -log (ratio_at (p, 1.0)) < lowest)
    p->usable--;
}

static void
read_config (DifProcess *p, DifJsonReader *r, const DifScheduler *scheduler)
{
  fill_alphas (r, p, scheduler);
  p->steps_offset = dif_json_uint_or_null (r, "steps_offset", 0, 0, 0, DIF_MAX_TRAIN_STEPS);
  if (! r->error && p->steps_offset >= p->n_train_steps)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "steps_offset", _ ("%u is beyond the %u timesteps"),
                          p->steps_offset, p->n_train_steps);
  if (! r->error)
    read_usable (r, p);
}

const DifProcessKind dif_process_kind_discrete = {
  .id = "discrete",
  .citation = "Ho et al. 2020, section 2",
  .has_steps = TRUE,
  .n_train_steps = 1000,
  .prediction = DIF_PREDICTION_EPSILON,
  .read = read_config,
  .step = step,
  .find = find,
  .ratio = ratio_at,
  .time = time_at,
  .highest = highest,
  .height = find,
  .alpha = alpha,
  .predict = predict,
};
