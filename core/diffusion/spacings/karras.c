/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

#define RHO 7.0

/* Denser the lower the noise. */
static void
fill_ratios (guint n, double high, double low, double *ratios)
{
  const double top = pow (high, 1.0 / RHO);
  const double bottom = pow (low, 1.0 / RHO);

  for (guint i = 0; i < n; i++)
    ratios[i] = n == 1 ? high : pow (top + (bottom - top) * i / (n - 1), RHO);
}

const DifSpacing dif_spacing_karras = {
  .id = "karras",
  .label = "Karras",
  .citation = "Karras et al. 2022, eq. 5",
  .fill_ratios = fill_ratios,
};
