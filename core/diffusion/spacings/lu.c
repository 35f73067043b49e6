/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

/* The logarithm of the signal-to-noise ratio falls evenly: the levels of "exponential", whose whole
 * timesteps are cut off where these are rounded. */
static void
fill_ratios (guint n, double high, double low, double *ratios)
{
  for (guint i = 0; i < n; i++)
    ratios[i] = n == 1 ? high : high * pow (low / high, (double) i / (n - 1));
}

const DifSpacing dif_spacing_lu = {
  .id = "lu",
  .label = "uniform log-SNR",
  .citation = "Lu et al. 2022 (DPM-Solver), section 3.4",
  .fill_ratios = fill_ratios,
};
