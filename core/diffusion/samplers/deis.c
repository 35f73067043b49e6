/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

/* The polynomial in log rho = -lambda through the last predictions of the noise, integrated over
 * rho = sigma / alpha: what DPM-Solver does, with every integral exact. */
static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_dpm_run (
      sampling, context, x,
      &(const DifDpmKind) { .form = DIF_DPM_NOISE, .order = 2, .heun = TRUE, .exact = TRUE });
}

const DifSampler dif_sampler_deis = {
  .id = "deis",
  .label = "DEIS",
  .citation = "Zhang & Chen 2023 (DEIS), eq. 15, tAB in log rho",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
