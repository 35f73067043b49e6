/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/reference.h"
#include "core/diffusion/sampler.h"

static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep        *from = &s->steps[i];
  g_autoptr (DifTensor) eps = NULL;

  if (! s->reference->clipped_eps)
    return dif_sampling_settle (s, context, i, x, p->x0, p->eps);
  eps = dif_sum (context, 2,
                 (DifTerm[]) { { 1.0 / from->sigma, x }, { -from->alpha / from->sigma, p->x0 } });
  return dif_sampling_settle (s, context, i, x, p->x0, eps);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_ddim = {
  .id = "ddim",
  .label = "DDIM",
  .citation = "Song et al. 2021 (DDIM), eq. 12",
  .order = 1,
  .evals = 1,
  .whole_steps = TRUE,
  .pure_noise = TRUE,
  .final_alpha = TRUE,
  .run = run,
};
