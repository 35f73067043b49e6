/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/sampler.h"

/* To the clean picture at once, and back up with fresh noise.  The paper's boundary condition mixes
 * x into the picture with weight 0.25 / (0.25 + (10 t)²); at the timesteps such networks know, 19
 * and up, that is less than the rounding of their output. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *to = &s->steps[i + 1];

  return dif_sampling_draw (s, context, x, 1, (DifTerm[]) { { to->alpha, p->x0 } }, to->sigma);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_lcm = {
  .id = "lcm",
  .label = N_ ("LCM (for distilled models)"),
  .citation = "Luo et al. 2023 (latent consistency models), algorithm 3",
  .order = 1,
  .evals = 1,
  .stochastic = TRUE,
  .whole_steps = TRUE,
  .pure_noise = TRUE,
  .spacing = "lcm",
  .distilled = TRUE,
  .run = run,
};
