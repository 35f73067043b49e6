/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/bound.h"

#include <math.h>

#define HALF_BIN  (1.0 / 255.0)          /* bytes are this far from the middle of their neighbors */
#define OPEN_END  0.999                  /* the first and the last byte's bins have no other end */
#define LEAST     1e-12                  /* of a probability whose logarithm is taken */
#define CUBIC     0.044715               /* of the usual approximation of the normal distribution */
#define ROOT_2_PI 0.79788456080286535588 /* sqrt (2 / pi) */

double
dif_bound_x0 (const DifObjectiveArgs *args, const DifStep *step, double x_t, double output,
              double *slope)
{
  const double alpha = step->alpha;
  const double sigma = step->sigma;
  double       x0 = output;
  double       by = 1.0;

  /* of pure noise it tells nothing of the picture */
  if (alpha == 0.0 &&
      (args->prediction == DIF_PREDICTION_EPSILON || args->prediction == DIF_PREDICTION_SCORE))
    {
      if (slope)
        *slope = 0.0;
      return 0.0;
    }
  switch (args->prediction)
    {
    case DIF_PREDICTION_EPSILON:
      by = -sigma / alpha;
      x0 = x_t / alpha + by * output;
      break;
    case DIF_PREDICTION_V:
      by = -sigma;
      x0 = alpha * x_t + by * output;
      break;
    case DIF_PREDICTION_SCORE:
      by = sigma * sigma / alpha;
      x0 = x_t / alpha + by * output;
      break;
    case DIF_PREDICTION_FLOW:
      by = -sigma / (alpha + sigma);
      x0 = x_t / (alpha + sigma) + by * output;
      break;
    case DIF_PREDICTION_SAMPLE:
      break;
    }
  if (args->clip && fabs (x0) > 1.0)
    {
      x0 = CLAMP (x0, -1.0, 1.0);
      by = 0.0;
    }
  if (slope)
    *slope = by;
  return x0;
}

/* Evenly over the height from the lowest level to the top, as training levels lie. */
static double
level_of (const DifProcess *process, guint index)
{
  const double top = dif_process_height (process, dif_process_ratio (process, 1.0));
  const double lowest = dif_process_height (process, dif_process_ratio (process, 0.0)) / top;
  const guint  n = dif_bound_n_levels (process);

  return n > 1 ? lowest + (1.0 - lowest) * index / (n - 1) : 1.0;
}

guint
dif_bound_n_levels (const DifProcess *process)
{
  return process->kind->has_steps || process->sigma_min < process->sigma_max ? process->usable : 1;
}

DifStep
dif_bound_level (const DifProcess *process, guint index)
{
  if (process->kind->has_steps)
    return dif_process_step (process, index);
  return dif_process_step (process, dif_process_told (process, level_of (process, index)));
}

/* A level and the less noisy one below it, where x has alpha² + sigma² = 1. */
typedef struct
{
  double length;                /* of x as the process has it */
  double signal, signal_before; /* alpha² */
  double noise, noise_before;   /* sigma² */
  double beta;                  /* what the level adds to the noise */
} Rung;

static void
split (const DifProcess *process, guint index, double *signal, double *noise, double *length)
{
  const DifStep step = dif_bound_level (process, index);

  *length = hypot (step.alpha, step.sigma);
  *signal = step.alpha / *length * (step.alpha / *length);
  *noise = step.sigma / *length * (step.sigma / *length);
}

static Rung
rung_of (const DifProcess *process, guint index)
{
  const double *ac = process->alphas_cumprod;
  Rung          rung = { .length = 1.0, .signal_before = 1.0 };
  double        unused;

  if (process->kind->has_steps)
    {
      rung.signal = ac[index];
      rung.signal_before = index > 0 ? ac[index - 1] : 1.0;
      rung.noise = 1.0 - rung.signal;
      rung.noise_before = 1.0 - rung.signal_before;
      rung.beta = 1.0 - rung.signal / rung.signal_before;
      return rung;
    }
  split (process, index, &rung.signal, &rung.noise, &rung.length);
  if (index > 0)
    split (process, index - 1, &rung.signal_before, &rung.noise_before, &unused);
  rung.beta = rung.noise - rung.signal / rung.signal_before * rung.noise_before;
  return rung;
}

static double
posterior_variance (const Rung *rung)
{
  return rung->beta * rung->noise_before / rung->noise;
}

/* A step back: x_{t-1} ~ N (of_x0 x0 + of_x x_t, variance), where x_{t-1} has alpha² + sigma² = 1.
 */
typedef struct
{
  double of_x0;
  double of_x;
  double log_posterior; /* logarithm of its variance, with that of t = 1 at 0 */
  double log_beta;
} Back;

