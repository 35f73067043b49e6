/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

/* Whole multiples of a whole ratio from 0 on: the last training steps are left out. */
static void
fill (const DifSpacingArgs *args, double *t)
{
  guint ratio = MAX (args->span / (args->n + (args->drop_last ? 1 : 0)), 1);
  guint lowest = args->drop_last ? 1 : 0;

  for (guint i = 0; i < args->n; i++)
    t[i] = (double) ratio * (args->n - 1 - i + lowest) + args->offset;
}

const DifSpacing dif_spacing_leading = {
  .id = "leading",
  .label = "leading",
  .citation = "Ho et al. 2020; Lin et al. 2024, table 2",
  .fill = fill,
};
