/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/flow.h"

#include <math.h>

#include "core/ops/elementwise.h"

double
dif_flow_ratio (const DifStep *step)
{
  return step->alpha > 0.0 ? step->sigma / step->alpha : INFINITY;
}

DifTensor *
dif_flow_euler (DifContext *context, DifTensor *x, const DifStep *from, const DifStep *to,
                const DifTensor *x0)
{
  const double of_x = to->sigma / from->sigma;

  return dif_sum_over (context, x, 2,
                       (DifTerm[]) { { of_x, x }, { to->alpha - from->alpha * of_x, x0 } });
}

gboolean
dif_flow_one_sided (const DifStep *from, const DifStep *to)
{
  return from->alpha == 0.0 || to->sigma == 0.0;
}

double
dif_flow_churned (const DifSampling *sampling, guint i)
{
  const DifChurn *churn = &sampling->churn;
  const double    ratio = dif_flow_ratio (&sampling->steps[i]);

  if (dif_flow_one_sided (&sampling->steps[i], &sampling->steps[i + 1]) || ratio < churn->min ||
      (churn->max > 0.0 && ratio > churn->max))
    return ratio;
  return ratio * (1.0 + MIN (churn->amount / sampling->n, G_SQRT2 - 1.0));
}

double
dif_flow_ancestral (double high, double low, double eta, double *up)
{
  double down = low * low / high; /* 0 where alpha is */

  if (eta != 1.0)
    {
      const double part = low / high;
      const double fresh = eta * low * sqrt (MAX (1.0 - part * part, 0.0));

      down = sqrt (MAX (low * low - fresh * fresh, 0.0));
    }
  *up = sqrt (MAX (low * low - down * down, 0.0));
  return down;
}

void
dif_history_push (DifHistory *history, DifTensor *x)
{
  const guint room = G_N_ELEMENTS (history->x);

  if (history->n == room)
    dif_tensor_unref (history->x[room - 1]);
  else
    history->n++;
  for (guint i = history->n - 1; i > 0; i--)
    history->x[i] = history->x[i - 1];
  history->x[0] = x;
}

void
dif_history_clear (DifHistory *history)
{
  for (guint i = 0; i < history->n; i++)
    dif_tensor_unref (history->x[i]);
  *history = (DifHistory) { { NULL } };
}

DifTensor *
dif_history_sum (const DifHistory *history, DifContext *context, const DifTensor *newest,
                 const double *factors)
{
  DifTerm terms[1 + G_N_ELEMENTS (history->x)] = { { factors[0], newest } };

  for (guint i = 0; i < history->n; i++)
    terms[1 + i] = (DifTerm) { factors[1 + i], history->x[i] };
  return dif_sum (context, 1 + history->n, terms);
}
