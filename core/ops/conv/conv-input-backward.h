/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/weight.h"

G_BEGIN_DECLS

/**
 * dif_conv_input_backward:
 * @context: the context
 * @dy: (nullable): gradient with respect to the convolution's output
 * @weight: of dif_weight_new_conv_backward()
 * @shape: geometry of the convolution, without resizing
 * @h: H, rows of its input
 * @w: W, columns of its input
 *
 * Gradient with respect to the input of dif_conv(), for which the weights stay what they are.
 *
 * It is a convolution itself: of @dy with stride - 1 zeros between its pixels and kernel - 1 - pad
 * around them, by the turned kernel.  The zeros between are never stored and never multiplied.  At
 * stride 1 there are none, and dif_conv_forward() does it in the fastest way it knows.
 *
 * Shapes: dy [N, (H + pads - kernel) / stride + 1, …, c_out]; out [N, H, W, c_in]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Dumoulin & Visin 2016, section 4
 *
 * Returns: (transfer full) (nullable): the gradient
 */
DifTensor *dif_conv_input_backward (DifContext *context, const DifTensor *dy,
                                    const DifWeight *weight, const DifConvShape *shape, gsize h,
                                    gsize w);

G_END_DECLS
