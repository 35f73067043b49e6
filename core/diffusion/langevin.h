/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/sampler.h"

G_BEGIN_DECLS

/**
 * DifLangevinLevel:
 * @step: the noise level
 * @size: of its Langevin steps, in units of (sigma / alpha)²
 * @temperature: of the noise in them; 1 samples, 0 climbs
 *
 * Where and how a Langevin sampler stays for a while.
 */
typedef struct
{
  const DifStep *step;
  double         size;
  double         temperature;
} DifLangevinLevel;

/**
 * DifLangevinFunc:
 * @sampling: the run
 * @i: stay 0 … n - 1
 *
 * Returns: the level of this stay
 */
typedef DifLangevinLevel (*DifLangevinFunc) (const DifSampling *sampling, guint i);

/**
 * dif_langevin_run:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full): x at steps[0]
 * @level: tells the levels
 *
 * The loop of Langevin samplers: @inner_steps steps at each of n levels, and then at once from the
 * last one to steps[n].
 *
 * Returns: (transfer full) (nullable): x at steps[n]
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Song & Ermon 2019, algorithm 1; the last step is the denoising of Song & Ermon 2020
 */
DifTensor *dif_langevin_run (const DifSampling *sampling, DifContext *context, DifTensor *x,
                             DifLangevinFunc level);

/**
 * dif_langevin_size:
 * @sampling: the run
 * @i: a level of the plan
 *
 * Returns: the size asked for, or as large as it takes to come from the last level's width to this
 * one's
 *
 * Thread: any
 */
double dif_langevin_size (const DifSampling *sampling, guint i);

G_END_DECLS
