/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/objective.h"

#include <glib/gi18n-lib.h>

static DifStep
step (const DifObjectiveArgs *args, double u)
{
  return dif_process_draw (args->process, u);
}

/* Scores are as large as 1 / sigma, and would be learned at the lowest levels only. */
static double
weight (const DifObjectiveArgs *args, const DifStep *at)
{
  const gboolean score = args->prediction == DIF_PREDICTION_SCORE;

  return score && args->weighting == DIF_WEIGHTING_NONE ? at->sigma * at->sigma : 1.0;
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
  .target = dif_objective_target,
  .weight = weight,
  .loss = loss,
};
