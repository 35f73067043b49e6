/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

/* Evenly from the last training step to the first. */
static void
fill (const DifSpacingArgs *args, double *t)
{
  guint  points = args->n + (args->drop_last ? 1 : 0);
  double last = args->span - 1.0;

  for (guint i = 0; i < args->n; i++)
    {
      t[i] = points == 1 ? 0.0 : last * (points - 1 - i) / (points - 1);
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
