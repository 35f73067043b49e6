/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sde.h"

#include <math.h>

/* The picture fades as in the variance-preserving process, the noise is less. */
static DifStep
level (const DifSdeArgs *args, double t)
{
  double integral;

  dif_sde_beta (args, t, &integral);
  return (DifStep) { t, exp (-0.5 * integral), -expm1 (-integral) };
}

static DifSdeTerms
rates (const DifSdeArgs *args, double t)
{
  double       integral;
  const double beta = dif_sde_beta (args, t, &integral);

  return (DifSdeTerms) { -0.5 * beta, sqrt (-beta * expm1 (-2.0 * integral)) };
}

/* There is no chain of which it is the limit, so its steps are Euler-Maruyama's. */
static DifSdeTerms
step (const DifSdeArgs *args, double t)
{
  const DifSdeTerms terms = rates (args, t);

  return (DifSdeTerms) { terms.drift / args->n, terms.deviation / sqrt (args->n) };
}

const DifSde dif_sde_sub_vp = {
  .id = "sub-vp",
  .citation = "Song et al. 2021 (score SDE), eq. 12",
  .level = level,
  .rates = rates,
  .step = step,
};
