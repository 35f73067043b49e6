/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

/* As Euler, but down to a lower level and back up with fresh noise; in z = x / alpha. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  double         level = dif_flow_ratio (from);
  double         up;
  double         down = dif_flow_ancestral (level, dif_flow_ratio (to), s->eta, &up);
  double         of_x = to->alpha * down / from->sigma; /* 0 where alpha is */

  return dif_sampling_draw (
      s, context, x, 2, (DifTerm[]) { { of_x, x }, { to->alpha * (1.0 - down / level), p->x0 } },
      to->alpha * up);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_euler_ancestral = {
  .id = "euler-ancestral",
  .label = "Euler ancestral",
  .citation = "Crowson, k-diffusion; Song et al. 2021 (score SDE), appendix F",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .eta = 1.0,
  .run = run,
};
