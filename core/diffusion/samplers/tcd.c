/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

/* Between the next level and the clean picture: gamma of the way in timesteps, in noise levels
 * where nobody knows about timesteps. */
static DifStep
lower_level (const DifSampling *s, guint i)
{
  const DifStep *to = &s->steps[i + 1];

  if (s->eta == 0.0 || i + 1 == s->n || to->sigma == 0.0)
    return *to;
  if (s->process)
    return dif_process_step (s->process, floor ((1.0 - s->eta) * to->t));
  return dif_sampling_between (s, i, MAX (1.0 - s->eta, 1e-6) * dif_flow_ratio (to));
}

/* Down to the lower level as DDIM goes, and back up with fresh noise. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *to = &s->steps[i + 1];
  const DifStep  low = lower_level (s, i);
  const double   kept = to->alpha / low.alpha * low.sigma;
  const double   fresh = sqrt (MAX (to->sigma * to->sigma - kept * kept, 0.0));

  return dif_sampling_draw (s, context, x, 2,
                            (DifTerm[]) { { to->alpha, p->x0 }, { kept, p->eps } }, fresh);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_tcd = {
  .id = "tcd",
  .label = "TCD",
  .citation = "Zheng et al. 2024 (trajectory consistency distillation), algorithm 4",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .pure_noise = TRUE,
  .spacing = "lcm",
  .final_alpha = TRUE,
  .oversteps = TRUE,
  .eta = 0.3, /* what its authors take; more for many steps */
  .run = run,
};