static Back
back_of (const DifProcess *process, guint index)
{
  const Rung  rung = rung_of (process, index);
  const guint known = MAX (index, MIN (1, dif_bound_n_levels (process) - 1));
  const Rung  least = rung_of (process, known);

  return (Back) { rung.beta * sqrt (rung.signal_before) / rung.noise,
                  rung.noise_before * sqrt (rung.signal / rung.signal_before) / rung.noise /
                      rung.length,
                  log (known > 0 ? posterior_variance (&least) : rung.beta), log (rung.beta) };
}

/* A number's part of the bound, and its derivatives. */
typedef struct
{
  double nats;
  double of_mean;
  double of_log_variance;
} Part;

/* KL (N (mean_q, exp (log_q)) || N (mean, exp (log_p))) */
static Part
divergence (double mean_q, double log_q, double mean, double log_p)
{
  const double off = mean - mean_q;
  const double ratio = exp (log_q - log_p);
  const double precision = exp (-log_p);

  return (Part) { 0.5 * (log_p - log_q + ratio + off * off * precision - 1.0), off * precision,
                  0.5 * (1.0 - ratio - off * off * precision) };
}

/* The standard normal distribution and its density, or the approximation that published numbers
 * were made with. */
static double
cumulative (gboolean exact, double z, double *density)
{
  double inner;
  double value;

  if (exact)
    {
      *density = exp (-0.5 * z * z) * 0.5 * ROOT_2_PI;
      return 0.5 * erfc (-z * G_SQRT2 / 2.0);
    }
  inner = tanh (ROOT_2_PI * (z + CUBIC * z * z * z));
  value = 0.5 * (1.0 + inner);
  *density =
      isinf (z) ? 0.0 : 0.5 * (1.0 - inner * inner) * ROOT_2_PI * (1.0 + 3.0 * CUBIC * z * z);
  return value;
}

/* -log of the probability of a byte's bin under N (mean, exp (log_p)).  Tails are taken from
 * their own side. */
static Part
decoder (gboolean exact, double x0, double mean, double log_p)
{
  const double per = exp (-0.5 * log_p);
  const double above = (x0 - mean + HALF_BIN) * per;
  const double below = (x0 - mean - HALF_BIN) * per;
  double       at_above = 0.0;
  double       at_below = 0.0;
  double       mass;
  double       share;

  if (x0 < -OPEN_END)
    mass = cumulative (exact, above, &at_above);
  else if (x0 > OPEN_END)
    mass = 1.0 - cumulative (exact, below, &at_below);
  else
    mass = cumulative (exact, above, &at_above) - cumulative (exact, below, &at_below);
  if (mass <= LEAST)
    return (Part) { -log (LEAST), 0.0, 0.0 };
  share = 1.0 / mass;
  return (Part) { -log (mass), share * per * (at_above - at_below),
                  share * 0.5 * (above * at_above - below * at_below) };
}

double
dif_bound_term (const DifObjectiveArgs *args, guint index, const DifExample *example,
                const DifOutput *output)
{
  const Back   back = back_of (args->process, index);
  const double per = 1.0 / (G_LN2 * (double) example->n);
  const double range =
      args->variance == DIF_VARIANCE_LEARNED_RANGE ? back.log_beta - back.log_posterior : 0.0;
  double sum = 0.0;

  for (gsize i = 0; i < example->n; i++)
    {
      double       log_p = back.log_posterior;
      const double share = example->share ? example->share[i] : 1.0;
      double       slope;
      double       mean;
      Part         part;

      if (args->variance == DIF_VARIANCE_LEARNED_RANGE)
        log_p += 0.5 * (output->variance[i] + 1.0) * range;
      else if (args->variance == DIF_VARIANCE_FIXED_LARGE && index > 0)
        log_p = back.log_beta;
      mean = back.of_x0 *
                 dif_bound_x0 (args, &example->step, example->x_t[i], output->mean[i], &slope) +
             back.of_x * example->x_t[i];
      if (index > 0)
        part = divergence (back.of_x0 * example->x0[i] + back.of_x * example->x_t[i],
                           back.log_posterior, mean, log_p);
      else
        part = decoder (args->exact_cdf, example->x0[i], mean, log_p);
      sum += share * part.nats;
      if (output->of_mean)
        output->of_mean[i] = share * per * part.of_mean * back.of_x0 * slope;
      if (output->of_variance)
        output->of_variance[i] = share * per * part.of_log_variance * 0.5 * range;
    }
  return per * sum;
}

double
dif_bound_prior (const DifProcess *process, gsize n, const double *x0)
{
  const double signal = rung_of (process, dif_bound_n_levels (process) - 1).signal;
  double       sum = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += divergence (sqrt (signal) * x0[i], log1p (-signal), 0.0, 0.0).nats;
  return sum / (G_LN2 * (double) n);
}
