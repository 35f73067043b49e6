/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/spacing.h"

#include <math.h>

#define SHAPE      0.6 /* of both ends */
#define MANY_TERMS 300
#define TINY       1e-300
#define HALVINGS   50

/* The continued fraction of the incomplete beta function, from its front. */
static double
continued_fraction (double x)
{
  double c = 1.0;
  double d = 1.0 / (1.0 - 2.0 * SHAPE * x / (SHAPE + 1.0));
  double f = d;

  for (guint m = 1; m < MANY_TERMS; m++)
    {
      const double even = m * (SHAPE - m) * x / ((SHAPE + 2.0 * m - 1.0) * (SHAPE + 2.0 * m));
      const double odd =
          -(SHAPE + m) * (2.0 * SHAPE + m) * x / ((SHAPE + 2.0 * m) * (SHAPE + 2.0 * m + 1.0));

      d = 1.0 / (1.0 + even * d);
      c = 1.0 + even / (fabs (c) < TINY ? TINY : c);
      f *= c * d;
      d = 1.0 / (1.0 + odd * d);
      c = 1.0 + odd / (fabs (c) < TINY ? TINY : c);
      f *= c * d;
      if (fabs (c * d - 1.0) < 1e-15)
        break;
    }
  return f;
}

/* Distribution function of Beta (SHAPE, SHAPE), which is symmetric. */
static double
distribution (double x)
{
  const double front =
      pow (x * (1.0 - x), SHAPE) / SHAPE * exp (lgamma (2.0 * SHAPE) - 2.0 * lgamma (SHAPE));

  return x <= 0.5 ? front * continued_fraction (x) : 1.0 - front * continued_fraction (1.0 - x);
}

static double
quantile (double p)
{
  double low = 0.0;
  double high = 1.0;

  if (p <= 0.0 || p >= 1.0)
    return p <= 0.0 ? 0.0 : 1.0;
  for (guint i = 0; i < HALVINGS; i++)
    {
      const double middle = low + (high - low) / 2.0;

      if (distribution (middle) < p)
        low = middle;
      else
        high = middle;
    }
  return low + (high - low) / 2.0;
}

/* Denser at both ends. */
static void
fill_ratios (guint n, double high, double low, double *ratios)
{
  for (guint i = 0; i < n; i++)
    ratios[i] = n == 1 ? high : low + (high - low) * quantile (1.0 - (double) i / (n - 1));
}

const DifSpacing dif_spacing_beta = {
  .id = "beta",
  .label = "beta",
  .citation = "Lee et al. 2024 (Beta Sampling), section 4",
  .fill_ratios = fill_ratios,
  .truncates = TRUE,
};
