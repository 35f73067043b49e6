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
 * The loop of Langevin samplers: dif_langevin_inner_steps() steps at each of n levels, and then at
 * once from the last one to steps[n].
 *
 * Returns: (transfer full) (nullable): x at steps[n]
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Song & Ermon 2019, algorithm 1; the last step is the denoising of Song & Ermon 2020
 *   (technique 5: Tweedie's formula)
 */
DifTensor *dif_langevin_run (const DifSampling *sampling, DifContext *context, DifTensor *x,
                             DifLangevinFunc level);

/**
 * dif_langevin_inner_steps:
 * @sampling: the run
 *
 * Returns: the steps at each level that are asked for, or as many as the evaluations allow, at
 *   least one
 *
 * Thread: any
 */
guint dif_langevin_inner_steps (const DifSampling *sampling);

/**
 * dif_langevin_size:
 * @sampling: the run
 * @i: a level of the plan
 *
 * Returns: the size asked for, or the one of dif_langevin_choose() for the ratio of the last level
 *   to this one
 *
 * Thread: any
 */
double dif_langevin_size (const DifSampling *sampling, guint i);

/**
 * dif_langevin_stay:
 * @r: epsilon / sigma_L², in the paper's units: a step is r sigma² score + sqrt (2 r) sigma noise
 * @inner_steps: T
 * @v: variance of x around the clean picture before, in units of sigma²
 *
 * What a stay at a level makes of the noise: q v + (1 - q) k, with q = (1 - r)^(2 T) and k = 1 /
 * (1 - r / 2), which is where it would end.  The network believes that it is 1.
 *
 * Returns: the variance after it
 *
 * Thread: any
 * Source: Song & Ermon 2020, proposition 3
 */
double dif_langevin_stay (double r, guint inner_steps, double v);

/**
 * dif_langevin_choose_once:
 * @ratio: gamma, of a level's sigma to the next one's
 * @inner_steps: T
 *
 * Technique 4: the r by which a stay that comes from the very variance of the level before ends
 * nearest to its own.
 *
 * Returns: r
 *
 * Thread: any
 * Source: Song & Ermon 2020, technique 4
 */
double dif_langevin_choose_once (double ratio, guint inner_steps);

/**
 * dif_langevin_seen:
 * @r: epsilon / sigma_L²
 * @inner_steps: T
 * @ratio: gamma
 *
 * Technique 4 begins each stay as if all went well in the last.  What is left over adds up instead:
 * down a ladder of one ratio the variance comes to the fixed point v of gamma² v ->
 * dif_langevin_stay(), and the network is asked with the most noise at the beginning of each stay.
 *
 * Returns: that most, gamma² v, in units of the sigma² which the network is told; infinite where
 *   steps this small do not keep up with the ladder
 *
 * Thread: any
 */
double dif_langevin_seen (double r, guint inner_steps, double ratio);

/**
 * dif_langevin_choose:
 * @ratio: gamma
 * @inner_steps: T
 *
 * The r for which dif_langevin_seen() is least: for T = 1 the root of 1 - 1 / gamma², and then the
 * network sees 1 / (1 - r).  Of as many evaluations in all, one at each of many levels does better
 * than several at each of fewer: a stay begins with gamma² too much, whatever it ends with.
 *
 * Returns: r, above 0 and below 1
 *
 * Thread: any
 */
double dif_langevin_choose (double ratio, guint inner_steps);

G_END_DECLS
