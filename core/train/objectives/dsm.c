/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/train/objective.h"

static DifStep
step (const DifObjectiveArgs *args, double u G_GNUC_UNUSED)
{
  return (DifStep) { args->sigma_min, 1.0, args->sigma_min };
}

/* grad log q (x_t | x_0) = -(x_t - x_0) / sigma² */
static void
target (const DifObjectiveArgs *args G_GNUC_UNUSED, const DifExample *example, double *out)
{
  for (gsize i = 0; i < example->n; i++)
    out[i] = -example->noise[i] / example->step.sigma;
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
  .step = step,
  .target = target,
  .loss = loss,
};
