/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

/* The middle of the way down, of log s.  With all the fresh noise that there can be the way goes
 * down to low² / high, and its middle is the next level itself. */
static DifStep
middle_of (const DifSampling *s, guint i, double high, double down)
{
  return s->eta == 1.0 ? s->steps[i + 1] : dif_sampling_between (s, i, sqrt (high * down));
}

/* As DPM2, but down below the next level and back up to it with fresh noise. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x_from, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const double          high = dif_flow_ratio (from);
  double                up;
  const double          down = dif_flow_ancestral (high, dif_flow_ratio (to), s->eta, &up);
  const double          kept = to->alpha * down;
  g_autoptr (DifTensor) x = x_from;
  g_autoptr (DifTensor) halfway = NULL;
  g_auto (DifPrediction) there = { NULL, NULL };
  DifStep half;
  double  middle;

  if (to->sigma == 0.0)
    return dif_flow_euler (context, g_steal_pointer (&x), from, to, p->x0);
  if (from->alpha == 0.0) /* there is no slope there */
    return dif_sampling_draw (s, context, g_steal_pointer (&x), 2,
                              (DifTerm[]) { { to->alpha, p->x0 }, { kept / from->sigma, x_from } },
                              sqrt (MAX (to->sigma * to->sigma - kept * kept, 0.0)));
  half = middle_of (s, i, high, down);
  middle = dif_flow_ratio (&half);
  halfway = dif_flow_euler (context, dif_tensor_ref (x), from, &half, p->x0);
  if (! dif_denoise (s->denoiser, context, halfway, &half, &there))
    return NULL;
  g_clear_pointer (&halfway, dif_tensor_unref);
  return dif_sampling_draw (
      s, context, g_steal_pointer (&x), 3,
      (DifTerm[]) { { kept / from->sigma, x_from },
                    { to->alpha * (down - high) * (1.0 / middle - 1.0 / high), p->x0 },
                    { to->alpha * (high - down) / middle, there.x0 } },
      to->alpha * up);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_dpm2_ancestral = {
  .id = "dpm2-ancestral",
  .label = N_ ("DPM2 ancestral (16 steps or more)"),
  .citation = "Crowson, k-diffusion; Lu et al. 2022 (DPM-Solver), algorithm 1",
  .order = 1,
  .evals = 2,
  .least_evals = 16,
  .stochastic = TRUE,
  .overshoots = TRUE,
  .eta = 1.0,
  .whole_ladder = TRUE,
  .run = run,
};
