/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"

G_BEGIN_DECLS

/**
 * dif_bridge_step:
 * @process: of a network
 * @step: a noise level of any process
 *
 * Where the ratio of noise to picture is the same, two processes' x differ by a factor only, and
 * what there is to be known of them is the same.
 *
 * Returns: the noise level of @process at which the ratio is that, or the nearest there is
 *
 * Thread: any
 * Source: Song et al. 2021 (score SDE), appendix C; Kingma et al. 2021, section 5.1
 */
DifStep dif_bridge_step (const DifProcess *process, const DifStep *step);

/**
 * dif_bridge_new:
 * @inner: (transfer full): a network of @from
 * @from: the process that it was trained on; outlives the evaluator
 * @to: another; outlives the evaluator
 *
 * The network as one that was trained on @to: of DDPM's, s = -eps / sqrt (1 - alpha_bar) where @to
 * is one of scores.  At levels of @to beyond those of @from it is asked at the nearest.
 *
 * Thread: any
 * Source: Song et al. 2021 (score SDE), section 3.4 and appendix C
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_bridge_new (DifEvaluator *inner, const DifProcess *from, const DifProcess *to);

G_END_DECLS
