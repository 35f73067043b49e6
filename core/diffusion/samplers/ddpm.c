/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include "core/ops/elementwise.h"

/* A draw from q (x_to | x_from, x_0) with the predicted x_0: its mean is a weighted sum of
 * x_0 and x, its variance either its own or that of the step. */
static DifTensor *
run (const DifSampling *s, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = dif_tensor_ref (x_start);

  for (guint i = 0; i < s->n; i++)
    {
      const DifStep *from = &s->steps[i];
      const DifStep *to = &s->steps[i + 1];
      double         beta;
      double         variance = dif_posterior_variance (from, to, &beta);
      double         of_x0 = to->alpha * beta / (from->sigma * from->sigma);
      double of_x = from->alpha / to->alpha * (to->sigma * to->sigma) / (from->sigma * from->sigma);
      g_auto (DifPrediction) p = { NULL, NULL };
      g_autoptr (DifTensor) noise = NULL;
      DifTensor            *next;

      if (! dif_denoise (s->denoiser, context, x, from, &p))
        return NULL;
      if (to->sigma > 0.0)
        {
          noise = dif_noise_next (s->noise, context, x);
          next = dif_sum (context, 3,
                          (DifTerm[]) { { of_x0, p.x0 },
                                        { of_x, x },
                                        { sqrt (s->large_variance ? beta : variance), noise } });
        }
      else
        next = dif_sum (context, 2, (DifTerm[]) { { of_x0, p.x0 }, { of_x, x } });
      dif_tensor_unref (x);
      x = next;
      dif_sampling_after_step (s, i + 1, x, p.x0);
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_ddpm = {
  .id = "ddpm",
  .label = "DDPM",
  .citation = "Ho et al. 2020, algorithm 2",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .run = run,
};
