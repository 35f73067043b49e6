/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pseudo-numerical methods: the slopes of ordinary methods are averaged, and one DDIM step is made
 * with their mean (Liu et al. 2022, section 3.2). */

#include "core/diffusion/flow.h"

G_BEGIN_DECLS

/**
 * dif_pseudo_slope:
 * @sampling: the run
 * @context: the context
 * @step: the level
 * @p: what was seen there
 *
 * What is averaged: the noise, or alpha eps - sigma x0 at alpha² + sigma² = 1.  The latter is
 * defined at alpha 0 too and therefore taken by runs that begin there.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the slope
 */
DifTensor *dif_pseudo_slope (const DifSampling *sampling, DifContext *context, const DifStep *step,
                             const DifPrediction *p);

/**
 * dif_pseudo_move:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full) (nullable): pictures at @from
 * @from: a level
 * @to: another
 * @slope: (nullable): the mean slope between them
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Liu et al. 2022 (PNDM), eq. 11
 *
 * Returns: (transfer full) (nullable): x at @to
 */
DifTensor *dif_pseudo_move (const DifSampling *sampling, DifContext *context, DifTensor *x,
                            const DifStep *from, const DifStep *to, const DifTensor *slope);

/**
 * dif_pseudo_multistep:
 * @sampling: the run
 * @context: the context
 * @x: (transfer full) (nullable): pictures at steps[first]
 * @first: where to begin
 * @history: slopes at the steps before
 *
 * The rest of a run by the linear multistep rule of as many slopes as there are, four at most.
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Liu et al. 2022 (PNDM), eq. 12
 *
 * Returns: (transfer full) (nullable): x at steps[n]
 */
DifTensor *dif_pseudo_multistep (const DifSampling *sampling, DifContext *context, DifTensor *x,
                                 guint first, DifHistory *history);

G_END_DECLS
