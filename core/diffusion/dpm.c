/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

#include <math.h>

#include "core/diffusion/reference.h"
#include "core/ops/elementwise.h"

#define FEW_STEPS 15

double
dif_dpm_lambda (const DifStep *step)
{
  return log (step->alpha) - log (step->sigma);
}

/* Differences rather than exponentials of h, since those would be 0 times infinity at the ends. */
DifDpmStep
dif_dpm_step (DifDpmForm form, const DifStep *from, const DifStep *to)
{
  const double h = dif_dpm_lambda (to) - dif_dpm_lambda (from);
  const double noise_left = to->sigma / from->sigma;
  const double data_left = to->alpha / from->alpha;

  switch (form)
    {
    case DIF_DPM_NOISE:
      return (DifDpmStep) { h, -h, to->sigma, data_left, to->sigma - from->sigma * data_left, 0.0 };
    case DIF_DPM_SDE:
      return (DifDpmStep) { h,
                            2.0 * h,
                            to->alpha,
                            noise_left * exp (-h),
                            -to->alpha * expm1 (-2.0 * h),
                            to->sigma * sqrt (-expm1 (-2.0 * h)) };
    case DIF_DPM_DATA:
      break;
    }
  return (DifDpmStep) { h, h, to->alpha, noise_left, to->alpha - from->alpha * noise_left, 0.0 };
}

double
dif_dpm_slope_factor (const DifDpmStep *step, gboolean heun)
{
  return heun ? 1.0 + expm1 (-step->k) / step->k : -0.5 * expm1 (-step->k);
}

DifTensor *
dif_dpm_prediction (DifDpmForm form, DifContext *context, const DifTensor *x, const DifStep *step,
                    const DifPrediction *p)
{
  if (form != DIF_DPM_NOISE)
    return dif_tensor_ref (p->x0);
  return dif_sum (context, 2,
                  (DifTerm[]) { { 1.0 / step->sigma, x }, { -step->alpha / step->sigma, p->x0 } });
}

typedef struct
{
  const DifDpmKind *kind;
  DifDpmForm        form;
  DifTensor        *past[2]; /* predictions at the last step and at the one before */
} State;

static guint
own_order (const DifSampling *s, const DifDpmKind *kind)
{
  return s->solver->order ? MIN (s->solver->order, 3) : kind->order;
}

static guint
order_at (const DifSampling *s, const DifDpmKind *kind, guint i)
{
  const DifSolver *solver = s->solver;
  const guint      left = s->n - i;
  const guint      order = MIN (own_order (s, kind), i + 1);

  if (s->steps[i + 1].sigma == 0.0 || (left == 1 && solver->first_order_end))
    return 1;
  if (s->n < FEW_STEPS && ! solver->full_order_end && ! kind->full_order_end)
    return MIN (order, left);
  return order;
}

/* Of m at this step, the last and the one before: Newton's polynomial through them is
 * m + s slope + s² curvature.  After alpha 0 the past is infinitely far away and counts nothing. */
static void
weigh (const DifSampling *s, const State *state, guint i, guint order, const DifDpmStep *step,
       double *weight)
{
  const double now = dif_dpm_lambda (&s->steps[i]);
  const double last = order > 1 ? dif_dpm_lambda (&s->steps[i - 1]) : now;
  const double before = order > 2 ? dif_dpm_lambda (&s->steps[i - 2]) : last;
  const double slope =
      order < 2 ? 0.0 :
                  dif_dpm_slope_factor (step, order > 2 || state->kind->heun || s->solver->heun);
  const double curvature = order < 3 ? 0.0 : (0.5 - slope / step->k) * (state->kind->exact ? 2 : 1);
  const double bend =
      order < 3 ? 0.0 : (slope * (now - last) + curvature * step->h) / (now - before);
  const double of_last = order < 2 ? 0.0 : (slope + bend) * step->h / (now - last);
  const double of_before = order < 3 ? 0.0 : bend * step->h / (last - before);

  weight[0] = step->of_m + step->scale * of_last;
  weight[1] = -step->scale * (of_last + of_before);
  weight[2] = step->scale * of_before;
}

/* No more than is needed: pictures may be large. */
static void
remember (State *state, guint order, DifTensor *m)
{
  dif_tensor_unref (state->past[1]);
  state->past[1] = NULL;
  if (order > 2)
    state->past[1] = g_steal_pointer (&state->past[0]);
  dif_tensor_unref (state->past[0]);
  state->past[0] = m;
}

static DifTensor *
advance (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
         gpointer data)
{
  State           *state = data;
  const DifStep   *from = &s->steps[i];
  const gboolean   from_noise = state->form == DIF_DPM_NOISE && from->alpha == 0.0;
  const DifDpmForm form = from_noise ? DIF_DPM_DATA : state->form;
  const DifDpmStep step = dif_dpm_step (form, from, &s->steps[i + 1]);
  const guint      order = step.h == 0.0 ? 1 : order_at (s, state->kind, i); /* it has no slope */
  DifTensor       *m = dif_dpm_prediction (state->form, context, x, from, p);
  double           weight[3];

  weigh (s, state, i, order, &step, weight);
  x = dif_sum_over (context, x, order + 1,
                    (DifTerm[]) { { step.of_x, x },
                                  { weight[0], from_noise ? p->x0 : m },
                                  { weight[1], state->past[0] },
                                  { weight[2], state->past[1] } });
  if (step.of_noise > 0.0)
    x = dif_sampling_draw (s, context, x, 1, (DifTerm[]) { { 1.0, x } }, step.of_noise);
  remember (state, own_order (s, state->kind), m);
  return x;
}

DifTensor *
dif_dpm_run (const DifSampling *sampling, DifContext *context, DifTensor *x, const DifDpmKind *kind)
{
  State      state = { kind, kind->form, { NULL, NULL } };
  DifTensor *end;

  if (kind->form == DIF_DPM_DATA && sampling->solver->eps_form)
    state.form = DIF_DPM_NOISE;
  end = dif_sampling_walk (sampling, context, x, advance, &state);
  dif_tensor_unref (state.past[0]);
  dif_tensor_unref (state.past[1]);
  return end;
}
