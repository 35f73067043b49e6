/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

/* Evenly among the timesteps that the network was taught, from the last on; among more where those
 * are not enough. */
static void
fill (const DifSpacingArgs *args, double *t)
{
  const guint stride = CLAMP (args->stride, 1, MAX (args->span / args->n, 1));
  const guint taught = args->span / stride;

  for (guint i = 0; i < args->n; i++)
    t[i] = (double) stride * (taught - (guint64) i * taught / args->n) - 1.0;
}

const DifSpacing dif_spacing_lcm = {
  .id = "lcm",
  .label = "LCM",
  .citation = "Luo et al. 2023 (latent consistency models), section 4.3",
  .fill = fill,
};
