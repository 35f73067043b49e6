/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/lab/points.h"

static double
loss (const DifObjectiveArgs *args, const DifExample *example, const double *wanted,
      const DifOutput *output)
{
  return dif_objective_squares (args->mean ? 1.0 / (double) example->n : 0.5, example->n, wanted,
                                output);
}

static const DifObjective known_score = { .id = "explicit", .loss = loss };

const DifPointObjective dif_point_objective_explicit = {
  .id = "explicit",
  .label = N_ ("Explicit score matching, where the score is known"),
  .citation = "Hyvärinen 2005, eq. 2",
  .objective = &known_score,
};
