/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

/* At a constant ratio. */
static void
fill_ratios (guint n, double high, double low, double *ratios)
{
  for (guint i = 0; i < n; i++)
    ratios[i] = n == 1 ? high : high * pow (low / high, (double) i / (n - 1));
}

const DifSpacing dif_spacing_exponential = {
  .id = "exponential",
  .label = "exponential",
  .citation = "Song & Ermon 2019, section 4.2; Crowson, k-diffusion",
  .fill_ratios = fill_ratios,
  .truncates = TRUE,
};
