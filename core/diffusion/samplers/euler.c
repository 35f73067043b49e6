/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include "core/ops/elementwise.h"

/* In z = x / alpha with s = sigma / alpha the probability flow is dz/ds = (z - x0) / s; one
 * Euler step of it, written back in x. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  double         of_x = to->sigma / from->sigma;

  return dif_sum_over (context, x, 2,
                       (DifTerm[]) { { of_x, x }, { to->alpha - from->alpha * of_x, p->x0 } });
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_euler = {
  .id = "euler",
  .label = "Euler",
  .citation = "Karras et al. 2022, algorithm 1 without its second order",
  .order = 1,
  .evals = 1,
  .run = run,
};
