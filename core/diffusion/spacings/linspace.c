/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

/* Evenly from the last training step to the first.  Multiples of the rounded distance, as the
 * reference computes them: where they fall halfway between whole steps, rounding must agree. */
static void
fill (const DifSpacingArgs *args, double *t)
{
  const guint  points = args->n + (args->drop_last ? 1 : 0);
  const double last = args->span - 1.0;
  const double distance = points > 1 ? last / (points - 1) : 0.0;

  for (guint i = 0; i < args->n; i++)
    {
      guint from_end = points - 1 - i;

      t[i] = i == 0 && points > 1 ? last : from_end * distance;
      if (args->whole)
        t[i] = rint (t[i]);
    }
}

const DifSpacing dif_spacing_linspace = {
  .id = "linspace",
  .label = "linspace",
  .citation = "Nichol & Dhariwal 2021; Lin et al. 2024, table 2",
  .fill = fill,
};
