/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/pseudo.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/ops/elementwise.h"

#define N_FIRST 3 /* what the multistep rule looks back to */

/* The middle of a step.  Whole timesteps lie half a usual distance above the next one, as in the
 * reference, but never beyond the middle. */
static DifStep
middle_of (const DifSampling *s, guint i)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  const double   distance = from->t - to->t;
  DifStep        middle;
  double         t;

  if (! s->process || from->alpha == 0.0)
    return dif_sampling_between (s, i,
                                 sqrt (MIN (dif_flow_ratio (from), 1e3) * dif_flow_ratio (to)));
  t = to->t + MIN (s->process->n_train_steps / s->n / 2, floor (distance / 2.0));
  middle = dif_process_step (s->process, t);
  middle = dif_sampling_between (s, i, dif_flow_ratio (&middle));
  middle.t = t;
  return middle;
}

/* The slope at @at, seen from x moved there by @slope. */
static DifTensor *
slope_at (const DifSampling *s, DifContext *context, DifTensor *x, const DifStep *from,
          const DifStep *at, const DifTensor *slope)
{
  g_autoptr (DifTensor) moved = dif_pseudo_move (s, context, dif_tensor_ref (x), from, at, slope);
  g_auto (DifPrediction) p = { NULL, NULL };

  return dif_denoise (s->denoiser, context, moved, at, &p) ? dif_pseudo_slope (s, context, at, &p) :
                                                             NULL;
}

/* Runge and Kutta's mean of four slopes; @first is the one at the beginning. */
static DifTensor *
mean_slope (const DifSampling *s, DifContext *context, guint i, DifTensor *x, DifTensor *first)
{
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const DifStep         middle = middle_of (s, i);
  g_autoptr (DifTensor) second = NULL;
  g_autoptr (DifTensor) third = NULL;
  g_autoptr (DifTensor) fourth = NULL;

  second = slope_at (s, context, x, from, &middle, first);
  third = second ? slope_at (s, context, x, from, &middle, second) : NULL;
  fourth = third ? slope_at (s, context, x, from, to, third) : NULL;
  return dif_sum (context, 4,
                  (DifTerm[]) { { 1.0 / 6.0, first },
                                { 1.0 / 3.0, second },
                                { 1.0 / 3.0, third },
                                { 1.0 / 6.0, fourth } });
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;
  g_auto (DifHistory) history = { { NULL } };
  guint i;

  for (i = 0; i < MIN (sampling->n, N_FIRST) && sampling->steps[i + 1].sigma > 0.0; i++)
    {
      const DifStep *from = &sampling->steps[i];
      g_auto (DifPrediction) p = { NULL, NULL };
      g_autoptr (DifTensor) first = NULL;
      g_autoptr (DifTensor) mean = NULL;

      if (! dif_denoise (sampling->denoiser, context, x, from, &p))
        return NULL;
      first = dif_pseudo_slope (sampling, context, from, &p);
      mean = first ? mean_slope (sampling, context, i, x, first) : NULL;
      x = dif_pseudo_move (sampling, context, x, from, from + 1, mean);
      dif_history_push (&history, g_steal_pointer (&first));
      if (! dif_sampling_after_step (sampling, i + 1, x, p.x0))
        return g_steal_pointer (&x);
    }
  return dif_pseudo_multistep (sampling, context, g_steal_pointer (&x), i, &history);
}

const DifSampler dif_sampler_pndm = {
  .id = "pndm",
  .label = N_ ("PNDM (16 steps or more)"),
  .citation = "Liu et al. 2022 (PNDM), algorithm 2",
  .order = 2,
  .evals = 1,
  .least_evals = 16,
  .whole_steps = TRUE,
  .final_alpha = TRUE,
  .pure_noise = TRUE,
  .run = run,
};
