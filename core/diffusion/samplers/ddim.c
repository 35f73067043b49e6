/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include "core/ops/elementwise.h"

static DifTensor *
run (const DifSampling *s, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = dif_tensor_ref (x_start);

  for (guint i = 0; i < s->n; i++)
    {
      const DifStep *from = &s->steps[i];
      const DifStep *to = &s->steps[i + 1];
      double         fresh = s->eta * sqrt (dif_posterior_variance (from, to, NULL));
      double         kept = sqrt (MAX (to->sigma * to->sigma - fresh * fresh, 0.0));
      g_auto (DifPrediction) p = { NULL, NULL };
      g_autoptr (DifTensor) noise = NULL;
      DifTensor            *next;

      if (! dif_denoise (s->denoiser, context, x, from, &p))
        return NULL;
      if (s->clipped_eps)
        {
          dif_tensor_unref (p.eps);
          p.eps = dif_sum (
              context, 2,
              (DifTerm[]) { { 1.0 / from->sigma, x }, { -from->alpha / from->sigma, p.x0 } });
        }
      if (s->eta > 0.0)
        {
          noise = dif_noise_next (s->noise, context, x);
          next = dif_sum (context, 3,
                          (DifTerm[]) { { to->alpha, p.x0 }, { kept, p.eps }, { fresh, noise } });
        }
      else
        next = dif_sum (context, 2, (DifTerm[]) { { to->alpha, p.x0 }, { kept, p.eps } });
      dif_tensor_unref (x);
      x = next;
      dif_sampling_after_step (s, i + 1, x, p.x0);
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_ddim = {
  .id = "ddim",
  .label = "DDIM",
  .citation = "Song et al. 2021 (DDIM), eq. 12",
  .order = 1,
  .evals = 1,
  .whole_steps = TRUE,
  .final_alpha = TRUE,
  .run = run,
};
