/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include "core/ops/elementwise.h"

/* In z = x / alpha with s = sigma / alpha the probability flow is dz/ds = (z - x0) / s; one
 * Euler step of it, written back in x. */
static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = dif_tensor_ref (x_start);

  for (guint i = 0; i < sampling->n; i++)
    {
      const DifStep *from = &sampling->steps[i];
      const DifStep *to = &sampling->steps[i + 1];
      g_auto (DifPrediction) p = { NULL, NULL };
      DifTensor *next;

      if (! dif_denoise (sampling->denoiser, context, x, from, &p))
        return NULL;
      next = dif_sum (context, 2,
                      (DifTerm[]) { { to->sigma / from->sigma, x },
                                    { to->alpha - from->alpha * to->sigma / from->sigma, p.x0 } });
      dif_tensor_unref (x);
      x = next;
      dif_sampling_after_step (sampling, i + 1, x, p.x0);
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_euler = {
  .id = "euler",
  .label = "Euler",
  .citation = "Karras et al. 2022, algorithm 1 without its second order",
  .order = 1,
  .evals = 1,
  .run = run,
};
