/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"

G_BEGIN_DECLS

/**
 * DIF_UNIT_RANGE:
 *
 * How much larger [-1, 1], in which pictures are worked on, is than the [0, 1] of some networks;
 * and noise with it.
 */
#define DIF_UNIT_RANGE 2.0

/**
 * dif_unit_range_of:
 * @context: the context
 * @x: (nullable): in [-1, 1], noise aside
 *
 * Shapes: any
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the same in [0, 1]
 */
DifTensor *dif_unit_range_of (DifContext *context, const DifTensor *x);

/**
 * dif_unit_range_back:
 * @context: the context
 * @x: (nullable): in [0, 1], noise aside
 *
 * Shapes: any
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full): the same in [-1, 1]
 */
DifTensor *dif_unit_range_back (DifContext *context, const DifTensor *x);

/**
 * dif_unit_range_new:
 * @inner: (transfer full): a network that reads x in [0, 1] and says its score
 *
 * Thread: any
 *
 * Returns: (transfer full): one that reads x in [-1, 1] and says the score of that; it is still
 * told the noise in the other's units
 */
DifEvaluator *dif_unit_range_new (DifEvaluator *inner);

G_END_DECLS
