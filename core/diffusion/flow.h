/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What samplers that follow the probability flow share.  In z = x / alpha with s = sigma / alpha it
 * is dz/ds = (z - x0) / s (Karras et al. 2022, eq. 1 with their s(t) = 1). */

#include "core/diffusion/sampler.h"

G_BEGIN_DECLS

/**
 * dif_flow_ratio:
 * @step: a noise level
 *
 * Returns: sigma / alpha; infinite where alpha is 0
 *
 * Thread: any
 */
double dif_flow_ratio (const DifStep *step);

/**
 * dif_flow_euler:
 * @context: the context
 * @x: (transfer full) (nullable): pictures at @from
 * @from: a noise level, alpha may be 0
 * @to: another, sigma may be 0
 * @x0: (nullable): the clean picture seen at @from
 *
 * One Euler step.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): x at @to
 */
DifTensor *dif_flow_euler (DifContext *context, DifTensor *x, const DifStep *from,
                           const DifStep *to, const DifTensor *x0);

/**
 * dif_flow_one_sided:
 * @from: a noise level
 * @to: the next
 *
 * Whether slopes exist at one end of a step only: there is none at alpha 0 and at sigma 0, where
 * second-order rules fall back to their first order.
 *
 * Returns: whether
 *
 * Thread: any
 */
gboolean dif_flow_one_sided (const DifStep *from, const DifStep *to);

/**
 * dif_flow_churned:
 * @sampling: the run
 * @i: at steps[i]
 *
 * How far noise is to be put back.  None before a last step to the clean picture, where it would
 * stay.
 *
 * Returns: sigma / alpha to go up to: that of steps[i], or more
 *
 * Thread: any
 * Source: Karras et al. 2022, algorithm 2, lines 4 and 5
 */
double dif_flow_churned (const DifSampling *sampling, guint i);

/**
 * dif_flow_ancestral:
 * @high: sigma / alpha where a step begins
 * @low: where it is to end
 * @eta: how much of it is fresh noise: 0 none, 1 as much as the posterior has
 * @up: (out): the fresh noise's part, which is added in squares
 *
 * Returns: sigma / alpha to go down to, so that @up leads back to @low
 *
 * Thread: any
 * Source: Song et al. 2021 (score SDE), appendix F; Crowson's k-diffusion
 */
double dif_flow_ancestral (double high, double low, double eta, double *up);

/**
 * DifHistory:
 * @x: (array length=n): newest first
 * @n: how many
 *
 * What linear multistep rules remember.  All zero is an empty one.
 */
typedef struct
{
  DifTensor *x[3];
  guint      n;
} DifHistory;

/**
 * dif_history_push:
 * @history: forgets the oldest when it is full
 * @x: (transfer full) (nullable): the newest
 *
 * Thread: any
 */
void dif_history_push (DifHistory *history, DifTensor *x);

/**
 * dif_history_clear:
 * @history: emptied
 *
 * Thread: any
 */
void dif_history_clear (DifHistory *history);

/**
 * dif_history_sum:
 * @history: what is remembered
 * @context: the context
 * @newest: (nullable): what is not in it yet
 * @factors: (array): of @newest and then of what is remembered, newest first
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the weighted sum
 */
DifTensor *dif_history_sum (const DifHistory *history, DifContext *context, const DifTensor *newest,
                            const double *factors);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifHistory, dif_history_clear)

G_END_DECLS
