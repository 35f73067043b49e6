/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/cost.h"
#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * dif_conv_forward:
 * @context: the context, with or without a tape
 * @input: what is convolved
 * @weight: packed
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 * @algorithm: how; one that cannot do @shape is replaced by one that can
 *
 * dif_conv_by() that leaves no record, which the way back uses too.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv_forward (DifContext *context, const DifConvInput *input,
                             const DifWeight *weight, const DifConvShape *shape,
                             const DifEpilogue *epilogue, DifConvAlgorithm algorithm);

G_END_DECLS
