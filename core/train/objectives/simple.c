/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/objective.h"

#include <glib/gi18n-lib.h>

static DifStep
step (const DifObjectiveArgs *args, double u)
{
  return dif_process_draw (args->process, u);
}

static void
target (const DifObjectiveArgs *args, const DifExample *example, double *out)
{
  const double alpha = example->step.alpha;
  const double sigma = example->step.sigma;

  for (gsize i = 0; i < example->n; i++)
    {
      const double x0 = example->x0[i];
      const double eps = example->noise[i];

      switch (args->prediction)
        {
        case DIF_PREDICTION_EPSILON:
          out[i] = eps;
          break;
        case DIF_PREDICTION_SAMPLE:
          out[i] = x0;
          break;
        case DIF_PREDICTION_V:
          out[i] = alpha * eps - sigma * x0;
          break;
        case DIF_PREDICTION_SCORE:
          out[i] = -eps / sigma;
          break;
        case DIF_PREDICTION_FLOW:
          out[i] = eps - x0;
          break;
        }
    }
}

static double
loss (const DifObjectiveArgs *args G_GNUC_UNUSED, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  return dif_objective_squares (1.0 / (double) example->n, example->n, wanted, output);
}

const DifObjective dif_objective_simple = {
  .id = "simple",
  .label = N_ ("L_simple: mean squared error of what is predicted"),
  .citation = "Ho et al. 2020, eq. 14; v: Salimans & Ho 2022, appendix D",
  .step = step,
  .target = target,
  .loss = loss,
};
