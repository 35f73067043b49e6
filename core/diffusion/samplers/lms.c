/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include "core/ops/elementwise.h"

#define MAX_POINTS 4

typedef struct
{
  DifHistory slopes;
  double     ratio[MAX_POINTS]; /* where they were seen, newest first */
} Past;

/* The polynomial that is 1 at point @k and 0 at the others. */
static double
lagrange (const double *points, guint n, guint k, double at)
{
  double value = 1.0;

  for (guint i = 0; i < n; i++)
    if (i != k)
      value *= (at - points[i]) / (points[k] - points[i]);
  return value;
}

/* Its integral; Gauss and Legendre's two points are exact up to the third degree. */
static double
integral (const double *points, guint n, guint k, double from, double to)
{
  const double middle = 0.5 * (from + to);
  const double half = 0.5 * (to - from);
  const double away = half / sqrt (3.0);

  return half * (lagrange (points, n, k, middle - away) + lagrange (points, n, k, middle + away));
}

/* dz/ds is integrated over the step through the polynomial of this slope and the last three. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state)
{
  Past                 *past = state;
  const DifStep        *from = &s->steps[i];
  const DifStep        *to = &s->steps[i + 1];
  const guint           n = 1 + past->slopes.n;
  double                factors[MAX_POINTS];
  g_autoptr (DifTensor) slope = NULL;
  g_autoptr (DifTensor) sum = NULL;
  DifTensor            *next;

  if (from->alpha == 0.0) /* infinitely far: of no use to later steps */
    return dif_flow_euler (context, x, from, to, p->x0);
  slope = dif_sum (context, 2,
                   (DifTerm[]) { { 1.0 / from->sigma, x }, { -from->alpha / from->sigma, p->x0 } });
  for (guint k = MAX_POINTS - 1; k > 0; k--)
    past->ratio[k] = past->ratio[k - 1];
  past->ratio[0] = dif_flow_ratio (from);
  for (guint k = 0; k < n; k++)
    factors[k] = integral (past->ratio, n, k, past->ratio[0], dif_flow_ratio (to));
  sum = dif_history_sum (&past->slopes, context, slope, factors);
  next = dif_sum_over (context, x, 2,
                       (DifTerm[]) { { to->alpha / from->alpha, x }, { to->alpha, sum } });
  dif_history_push (&past->slopes, g_steal_pointer (&slope));
  return next;
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  Past       past = { { { NULL } } };
  DifTensor *end = dif_sampling_walk (sampling, context, x, step, &past);

  dif_history_clear (&past.slopes);
  return end;
}

const DifSampler dif_sampler_lms = {
  .id = "lms",
  .label = "LMS",
  .citation = "Crowson, k-diffusion; Adams and Bashforth 1883, at uneven distances",
  .order = 4,
  .evals = 1,
  .run = run,
};
