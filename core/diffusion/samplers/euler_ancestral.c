/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include "core/ops/elementwise.h"

/* As Euler, but down to a lower level and back up with fresh noise. */
static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = dif_tensor_ref (x_start);

  for (guint i = 0; i < sampling->n; i++)
    {
      const DifStep *from = &sampling->steps[i];
      const DifStep *to = &sampling->steps[i + 1];
      double         s = from->sigma / from->alpha;
      double         s_to = to->sigma / to->alpha;
      double         down = s_to * s_to / s;
      double         up = sqrt (MAX (s_to * s_to - down * down, 0.0));
      g_auto (DifPrediction) p = { NULL, NULL };
      g_autoptr (DifTensor) noise = NULL;
      DifTensor            *next;

      if (! dif_denoise (sampling->denoiser, context, x, from, &p))
        return NULL;
      noise = dif_noise_next (sampling->noise, context, x);
      next = dif_sum (context, 3,
                      (DifTerm[]) { { to->alpha / from->alpha * down / s, x },
                                    { to->alpha * (1.0 - down / s), p.x0 },
                                    { to->alpha * up, noise } });
      dif_tensor_unref (x);
      x = next;
      dif_sampling_after_step (sampling, i + 1, x, p.x0);
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_euler_ancestral = {
  .id = "euler-ancestral",
  .label = "Euler ancestral",
  .citation = "Crowson, k-diffusion; Song et al. 2021 (score SDE), appendix F",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .run = run,
};
