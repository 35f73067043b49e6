/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process.h"
#include "core/diffusion/sampler.h"

G_BEGIN_DECLS

/* sigma / alpha above which all is noise: who goes down at a constant ratio would only lose time
 * there, and who goes straight in it overshoots. */
#define DIF_TOP_RATIO 30.0

/**
 * DifPlan:
 * @steps: n + 1 noise levels, falling
 * @n: how many steps
 *
 * Schedule times spacing: where a run asks the network.
 */
typedef struct
{
  DifStep *steps;
  guint    n;
} DifPlan;

/**
 * dif_plan_new:
 * @process: the process
 * @sampler: whose rules for steps are followed
 * @spacing: which timesteps
 * @n: how many are wished, fewer if there are not so many different ones
 *
 * From pure noise to the clean picture.
 *
 * Returns: (transfer full): the plan
 *
 * Thread: any
 */
DifPlan *dif_plan_new (const DifProcess *process, const DifSampler *sampler,
                       const DifSpacing *spacing, guint n);

/**
 * dif_plan_new_from:
 * @process: the process
 * @sampler: whose rules for steps are followed
 * @spacing: which timesteps
 * @n: how many are wished
 * @noise_level: t in (0, 1]
 *
 * From a lower noise level on: all @n steps lie at or below t T, and the first exactly
 * there, whatever the spacing.
 *
 * Returns: (transfer full): the plan
 *
 * Thread: any
 * Source: Meng et al. 2022 (SDEdit), algorithm 1
 */
DifPlan *dif_plan_new_from (const DifProcess *process, const DifSampler *sampler,
                            const DifSpacing *spacing, guint n, double noise_level);

/**
 * dif_plan_new_at:
 * @process: the process
 * @sampler: whose rules for the end are followed
 * @t: (array length=n): timesteps as dif_process_step() has them, at least one; those that do not
 *   fall are left out
 * @n: how many
 *
 * An explicit list instead of a spacing.  What lies beyond the levels of the process counts as the
 * highest or the lowest of them.
 *
 * Returns: (transfer full): the plan
 *
 * Thread: any
 */
DifPlan *dif_plan_new_at (const DifProcess *process, const DifSampler *sampler, const double *t,
                          guint n);

/**
 * dif_plan_new_inverted:
 * @plan: a plan
 *
 * From the end of @plan up to its beginning: DDIM walks it from a clean picture to the noise that
 * it would come from.  The network is told the timestep of where a step leads, as the way down
 * tells it when it takes that step back.
 *
 * Returns: (transfer full): the plan
 *
 * Thread: any
 * Source: Song et al. 2021 (DDIM), section 4.3; Dhariwal & Nichol 2021, appendix F
 */
DifPlan *dif_plan_new_inverted (const DifPlan *plan);

/**
 * dif_timesteps_parse:
 * @text: (nullable): "999, 750.5, 20"
 * @n: (out): how many
 *
 * Units: those of dif_process_step(), so that numbers below 0 belong to some processes
 *
 * Returns: (transfer full) (array length=n) (nullable): falling timesteps, or %NULL if the text is
 *   no list of such
 *
 * Thread: any
 */
double *dif_timesteps_parse (const char *text, guint *n);

/**
 * dif_plan_free:
 * @plan: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_plan_free (DifPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPlan, dif_plan_free)

G_END_DECLS
