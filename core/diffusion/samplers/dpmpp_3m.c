/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_dpm_run (sampling, context, x,
                      &(const DifDpmKind) { .form = DIF_DPM_DATA, .order = 3 });
}

const DifSampler dif_sampler_dpmpp_3m = {
  .id = "dpmpp-3m",
  .label = "DPM-Solver++ 3M",
  .citation = "Lu et al. 2022 (DPM-Solver++), appendix D, and their code",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
