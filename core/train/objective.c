/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/objective.h"

#include <math.h>

#include "core/diffusion/bridge.h"

void
dif_objective_args_init (DifObjectiveArgs *args, const DifProcess *process)
{
  const gboolean continuous = process && process->sigma_max > 0.0;

  *args = (DifObjectiveArgs) {
    .process = process,
    .prediction = process ? process->prediction : DIF_PREDICTION_SCORE,
    .gamma = 5.0,
    .bound_factor = 0.001,
    .sigma_min = continuous ? dif_process_ratio (process, 0.0) : 0.01,
    .sigma_max = continuous ? dif_process_ratio (process, 1.0) : 1.0,
    .n_levels = continuous ? process->n_train_steps : 10,
    .delta = 0.01,
  };
}

DifStep
dif_objective_draw (const DifObjective *objective, const DifObjectiveArgs *args, double u)
{
  const DifProcess *process = args->process;
  const DifStep     step = objective->step (args, u);

  if (! process || ! objective->process)
    return step;
  return dif_bridge_step (process, &step);
}

void
dif_objective_target (const DifObjectiveArgs *args, const DifExample *example, double *out)
{
  const double alpha = example->step.alpha;
  const double sigma = example->step.sigma;

  for (gsize i = 0; i < example->n; i++)
    {
      const double x0 = example->x0[i];
      const double eps = example->noise[i];

      switch (args->prediction)
        {
        case DIF_PREDICTION_EPSILON:
          out[i] = eps;
          break;
        case DIF_PREDICTION_SAMPLE:
          out[i] = x0;
          break;
        case DIF_PREDICTION_V:
          out[i] = alpha * eps - sigma * x0;
          break;
        case DIF_PREDICTION_SCORE:
          out[i] = -eps / sigma;
          break;
        case DIF_PREDICTION_FLOW:
          out[i] = eps - x0;
          break;
        }
    }
}

double
dif_objective_slope (DifPredictionType prediction, const DifStep *step)
{
  switch (prediction)
    {
    case DIF_PREDICTION_EPSILON:
      break;
    case DIF_PREDICTION_SAMPLE:
      return -step->alpha / step->sigma;
    case DIF_PREDICTION_V:
      return step->alpha;
    case DIF_PREDICTION_SCORE:
      return -step->sigma;
    case DIF_PREDICTION_FLOW:
      return step->alpha / (step->alpha + step->sigma);
    }
  return 1.0;
}

/* min (snr, gamma) counts errors of x_0; those of others are errors of x_0 times their own factor:
 * snr for eps, snr + 1 for v, for the score snr / sigma², and (1 + sqrt (snr))² for a flow. */
static double
min_snr (const DifObjectiveArgs *args, const DifStep *step)
{
  const double snr = pow (step->alpha / step->sigma, 2.0);
  const double least = fmin (snr, args->gamma);

  switch (args->prediction)
    {
    case DIF_PREDICTION_EPSILON:
      return fmin (1.0, args->gamma / snr); /* least / snr, at no signal too */
    case DIF_PREDICTION_V:
      return least / (snr + 1.0);
    case DIF_PREDICTION_SCORE:
      return fmin (1.0, args->gamma / snr) * step->sigma * step->sigma;
    case DIF_PREDICTION_FLOW:
      return least / pow (1.0 + step->alpha / step->sigma, 2.0);
    case DIF_PREDICTION_SAMPLE:
      break;
    }
  return least;
}

double
dif_objective_weight (const DifObjective *objective, const DifObjectiveArgs *args,
                      const DifStep *step)
{
  const double own = objective->weight ? objective->weight (args, step) : 1.0;

  switch (args->weighting)
    {
    case DIF_WEIGHTING_MIN_SNR:
      return own * min_snr (args, step);
    case DIF_WEIGHTING_SIGMA2:
      return own * step->sigma * step->sigma;
    case DIF_WEIGHTING_LIKELIHOOD:
      return own * step->sigma * step->sigma * 2.0 * log (args->sigma_max / args->sigma_min);
    case DIF_WEIGHTING_NONE:
      break;
    }
  return own;
}

void
dif_objective_noised (const DifStep *step, gsize n, const double *x0, const double *noise,
                      double *x_t)
{
  for (gsize i = 0; i < n; i++)
    x_t[i] = step->alpha * x0[i] + (noise ? step->sigma * noise[i] : 0.0);
}

guint
dif_objective_views (const DifObjective *objective)
{
  return objective->reach ? 2 : 1;
}

void
dif_objective_look (const DifObjective *objective, const DifObjectiveArgs *args,
                    const DifExample *example, guint view, double *x)
{
  const double reach = objective->reach ? objective->reach (args, &example->step) : 0.0;

  for (gsize i = 0; i < example->n; i++)
    x[i] = example->x_t[i] +
           (objective->reach ? (view == 0 ? reach : -reach) * example->direction[i] : 0.0);
}

double
dif_objective_squares (double scale, gsize n, const double *target, const DifOutput *output)
{
  double sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      const double off = output->mean[i] - target[i];

      sum += off * off;
      if (output->of_mean)
        output->of_mean[i] = 2.0 * scale * off;
      if (output->of_variance)
        output->of_variance[i] = 0.0;
    }
  return scale * sum;
}
