/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

/* Down from the end by the exact ratio: always starts at the last training step. */
static void
fill (const DifSpacingArgs *args, double *t)
{
  double ratio = (double) args->span / args->n;

  for (guint i = 0; i < args->n; i++)
    t[i] = rint (args->span - i * ratio) - 1.0;
}

const DifSpacing dif_spacing_trailing = {
  .id = "trailing",
  .label = "trailing",
  .citation = "Lin et al. 2024, section 3.3",
  .fill = fill,
};
