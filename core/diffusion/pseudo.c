/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/pseudo.h"

#include <math.h>

#include "core/ops/elementwise.h"

/* Adams and Bashforth, newest first */
static const double multistep[][4] = {
  { 1.0 },
  { 3.0 / 2.0, -1.0 / 2.0 },
  { 23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0 },
  { 55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0 },
};

static gboolean
of_velocity (const DifSampling *sampling)
{
  return sampling->mean_velocity || sampling->steps[0].alpha == 0.0;
}

DifTensor *
dif_pseudo_slope (const DifSampling *sampling, DifContext *context, const DifStep *step,
                  const DifPrediction *p)
{
  const double length = hypot (step->alpha, step->sigma);

  if (! of_velocity (sampling))
    return dif_tensor_ref (p->eps);
  return dif_sum (
      context, 2,
      (DifTerm[]) { { step->alpha / length, p->eps }, { -step->sigma / length, p->x0 } });
}

DifTensor *
dif_pseudo_move (const DifSampling *sampling, DifContext *context, DifTensor *x,
                 const DifStep *from, const DifStep *to, const DifTensor *slope)
{
  const double length = hypot (from->alpha, from->sigma);
  double       of_x = to->alpha / from->alpha;
  double       of_slope = to->sigma - of_x * from->sigma;

  if (of_velocity (sampling))
    {
      of_x = (to->alpha * from->alpha + to->sigma * from->sigma) / (length * length);
      of_slope = (to->sigma * from->alpha - to->alpha * from->sigma) / length;
    }
  return dif_sum_over (context, x, 2, (DifTerm[]) { { of_x, x }, { of_slope, slope } });
}

DifTensor *
dif_pseudo_multistep (const DifSampling *sampling, DifContext *context, DifTensor *x_start,
                      guint first, DifHistory *history)
{
  g_autoptr (DifTensor) x = x_start;

  for (guint i = first; i < sampling->n; i++)
    {
      const DifStep *from = &sampling->steps[i];
      g_auto (DifPrediction) p = { NULL, NULL };
      g_autoptr (DifTensor) slope = NULL;
      g_autoptr (DifTensor) mean = NULL;

      if (! dif_denoise (sampling->denoiser, context, x, from, &p))
        return NULL;
      slope = dif_pseudo_slope (sampling, context, from, &p);
      g_clear_pointer (&p.eps, dif_tensor_unref);
      mean = dif_history_sum (history, context, slope, multistep[history->n]);
      x = dif_pseudo_move (sampling, context, x, from, from + 1, mean);
      dif_history_push (history, g_steal_pointer (&slope));
      if (! dif_sampling_after_step (sampling, i + 1, x, p.x0))
        break;
    }
  return g_steal_pointer (&x);
}
