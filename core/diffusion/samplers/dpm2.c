/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

/* The slope of the step is that at its middle (of log s), where an Euler step leads. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x_from, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const double          high = dif_flow_ratio (from);
  const double          low = dif_flow_ratio (to);
  const double          middle = sqrt (high * low);
  g_autoptr (DifTensor) x = x_from;
  g_autoptr (DifTensor) halfway = NULL;
  g_auto (DifPrediction) there = { NULL, NULL };
  DifStep half;

  if (dif_flow_one_sided (from, to))
    return dif_flow_euler (context, g_steal_pointer (&x), from, to, p->x0);
  half = dif_sampling_between (s, i, middle);
  halfway = dif_flow_euler (context, dif_tensor_ref (x), from, &half, p->x0);
  if (! dif_denoise (s->denoiser, context, halfway, &half, &there))
    return NULL;
  g_clear_pointer (&halfway, dif_tensor_unref);
  return dif_sum_over (
      context, g_steal_pointer (&x), 3,
      (DifTerm[]) { { to->sigma / from->sigma, x_from },
                    { to->alpha * (low - high) * (1.0 / middle - 1.0 / high), p->x0 },
                    { to->alpha * (high - low) / middle, there.x0 } });
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_dpm2 = {
  .id = "dpm2",
  .label = N_ ("DPM2 (16 steps or more)"),
  .citation = "Lu et al. 2022 (DPM-Solver), algorithm 1, as in Crowson's k-diffusion",
  .order = 2,
  .evals = 2,
  .least_evals = 16,
  .overshoots = TRUE,
  .whole_ladder = TRUE,
  .run = run,
};
