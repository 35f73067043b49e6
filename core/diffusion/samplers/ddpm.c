/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#define TILE     16384
#define SMALLEST 1e-20 /* of a variance, so that it has a logarithm */

typedef struct
{
  DifTensor       *noise;
  const DifTensor *fraction;
  double           low, high; /* logarithms of the deviation */
} Scale;

static void
scale_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Scale *scale = data;
  const gsize  end = MIN ((tile + 1) * TILE, scale->noise->size);

  for (gsize i = tile * TILE; i < end; i++)
    {
      const double rise = 0.5 * (scale->fraction->data[i] + 1.0);

      scale->noise->data[i] *= (float) exp (scale->low + rise * (scale->high - scale->low));
    }
}

/* To the deviation that the network chose for each number.
 * Source: Nichol & Dhariwal 2021, eq. 15 */
static void
scale_learned (DifContext *context, DifTensor *noise, const DifTensor *fraction, double variance,
               double beta)
{
  Scale scale = { noise, fraction, 0.5 * log (MAX (variance, SMALLEST)),
                  0.5 * log (MAX (beta, SMALLEST)) };

  if (noise)
    dif_pool_run (dif_context_pool (context), (noise->size + TILE - 1) / TILE, scale_tile, &scale);
}

/* A draw from q (x_to | x_from, x_0) with the predicted x_0: its mean is a weighted sum of
 * x_0 and x, its variance either its own or that of the step. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const double          s2 = from->sigma * from->sigma;
  double                beta;
  const double          variance = dif_posterior_variance (from, to, &beta);
  const DifTerm         mean[] = { { to->alpha * beta / s2, p->x0 },
                                   { from->alpha / to->alpha * (to->sigma * to->sigma) / s2, x } };
  g_autoptr (DifTensor) noise = NULL;

  if (to->sigma == 0.0)
    return dif_sum_over (context, x, 2, mean);
  if (! p->variance)
    return dif_sampling_draw (s, context, x, 2, mean, sqrt (s->large_variance ? beta : variance));
  noise = dif_noise_next (s->noise, context, x);
  scale_learned (context, noise, p->variance, variance, beta);
  return dif_sum_over (context, x, 3, (DifTerm[]) { mean[0], mean[1], { 1.0, noise } });
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_ddpm = {
  .id = "ddpm",
  .label = "DDPM",
  .citation = "Ho et al. 2020, algorithm 2",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .pure_noise = TRUE,
  .run = run,
};
