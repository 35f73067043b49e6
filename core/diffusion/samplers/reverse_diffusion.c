/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/sde.h"

static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  return dif_predictor_step (s, context, i, x, p, DIF_PREDICTOR_REVERSE_DIFFUSION);
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_reverse_diffusion = {
  .id = "reverse-diffusion",
  .label = N_ ("Reverse diffusion (200 steps or more)"),
  .citation = "Song et al. 2021 (score SDE), appendix E",
  .order = 1,
  .evals = 1,
  .least_evals = 200,
  .stochastic = TRUE,
  .run = run,
};
