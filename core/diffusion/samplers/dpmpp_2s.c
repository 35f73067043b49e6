/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"
#include "core/diffusion/reference.h"
#include "core/ops/elementwise.h"

/* Where the step of order 2 under way began, and what was predicted there. */
typedef struct
{
  DifDpmForm form;
  DifTensor *x;
  DifTensor *m;
} Start;

static void
start_clear (Start *start)
{
  g_clear_pointer (&start->x, dif_tensor_unref);
  g_clear_pointer (&start->m, dif_tensor_unref);
}

/* Every second one of the steps is the point between of a step of order 2 over both.  Of an even
 * number the last two have order 1, and so has a step to sigma 0. */
static gboolean
is_between (const DifSampling *s, guint i)
{
  const gboolean ends = i + 1 == s->n;

  if (i % 2 == 0 || s->solver->order == 1 || s->steps[i + 1].sigma == 0.0)
    return FALSE;
  return ! ends || (s->solver->full_order_end && ! s->solver->first_order_end);
}

/* From the start over this point: the slope is the difference of the two predictions. */
static DifTensor *
second_order (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifTensor *m,
              const Start *start)
{
  const DifStep   *from = &s->steps[i - 1];
  const DifDpmStep step = dif_dpm_step (start->form, from, &s->steps[i + 1]);
  const double     there = (dif_dpm_lambda (&s->steps[i]) - dif_dpm_lambda (from)) / step.h;
  const double     slope = step.scale * dif_dpm_slope_factor (&step, s->solver->heun) / there;

  return dif_sum_over (
      context, x, 3,
      (DifTerm[]) { { step.of_x, start->x }, { step.of_m - slope, start->m }, { slope, m } });
}

static DifTensor *
first_order (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifTensor *m,
             DifDpmForm form)
{
  const DifDpmStep step = dif_dpm_step (form, &s->steps[i], &s->steps[i + 1]);

  return dif_sum_over (context, x, 2, (DifTerm[]) { { step.of_x, x }, { step.of_m, m } });
}

static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer data)
{
  Start                *start = data;
  g_autoptr (DifTensor) m = NULL;

  /* nothing of order 2 starts from alpha 0, infinitely far away */
  if (is_between (s, i) && start->x)
    {
      m = dif_dpm_prediction (start->form, context, x, &s->steps[i], p);
      x = second_order (s, context, i, x, m, start);
      start_clear (start);
      return x;
    }
  start_clear (start);
  if (i + 1 < s->n && is_between (s, i + 1) && s->steps[i].alpha > 0.0)
    {
      start->x = dif_tensor_ref (x);
      start->m = dif_dpm_prediction (start->form, context, x, &s->steps[i], p);
    }
  return first_order (s, context, i, x, p->x0, DIF_DPM_DATA);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  Start      start = { sampling->solver->eps_form ? DIF_DPM_NOISE : DIF_DPM_DATA, NULL, NULL };
  DifTensor *end = dif_sampling_walk (sampling, context, x, step, &start);

  start_clear (&start);
  return end;
}

const DifSampler dif_sampler_dpmpp_2s = {
  .id = "dpmpp-2s",
  .label = "DPM-Solver++ 2S",
  .citation = "Lu et al. 2022 (DPM-Solver++), algorithm 1",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
