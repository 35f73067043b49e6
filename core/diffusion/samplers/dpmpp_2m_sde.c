/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_dpm_run (sampling, context, x,
                      &(const DifDpmKind) { .form = DIF_DPM_SDE, .order = 2 });
}

const DifSampler dif_sampler_dpmpp_2m_sde = {
  .id = "dpmpp-2m-sde",
  .label = "DPM-Solver++ 2M SDE",
  .citation = "Lu et al. 2022 (DPM-Solver++), eq. 18",
  .order = 2,
  .evals = 1,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
