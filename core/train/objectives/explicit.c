/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/train/objective.h"

static void
target (const DifObjectiveArgs *args G_GNUC_UNUSED, const DifExample *example, double *out)
{
  memcpy (out, example->score, example->n * sizeof *out);
}

static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  return dif_objective_squares (args->mean ? 1.0 / (double) example->n : 0.5, example->n, wanted,
                                output);
}

const DifObjective dif_objective_explicit = {
  .id = "explicit",
  .label = N_ ("Explicit score matching, where the score is known"),
  .citation = "Hyvärinen 2005, eq. 2",
  .target = target,
  .loss = loss,
};
