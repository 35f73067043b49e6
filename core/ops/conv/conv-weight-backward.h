/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/cost.h"

G_BEGIN_DECLS

/**
 * dif_conv_weight_backward:
 * @context: the context
 * @input: what was convolved
 * @dy: (nullable): gradient with respect to the convolution's output, before its epilogue
 * @shape: geometry of the convolution
 *
 * Gradient with respect to the weights of dif_conv(): of each pair of an input and an output at
 * each tap, the sum of their products over all pixels.
 *
 * Shapes: x and beside [N, H, W, C] with c_in channels together; dy [N, (H + pads - kernel) /
 *   stride + 1, …, c_out]; out [c_out, c_in, kernel, kernel], as files have weights
 * Errors: sticky in @context
 * Thread: the context's
 * Source: LeCun et al. 1989, the chain rule for shared weights
 *
 * Returns: (transfer full) (nullable): the gradient
 */
DifTensor *dif_conv_weight_backward (DifContext *context, const DifConvInput *input,
                                     const DifTensor *dy, const DifConvShape *shape);

/**
 * dif_conv_weight_backward_by:
 * @context: the context
 * @input: what was convolved
 * @dy: (nullable): gradient with respect to the convolution's output, before its epilogue
 * @shape: geometry of the convolution
 * @algorithm: how; one that cannot do @shape is replaced by one that can
 *
 * dif_conv_weight_backward() in a given way, to test and to measure.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the gradient
 */
DifTensor *dif_conv_weight_backward_by (DifContext *context, const DifConvInput *input,
                                        const DifTensor *dy, const DifConvShape *shape,
                                        DifConvAlgorithm algorithm);

/**
 * dif_linear_weight_backward:
 * @context: the context
 * @x: (nullable): rows
 * @dy: (nullable): gradient with respect to x W
 *
 * Gradient with respect to the weights of dif_linear().
 *
 * Shapes: x […, C_in]; dy […, C_out]; out [C_out, C_in]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the gradient
 */
DifTensor *dif_linear_weight_backward (DifContext *context, DifTensor *x, DifTensor *dy);

G_END_DECLS
