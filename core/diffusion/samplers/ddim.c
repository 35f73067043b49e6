/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sampler.h"

#include <math.h>

#include "core/ops/elementwise.h"

static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = &s->steps[i + 1];
  /* inversion, which goes up, has no posterior */
  double fresh = s->eta > 0.0 ? s->eta * sqrt (dif_posterior_variance (from, to, NULL)) : 0.0;
  double kept = sqrt (MAX (to->sigma * to->sigma - fresh * fresh, 0.0));
  g_autoptr (DifTensor) eps = NULL;
  g_autoptr (DifTensor) noise = NULL;

  if (s->clipped_eps)
    eps = dif_sum (context, 2,
                   (DifTerm[]) { { 1.0 / from->sigma, x }, { -from->alpha / from->sigma, p->x0 } });
  else
    eps = dif_tensor_ref (p->eps);
  if (s->eta == 0.0)
    return dif_sum_over (context, x, 2, (DifTerm[]) { { to->alpha, p->x0 }, { kept, eps } });
  noise = dif_noise_next (s->noise, context, x);
  return dif_sum_over (context, x, 3,
                       (DifTerm[]) { { to->alpha, p->x0 }, { kept, eps }, { fresh, noise } });
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
