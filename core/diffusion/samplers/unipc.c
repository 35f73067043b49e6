/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

#include <math.h>
#include <string.h>

#include "core/diffusion/reference.h"
#include "core/ops/elementwise.h"

#define MAX_ORDER 3

/* Predictions, the newest first: that of the last step and of the two before.  They are never made
 * anew at the corrected x. */
typedef struct
{
  DifDpmForm form;
  DifTensor *past[MAX_ORDER];
  DifTensor *last_x; /* corrected, where the last step began */
  guint      order;  /* of the last step */
} State;

/* The weights of the differences m_j - m_0, divided by where they lie (node[j], in units of the
 * step): they make the integral exact for polynomials.  Row k says so of s^(k + 1):
 * sum_j node_j^k weight_j = b_k / B. */
static void
solve (const DifDpmStep *step, gboolean bh1, const double *node, guint n, double *weight)
{
  const double z = -step->k;
  const double size = bh1 ? z : expm1 (z);
  double       a[MAX_ORDER][MAX_ORDER];
  double       phi = expm1 (z) / z - 1.0;
  double       factorial = 1.0;

  for (guint k = 0; k < n; k++)
    {
      for (guint j = 0; j < n; j++)
        a[k][j] = pow (node[j], k);
      weight[k] = phi * factorial / size;
      factorial *= k + 2;
      phi = phi / z - 1.0 / factorial;
    }
  for (guint k = 0; k < n; k++)
    for (guint row = k + 1; row < n; row++)
      {
        const double factor = a[row][k] / a[k][k];

        for (guint j = k; j < n; j++)
          a[row][j] -= factor * a[k][j];
        weight[row] -= factor * weight[k];
      }
  for (guint k = n; k-- > 0;)
    {
      for (guint j = k + 1; j < n; j++)
        weight[k] -= a[k][j] * weight[j];
      weight[k] /= a[k][k];
    }
}

/* From the level @step begins at, whose prediction is m[0].  The others, at the nodes, tell its
 * slope and curvature; a single one counts half, for any B (the paper's choice). */
static DifTensor *
move (const DifSampling *s, DifContext *context, DifTensor *over, const DifDpmStep *step,
      const DifTensor *x, const DifTensor *const *m, const double *node, guint n)
{
  DifTerm terms[MAX_ORDER + 2] = { { step->of_x, x }, { step->of_m, m[0] } };
  double  weight[MAX_ORDER] = { 0.5 };
  double  size = n > 0 ? -step->scale * (s->solver->bh1 ? -step->k : expm1 (-step->k)) : 0.0;

  if (n > 1)
    solve (step, s->solver->bh1, node, n, weight);
  for (guint j = 0; j < n; j++)
    {
      const double factor = size * weight[j] / node[j];

      terms[1].factor -= factor;
      terms[j + 2] = (DifTerm) { factor, m[j + 1] };
    }
  over = dif_sum_over (context, over, MIN (n + 2, 4), terms);
  if (n + 2 > 4)
    over = dif_sum_over (context, over, 2, (DifTerm[]) { { 1.0, over }, terms[4] });
  return over;
}

/* Where earlier predictions lie, seen from steps[i] in steps of length h. */
static void
past_nodes (const DifSampling *s, guint i, double h, double *node, guint n)
{
  for (guint j = 0; j < n; j++)
    node[j] = (dif_dpm_lambda (&s->steps[i - j - 1]) - dif_dpm_lambda (&s->steps[i])) / h;
}

/* UniC: the last step once more, now that its end was predicted for.  A step from alpha 0, of
 * infinite length, has no second order. */
static DifTensor *
correct (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifTensor *m,
         const State *state)
{
  const DifTensor *all[MAX_ORDER + 1] = { state->past[0], state->past[1], state->past[2] };
  double           node[MAX_ORDER];
  DifDpmStep       step;

  if (i == 0 || s->steps[i - 1].alpha == 0.0)
    return x;
  step = dif_dpm_step (state->form, &s->steps[i - 1], &s->steps[i]);
  past_nodes (s, i - 1, step.h, node, state->order - 1);
  node[state->order - 1] = 1.0;
  all[state->order] = m;
  return move (s, context, x, &step, state->last_x, all, node, state->order);
}

static guint
own_order (const DifSampling *s)
{
  return s->solver->order ? MIN (s->solver->order, MAX_ORDER) : 2;
}

/* The past begins after alpha 0, which is infinitely far away. */
static guint
order_at (const DifSampling *s, guint i)
{
  const guint left = s->n - i;
  const guint known = MAX (i + (s->steps[0].alpha > 0.0 ? 1 : 0), 1);
  const guint order = MIN (own_order (s), known);

  if (s->steps[i + 1].sigma == 0.0 || (left == 1 && s->solver->first_order_end))
    return 1;
  return s->solver->full_order_end ? order : MIN (order, left);
}

/* UniP */
static DifTensor *
predict (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
         const State *state)
{
  const DifStep   *from = &s->steps[i];
  const gboolean   from_noise = from->alpha == 0.0;
  const DifDpmStep step =
      dif_dpm_step (from_noise ? DIF_DPM_DATA : state->form, from, &s->steps[i + 1]);
  const DifTensor *all[] = { from_noise ? p->x0 : state->past[0], state->past[1], state->past[2] };
  double           node[MAX_ORDER];

  past_nodes (s, i, step.h, node, state->order - 1);
  return move (s, context, x, &step, x, all, node, state->order - 1);
}

static void
remember (State *state, guint n, DifTensor *m)
{
  dif_tensor_unref (state->past[n - 1]);
  memmove (state->past + 1, state->past, (n - 1) * sizeof (*state->past));
  state->past[0] = m;
}

static DifTensor *
advance (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
         gpointer data)
{
  State     *state = data;
  DifTensor *m = dif_dpm_prediction (state->form, context, x, &s->steps[i], p);

  x = correct (s, context, i, x, m, state);
  remember (state, own_order (s), m);
  g_clear_pointer (&state->last_x, dif_tensor_unref);
  state->order = order_at (s, i);
  if (i + 1 < s->n && x)
    state->last_x = dif_tensor_ref (x);
  return predict (s, context, i, x, p, state);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  State      state = { .form = sampling->solver->eps_form ? DIF_DPM_NOISE : DIF_DPM_DATA };
  DifTensor *end = dif_sampling_walk (sampling, context, x, advance, &state);

  for (guint k = 0; k < MAX_ORDER; k++)
    dif_tensor_unref (state.past[k]);
  dif_tensor_unref (state.last_x);
  return end;
}

const DifSampler dif_sampler_unipc = {
  .id = "unipc",
  .label = "UniPC",
  .citation = "Zhao et al. 2023 (UniPC), algorithms 5 to 8",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
