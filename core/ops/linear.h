/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * dif_linear:
 * @context: the context
 * @x: (nullable): rows
 * @weight: packed by dif_linear_pack()
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
DifTensor *dif_linear (DifContext *context, const DifTensor *x, const DifTensor *weight,
                       const DifEpilogue *epilogue);

/**
 * dif_linear_pack:
 * @src: [c_out, c_in] as files hold it
 * @c_out: outputs
 * @c_in: inputs
 * @dst: (out caller-allocates): [c_in, c_out]
 *
 * Thread: any
 */
void dif_linear_pack (const float *src, gsize c_out, gsize c_in, float *dst);

G_END_DECLS
