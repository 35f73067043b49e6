/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include "core/ops/elementwise.h"

/* As DPM2, but down to low² / high and back up to the next level with fresh noise.  The middle of
 * the way down is then the next level itself: sqrt (high low² / high). */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x_from, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const double          high = dif_flow_ratio (from);
  const double          low = dif_flow_ratio (to);
  const double          down = low * low / high;
  const double          up = sqrt (MAX (low * low - down * down, 0.0));
  g_autoptr (DifTensor) x = x_from;
  g_autoptr (DifTensor) halfway = NULL;
  g_auto (DifPrediction) there = { NULL, NULL };

  if (to->sigma == 0.0)
    return dif_flow_euler (context, g_steal_pointer (&x), from, to, p->x0);
  if (from->alpha == 0.0) /* all the way down and back up */
    return dif_sampling_draw (s, context, g_steal_pointer (&x), 1,
                              (DifTerm[]) { { to->alpha, p->x0 } }, to->sigma);
  halfway = dif_flow_euler (context, dif_tensor_ref (x), from, to, p->x0);
  if (! dif_denoise (s->denoiser, context, halfway, to, &there))
    return NULL;
  g_clear_pointer (&halfway, dif_tensor_unref);
  return dif_sampling_draw (
      s, context, g_steal_pointer (&x), 3,
      (DifTerm[]) { { to->alpha * down / from->sigma, x_from },
                    { to->alpha * (down - high) * (1.0 / low - 1.0 / high), p->x0 },
                    { to->alpha * (high - down) / low, there.x0 } },
      to->alpha * up);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_dpm2_ancestral = {
  .id = "dpm2-ancestral",
  .label = "DPM2 ancestral",
  .citation = "Crowson, k-diffusion; Lu et al. 2022 (DPM-Solver), algorithm 1",
  .order = 1,
  .evals = 2,
  .stochastic = TRUE,
  .whole_ladder = TRUE,
  .run = run,
};
