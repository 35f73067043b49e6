/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

const char *
dif_default_sampler (void)
{
  return "dpmpp-2m";
}

void
dif_sampling_init (DifSampling *sampling, const DifStep *steps, guint n, DifDenoiser *denoiser,
                   DifNoise *noise)
{
  *sampling = (DifSampling) {
    .steps = steps,
    .n = n,
    .denoiser = denoiser,
    .noise = noise,
    .inner_steps = 4,
    .langevin_step = 0.2, /* Song & Ermon 2019: epsilon 2e-5 at sigma_L 0.01 */
  };
}

void
dif_sampling_after_step (const DifSampling *sampling, guint step, const DifTensor *x,
                         const DifTensor *x0)
{
  if (sampling->after_step && x)
    sampling->after_step (step, x, x0, sampling->data);
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
      dif_sampling_after_step (sampling, i + 1, x, p.x0);
    }
  return g_steal_pointer (&x);
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
