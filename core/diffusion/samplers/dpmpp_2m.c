/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/dpm.h"

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_dpm_run (sampling, context, x,
                      &(const DifDpmKind) { .form = DIF_DPM_DATA, .order = 2 });
}

const DifSampler dif_sampler_dpmpp_2m = {
  .id = "dpmpp-2m",
  .label = "DPM-Solver++ 2M",
  .citation = "Lu et al. 2022 (DPM-Solver++), algorithm 2",
  .order = 2,
  .evals = 1,
  .whole_steps = TRUE,
  .drop_last = TRUE,
  .run = run,
};
