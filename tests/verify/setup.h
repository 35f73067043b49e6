/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/plan.h"
#include "core/diffusion/reference.h"
#include "core/diffusion/sampler.h"
#include "tests/verify/case.h"

/* A scheduler of diffusers in the core's terms. */
typedef struct
{
  const DifSampler *sampler;
  DifSolver         solver;
  gboolean          sigma_frame; /* diffusers keeps x / alpha */
  gboolean          strides;     /* diffusers goes by floor (T / n) from where it is */
  gboolean          inverse;     /* up instead of down */
  guint             n;           /* steps that were asked for */
  DifProcess       *process;
  DifPlan          *plan;
} Setup;

/* Without a plan if @n is 0.  The case is of an unknown kind if the core lacks the
 * scheduler, or a switch of its configuration or of its step function. */
void setup_init (Setup *setup, Case *c, const char *scheduler, json_t *config, json_t *step_args,
                 guint n);

void setup_clear (Setup *setup);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setup, setup_clear)

/* The step of the plan that number @first of the reference's list is; its list for PLMS has the
 * second step twice. */
guint setup_first (const Setup *setup, guint first);

/* A run from step @from on, as the reference would make it; @reference is filled and kept. */
void setup_sampling (const Setup *setup, guint from, DifDenoiser *denoiser, DifNoise *noise,
                     DifReference *reference, DifSampling *out);

/* The steps (DifStep) at which the sampler asks the network, from step @from on. */
GArray *setup_asked (const Setup *setup, Case *c, guint from);

/* From step @from on: timesteps, and the ladder of sigma / alpha if it is recorded. */
void setup_compare_plan (const Setup *setup, Case *c, guint from);
