/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/train/objective.h"

/* sigma_max first, as annealed Langevin dynamics walks them */
static DifStep
step (const DifObjectiveArgs *args, double u)
{
  const double last = args->n_levels - 1.0;
  const double i = fmin (floor (u * args->n_levels), last);
  const double sigma =
      args->sigma_max * pow (args->sigma_min / args->sigma_max, last > 0.0 ? i / last : 0.0);

  return (DifStep) { sigma, 1.0, sigma };
}

/* Squares of the score, -eps / sigma of x / alpha, whatever it is told by; lambda = sigma² makes
 * all levels' losses alike in size, which are then the noise's. */
static double
weight (const DifObjectiveArgs *args, const DifStep *at)
{
  const double slope = dif_objective_slope (args->prediction, at);
  const double ratio = args->weighting == DIF_WEIGHTING_NONE ? 1.0 : at->sigma / at->alpha;

  return slope * slope / (ratio * ratio);
}

static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  return dif_objective_squares (args->mean ? 1.0 / (double) example->n : 0.5, example->n, wanted,
                                output);
}

const DifObjective dif_objective_ncsn = {
  .id = "ncsn",
  .label = N_ ("NCSN: denoising score matching over a ladder of noise levels"),
  .citation = "Song & Ermon 2019, eq. 5 and 6",
  .process = "ve",
  .step = step,
  .target = dif_objective_target,
  .weight = weight,
  .loss = loss,
};
