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

static void
target (const DifObjectiveArgs *args G_GNUC_UNUSED, const DifExample *example, double *out)
{
  for (gsize i = 0; i < example->n; i++)
    out[i] = -example->noise[i] / example->step.sigma;
}

/* lambda = sigma² makes all levels' losses alike in size */
static double
weight (const DifObjectiveArgs *args, const DifStep *at)
{
  return args->weighting == DIF_WEIGHTING_NONE ? at->sigma * at->sigma : 1.0;
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
  .step = step,
  .target = target,
  .weight = weight,
  .loss = loss,
};
