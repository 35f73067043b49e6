/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

#define SMALLEST_STEP 0.1

/* In units of s²: what was asked for, or as large as it takes to bring z from the last
 * level's width to this one's: each step shortens z - x0 by 1 - r / 2.  Beyond 1 the steps
 * would overshoot. */
static double
step_size (const DifSampling *sampling, guint i)
{
  double ratio;

  if (sampling->langevin_step > 0.0)
    return sampling->langevin_step;
  if (i == 0)
    return SMALLEST_STEP;
  ratio = sampling->steps[i].sigma / sampling->steps[i].alpha * sampling->steps[i - 1].alpha /
          sampling->steps[i - 1].sigma;
  return CLAMP (2.0 * (1.0 - pow (ratio, 1.0 / sampling->inner_steps)), SMALLEST_STEP, 1.0);
}

/* One Langevin step of size a = r s² in z = x / alpha, whose score is (x0 - z) / s²:
 * z + a/2 score + sqrt (a) noise.  Uses @x up. */
static DifTensor *
langevin (const DifSampling *sampling, DifContext *context, DifTensor *x, const DifTensor *x0,
          const DifStep *step, double r)
{
  g_autoptr (DifTensor) noise = dif_noise_next (sampling->noise, context, x);

  return dif_sum_over (context, x, 3,
                       (DifTerm[]) { { 1.0 - r / 2.0, x },
                                     { step->alpha * r / 2.0, x0 },
                                     { step->sigma * sqrt (r), noise } });
}

/* A network believes x to be as noisy as the level it is told.  What is left over from the last
 * level therefore goes slowly, and it takes hundreds of evaluations to come down to a picture.
 *
 * z stays as it is from one noise level to the next; the last prediction is the result
 * (the denoising step of Song & Ermon 2020). */
static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;
  g_auto (DifPrediction) last = { NULL, NULL };

  for (guint i = 0; i < sampling->n; i++)
    {
      const DifStep        *step = &sampling->steps[i];
      double                rescale = i > 0 ? step->alpha / sampling->steps[i - 1].alpha : 1.0;
      g_autoptr (DifTensor) x0 = NULL;

      if (rescale != 1.0)
        x = dif_sum_over (context, x, 1, (DifTerm[]) { { rescale, x } });
      for (guint k = 0; k < sampling->inner_steps; k++)
        {
          g_auto (DifPrediction) p = { NULL, NULL };

          if (! dif_denoise (sampling->denoiser, context, x, step, &p))
            return NULL;
          x = langevin (sampling, context, x, p.x0, step, step_size (sampling, i));
          dif_tensor_unref (x0);
          x0 = g_steal_pointer (&p.x0);
        }
      dif_sampling_after_step (sampling, i + 1, x, x0);
    }
  if (! dif_denoise (sampling->denoiser, context, x, &sampling->steps[sampling->n - 1], &last))
    return NULL;
  return g_steal_pointer (&last.x0);
}

const DifSampler dif_sampler_annealed_langevin = {
  .id = "annealed-langevin",
  .label = N_ ("Annealed Langevin (400 steps or more)"),
  .citation = "Song & Ermon 2019, algorithm 1",
  .order = 1,
  .evals = 4,
  .stochastic = TRUE,
  .geometric = TRUE,
  .run = run,
};
