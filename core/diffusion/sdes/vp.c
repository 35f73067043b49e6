/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sde.h"

#include <math.h>

static DifStep
level (const DifSdeArgs *args, double t)
{
  double integral;

  dif_sde_beta (args, t, &integral);
  return (DifStep) { t, exp (-0.5 * integral), sqrt (-expm1 (-integral)) };
}

static DifSdeTerms
rates (const DifSdeArgs *args, double t)
{
  const double beta = dif_sde_beta (args, t, NULL);

  return (DifSdeTerms) { -0.5 * beta, sqrt (beta) };
}

/* beta_k of DDPM with n timesteps */
static double
step_beta (const DifSdeArgs *args, double t)
{
  const double last = MAX (args->n - 1.0, 1.0);

  return dif_sde_beta (args, dif_sde_index (args, t) / last, NULL) / args->n;
}

static DifSdeTerms
step (const DifSdeArgs *args, double t)
{
  const double beta = step_beta (args, t);

  return (DifSdeTerms) { sqrt (1.0 - beta) - 1.0, sqrt (beta) };
}

static DifMove
ancestral (const DifSdeArgs *args, double t)
{
  const double beta = step_beta (args, t);
  const double ratio = sqrt (1.0 - beta);

  return (DifMove) { 1.0 / ratio, beta / ratio, sqrt (beta) };
}

const DifSde dif_sde_vp = {
  .id = "vp",
  .citation = "Song et al. 2021 (score SDE), eq. 11 and 32",
  .level = level,
  .rates = rates,
  .step = step,
  .ancestral = ancestral,
};
