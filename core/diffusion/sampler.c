/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>
#include <string.h>

#include "core/diffusion/process.h"
#include "core/diffusion/reference.h"

const DifSolver    dif_usual_solver = { 0 };
const DifReference dif_no_reference = { NULL };

const DifSampler *
dif_sampler_for (const DifProcess *process)
{
  if (process && dif_process_is_one_level (process))
    return dif_sampler_find ("langevin");
  if (process && process->prediction == DIF_PREDICTION_SCORE)
    return dif_sampler_find ("dpmpp-2m-sde");
  return dif_sampler_find ("dpmpp-2m");
}

gboolean
dif_sampler_fits (const DifSampler *sampler, const DifProcess *process)
{
  if (dif_process_is_one_level (process))
    return sampler->one_level;
  return ! sampler->one_level && (! sampler->distilled || process->distilled);
}

guint
dif_sampler_evaluations (const DifSampler *sampler, guint wished)
{
  return MAX (wished, sampler->least_evals);
}

guint
dif_sampler_levels (const DifSampler *sampler, guint wished, guint inner_steps)
{
  const guint n = dif_sampler_evaluations (sampler, wished);

  if (sampler->levels)
    return sampler->levels (n);
  return MAX (n / (sampler->stays && inner_steps > 0 ? inner_steps : sampler->evals), 1);
}

void
dif_sampling_init (DifSampling *sampling, const DifSampler *sampler, const DifStep *steps, guint n,
                   DifDenoiser *denoiser, DifNoise *noise)
{
  *sampling = (DifSampling) {
    .steps = steps,
    .n = n,
    .denoiser = denoiser,
    .noise = noise,
    .eta = sampler->eta,
    .solver = &dif_usual_solver,
    .churn = { .noise = 1.0 },
    .corrector_steps = 1,
    .reference = &dif_no_reference,
  };
}

gboolean
dif_sampling_after_step (const DifSampling *sampling, guint step, const DifTensor *x,
                         const DifTensor *x0)
{
  return x && (! sampling->after_step || sampling->after_step (step, x, x0, sampling->data));
}

DifTensor *
dif_sampling_walk (const DifSampling *sampling, DifContext *context, DifTensor *x_start,
                   DifStepRule rule, gpointer state)
{
  g_autoptr (DifTensor) x = x_start;

  for (guint i = 0; i < sampling->n; i++)
    {
      g_auto (DifPrediction) p = { NULL, NULL };

      if (! dif_denoise (sampling->denoiser, context, x, &sampling->steps[i], &p))
        return NULL;
      x = rule (sampling, context, i, x, &p, state);
      if (! dif_sampling_after_step (sampling, i + 1, x, p.x0))
        break;
    }
  return g_steal_pointer (&x);
}

static double
ratio_of (const DifStep *step)
{
  return step->sigma / step->alpha;
}

/* Without a process: between the neighbors' timesteps as the logarithm of the ratio, or as the
 * ratio itself where that ends at 0. */
static double
time_between (const DifStep *from, const DifStep *to, double ratio)
{
  double high = log (ratio_of (from));
  double low = log (ratio_of (to));

  if (to->sigma == 0.0)
    return to->t + (from->t - to->t) * ratio / ratio_of (from);
  return high > low ? to->t + (from->t - to->t) * (log (ratio) - low) / (high - low) : from->t;
}

/* At a ratio between the levels of the steps: without a process, as the row of the kind says to
 * which the step belongs. */
static double
alpha_between (const DifSampling *sampling, const DifStep *step, double ratio)
{
  const DifProcessKind *const *rows;
  guint                        n;

  if (sampling->process)
    return sampling->process->kind->alpha (ratio);
  rows = dif_process_kinds (&n);
  for (guint i = 0; i < n; i++)
    if (fabs (rows[i]->alpha (ratio_of (step)) - step->alpha) < 1e-6)
      return rows[i]->alpha (ratio);
  return step->alpha;
}

DifStep
dif_sampling_between (const DifSampling *sampling, guint i, double ratio)
{
  const DifStep *from = &sampling->steps[i];
  const double   alpha = alpha_between (sampling, from, ratio);
  DifStep        step = { 0.0, alpha, alpha * ratio };

  step.t = sampling->process ? dif_process_find (sampling->process, ratio) :
                               time_between (from, &sampling->steps[i + 1], ratio);
  return step;
}

double
dif_posterior_variance (const DifStep *from, const DifStep *to, double *beta)
{
  double ratio = from->alpha / to->alpha;
  double added = from->sigma * from->sigma - ratio * ratio * to->sigma * to->sigma;

  if (beta)
    *beta = added;
  return added * (to->sigma * to->sigma) / (from->sigma * from->sigma);
}

DifTensor *
dif_sampling_draw (const DifSampling *sampling, DifContext *context, DifTensor *x, guint n,
                   const DifTerm *mean, double deviation)
{
  DifTerm               terms[4];
  g_autoptr (DifTensor) noise = NULL;

  if (deviation == 0.0)
    return dif_sum_over (context, x, n, mean);
  memcpy (terms, mean, n * sizeof *mean);
  noise = dif_noise_next (sampling->noise, context, x);
  terms[n] = (DifTerm) { deviation, noise };
  return dif_sum_over (context, x, n + 1, terms);
}

DifTensor *
dif_sampling_settle (const DifSampling *sampling, DifContext *context, guint i, DifTensor *x,
                     const DifTensor *x0, const DifTensor *eps)
{
  const DifStep *from = &sampling->steps[i];
  const DifStep *to = from + 1;
  double         fresh = 0.0;
  double         kept;

  if (sampling->eta > 0.0) /* inversion, which goes up, has no posterior */
    fresh = sampling->eta * sqrt (dif_posterior_variance (from, to, NULL));
  kept = sqrt (MAX (to->sigma * to->sigma - fresh * fresh, 0.0));
  return dif_sampling_draw (sampling, context, x, 2,
                            (DifTerm[]) { { to->alpha, x0 }, { kept, eps } }, fresh);
}
