/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/train/objective.h"

static DifStep
step (const DifObjectiveArgs *args, double u G_GNUC_UNUSED)
{
  return (DifStep) { args->sigma_min, 1.0, args->sigma_min };
}

/* Squares of the score, -eps / sigma of x / alpha, whatever it is told by. */
static double
weight (const DifObjectiveArgs *args, const DifStep *at)
{
  return pow (dif_objective_slope (args->prediction, at) * at->alpha / at->sigma, 2.0);
}

static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  return dif_objective_squares (args->mean ? 1.0 / (double) example->n : 0.5, example->n, wanted,
                                output);
}

const DifObjective dif_objective_dsm = {
  .id = "dsm",
  .label = N_ ("Denoising score matching at one noise level"),
  .citation = "Vincent 2011, eq. 11",
  .process = "ve",
  .one_level = TRUE,
  .step = step,
  .target = dif_objective_target,
  .weight = weight,
  .loss = loss,
};
