/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * dif_linear:
 * @context: the context
 * @x: (nullable): rows
 * @weight: packed
 * @epilogue: (nullable): bias and more
 *
 * y = x W + bias.
 *
 * Shapes: x […, C_in]; weight [C_in, C_out]; out […, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): y
 */
DifTensor *dif_linear (DifContext *context, const DifTensor *x, const DifWeight *weight,
                       const DifEpilogue *epilogue);

G_END_DECLS
