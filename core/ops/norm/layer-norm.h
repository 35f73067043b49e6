/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_layer_norm:
 * @context: the context
 * @x: (nullable): rows
 * @gamma: [C] scale
 * @beta: [C] shift
 * @eps: added to the variance
 *
 * Brings each row to mean 0 and variance 1 (divided by n), then scales and shifts each channel.
 *
 * Shapes: x, out […, C]
 * Units: eps in squared units of x
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Ba et al. 2016, eq. 3 and 4; torch.nn.LayerNorm
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_layer_norm (DifContext *context, const DifTensor *x, const DifTensor *gamma,
                           const DifTensor *beta, double eps);

G_END_DECLS
