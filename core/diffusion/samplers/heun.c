/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

/* Fresh noise up to a higher level, and that level in @high. */
static DifTensor *
churn (const DifSampling *s, DifContext *context, guint i, DifTensor *x, DifStep *high)
{
  const DifStep *from = &s->steps[i];
  const double   ratio = dif_flow_ratio (from);
  const double   up = dif_flow_churned (s, i);

  *high = *from;
  if (! (up > ratio) || ! x)
    return x;
  *high = dif_sampling_between (s, i, up);
  return dif_sampling_draw (s, context, x, 1, (DifTerm[]) { { high->alpha / from->alpha, x } },
                            high->alpha * s->churn.noise * sqrt (up * up - ratio * ratio));
}

/* The slope of the step is the mean of those at its ends.  z + (s' - s) / 2 (slope + slope'),
 * where slope' is taken at the end of an Euler step, in terms of x and both pictures seen. */
static DifTensor *
step (const DifSampling *s, DifContext *context, const DifStep *from, const DifStep *to,
      DifTensor *x_from, const DifTensor *x0)
{
  g_autoptr (DifTensor) x = x_from;
  g_autoptr (DifTensor) ahead = NULL;
  g_auto (DifPrediction) there = { NULL, NULL };
  double fall;

  if (dif_flow_one_sided (from, to))
    return dif_flow_euler (context, g_steal_pointer (&x), from, to, x0);
  ahead = dif_flow_euler (context, dif_tensor_ref (x), from, to, x0);
  if (! dif_denoise (s->denoiser, context, ahead, to, &there))
    return NULL;
  fall = dif_flow_ratio (to) / dif_flow_ratio (from);
  return dif_sum_over (context, g_steal_pointer (&x), 3,
                       (DifTerm[]) { { to->sigma / from->sigma, x_from },
                                     { to->alpha * (1.5 - fall - 0.5 / fall), x0 },
                                     { to->alpha * (0.5 / fall - 0.5), there.x0 } });
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;

  for (guint i = 0; i < sampling->n; i++)
    {
      DifStep from;
      g_auto (DifPrediction) p = { NULL, NULL };

      x = churn (sampling, context, i, g_steal_pointer (&x), &from);
      if (! dif_denoise (sampling->denoiser, context, x, &from, &p))
        return NULL;
      g_clear_pointer (&p.eps, dif_tensor_unref);
      x = step (sampling, context, &from, &sampling->steps[i + 1], g_steal_pointer (&x), p.x0);
      if (! dif_sampling_after_step (sampling, i + 1, x, p.x0))
        break;
    }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_heun = {
  .id = "heun",
  .label = N_ ("Heun (16 steps or more)"),
  .citation = "Karras et al. 2022, algorithm 1",
  .order = 2,
  .evals = 2,
  .least_evals = 16,
  .overshoots = TRUE,
  .run = run,
};
