/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include "core/ops/elementwise.h"

/* half the logarithm of the signal-to-noise ratio, the paper's lambda */
static double
lambda (const DifStep *step)
{
  return log (step->alpha / step->sigma);
}

/* The prediction is extrapolated to the middle of the step from this and the last one; the
 * first step and a last step to sigma 0 (infinite in lambda) have order 1. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state)
{
  DifTensor    **last_x0 = state;
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  double         of_x = to->sigma / from->sigma;
  double         of_x0 = to->alpha - from->alpha * of_x; /* -alpha (exp (-h) - 1) */
  double         slope = 0.0;
  DifTensor     *next;

  if (i > 0 && to->sigma > 0.0)
    slope = 0.5 * (lambda (to) - lambda (from)) / (lambda (from) - lambda (&s->steps[i - 1]));
  if (slope == 0.0)
    next = dif_sum_over (context, x, 2, (DifTerm[]) { { of_x, x }, { of_x0, p->x0 } });
  else
    next = dif_sum_over (context, x, 3,
                         (DifTerm[]) { { of_x, x },
                                       { of_x0 * (1.0 + slope), p->x0 },
                                       { -of_x0 * slope, *last_x0 } });
  dif_tensor_unref (*last_x0);
  *last_x0 = dif_tensor_ref (p->x0);
  return next;
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  g_autoptr (DifTensor) last_x0 = NULL;

  return dif_sampling_walk (sampling, context, x, step, &last_x0);
}

const DifSampler dif_sampler_dpmpp_2m = {
  .id = "dpmpp-2m",
  .label = "DPM-Solver++ 2M",
  .citation = "Lu et al. 2022 (DPM-Solver++), algorithm 2",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
