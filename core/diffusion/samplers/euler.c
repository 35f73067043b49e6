/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

/* Up with fresh noise and then down, with the slope from before the noise: the reference looks at
 * the picture first, unlike the paper's algorithm 2. */
static DifTensor *
churned_step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifTensor *x0,
              double high)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  const double   ratio = dif_flow_ratio (from);
  const double   down = (dif_flow_ratio (to) - high) / ratio;
  const double   fresh = s->churn.noise * sqrt (high * high - ratio * ratio);
  const DifTerm  mean[] = { { to->alpha / from->alpha * (1.0 + down), x },
                            { -to->alpha * down, x0 } };

  return dif_sampling_draw (s, context, x, 2, mean, to->alpha * fresh);
}

static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *from = &s->steps[i];
  const double   high = dif_flow_churned (s, i);

  if (high > dif_flow_ratio (from))
    return churned_step (s, context, i, x, p->x0, high);
  return dif_flow_euler (context, x, from, &s->steps[i + 1], p->x0);
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
