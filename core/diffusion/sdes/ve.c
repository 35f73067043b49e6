/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sde.h"

#include <math.h>

static double
sigma_at (const DifSdeArgs *args, double t)
{
  return args->sigma_min * pow (args->sigma_max / args->sigma_min, t);
}

static DifStep
level (const DifSdeArgs *args, double t)
{
  return (DifStep) { t, 1.0, sigma_at (args, t) };
}

static DifSdeTerms
rates (const DifSdeArgs *args, double t)
{
  return (DifSdeTerms) { 0.0, sigma_at (args, t) *
                                  sqrt (2.0 * log (args->sigma_max / args->sigma_min)) };
}

/* Variances at the ends of the step: of n levels at a constant ratio and, below them, none. */
static void
ends (const DifSdeArgs *args, double t, double *from, double *to)
{
  const guint  k = dif_sde_index (args, t);
  const double last = MAX (args->n - 1.0, 1.0);

  *from = pow (sigma_at (args, k / last), 2.0);
  *to = k > 0 ? pow (sigma_at (args, (k - 1.0) / last), 2.0) : 0.0;
}

static DifSdeTerms
step (const DifSdeArgs *args, double t)
{
  double from, to;

  ends (args, t, &from, &to);
  return (DifSdeTerms) { 0.0, sqrt (from - to) };
}

static DifMove
ancestral (const DifSdeArgs *args, double t)
{
  double from, to;

  ends (args, t, &from, &to);
  return (DifMove) { 1.0, from - to, sqrt (to * (from - to) / from) };
}

const DifSde dif_sde_ve = {
  .id = "ve",
  .citation = "Song et al. 2021 (score SDE), eq. 9 and 30",
  .level = level,
  .rates = rates,
  .step = step,
  .ancestral = ancestral,
};
