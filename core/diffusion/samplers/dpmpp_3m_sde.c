/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/dpm.h"

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_dpm_run (sampling, context, x,
                      &(const DifDpmKind) { .form = DIF_DPM_SDE,
                                            .order = 3,
                                            .heun = TRUE,
                                            .full_order_end = TRUE });
}

const DifSampler dif_sampler_dpmpp_3m_sde = {
  .id = "dpmpp-3m-sde",
  .label = N_ ("DPM-Solver++ 3M SDE (16 steps or more)"),
  .citation = "Crowson, k-diffusion; Lu et al. 2022 (DPM-Solver++), eq. 14",
  .order = 2,
  .evals = 1,
  .least_evals = 16,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
