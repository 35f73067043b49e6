/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/train/bound.h"

static DifStep
step (const DifObjectiveArgs *args, double u)
{
  return dif_process_draw (args->process, u);
}

/* The bound compares with the posterior, which is told by the clean picture. */
static void
target (const DifObjectiveArgs *args G_GNUC_UNUSED, const DifExample *example, double *out)
{
  memcpy (out, example->x0, example->n * sizeof *out);
}

/* Of T terms, one is drawn. */
static double
weight (const DifObjectiveArgs *args, const DifStep *at G_GNUC_UNUSED)
{
  return args->process->n_train_steps;
}

static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted G_GNUC_UNUSED,
      const DifOutput *output)
{
  return dif_bound_term (args, (guint) example->step.t, example, output);
}

const DifObjective dif_objective_vlb = {
  .id = "vlb",
  .label = N_ ("Variational bound, in bits per dimension"),
  .citation = "Ho et al. 2020, eq. 5; learned variance: Nichol & Dhariwal 2021, eq. 15",
  .learns_variance = TRUE,
  .needs_steps = TRUE,
  .step = step,
  .target = target,
  .weight = weight,
  .loss = loss,
};
