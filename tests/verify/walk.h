/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "tests/verify/setup.h"

/* One run of a sampler. */
typedef struct
{
  const Setup  *setup;
  guint         from;      /* step of the plan it starts at */
  DifEvaluator *evaluator; /* freed by the run */
  DifTensor    *start;     /* as diffusers would have it */
  json_t       *args;      /* eta, use_clipped_model_output, s_churn, … */
  DifTensor    *known;     /* for inpainting, else NULL */
  DifTensor    *known_noise;
  DifTensor    *mask;
} Walk;

/* x0 noised to the first level, as diffusers would have it. */
DifTensor *walk_noised (const Walk *walk, Case *c, const DifTensor *x0, const DifTensor *noise);

/* Returns: where the sampler was each time but the first that it asked, and at the end, as
 * diffusers would have it, which counts each time as a step; empty after an error */
GPtrArray *walk_run (const Walk *walk, Case *c);
