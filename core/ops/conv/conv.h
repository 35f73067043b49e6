/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/cost.h"
#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * dif_conv:
 * @context: the context
 * @input: what is convolved
 * @weight: packed
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 *
 * Cross-correlation, as the field calls convolution.
 *
 * Shapes: x and beside [N, H, W, C] with C_in channels together; weight [kernel² C_in, C_out];
 *   out [N, (H + pads - kernel) / stride + 1, …, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: torch.nn.Conv2d
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                     const DifConvShape *shape, const DifEpilogue *epilogue);

/**
 * dif_conv_by:
 * @context: the context
 * @input: what is convolved
 * @weight: packed
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 * @algorithm: how; one that cannot do @shape is replaced by one that can
 *
 * dif_conv() in a given way, to test and to measure.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv_by (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                        const DifConvShape *shape, const DifEpilogue *epilogue,
                        DifConvAlgorithm algorithm);

G_END_DECLS
