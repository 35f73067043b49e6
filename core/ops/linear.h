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
 * y = x W + bias, and what else the epilogue says: an activation, a residual.
 *
 * Shapes: x […, C_in]; weight [C_in, C_out]; out […, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): y
 */
DifTensor *dif_linear (DifContext *context, const DifTensor *x, const DifWeight *weight,
                       const DifEpilogue *epilogue);

/**
 * dif_linear_gated:
 * @context: the context
 * @x: (nullable): rows
 * @weight: packed, the columns of the gate last
 * @bias: of both halves
 * @gate: %DIF_ACTIVATION_GELU for GEGLU, %DIF_ACTIVATION_SILU for SwiGLU
 *
 * y = (x W_h + b_h) gate (x W_g + b_g), where W = [W_h, W_g].
 *
 * Shapes: x […, C_in]; weight [C_in, 2 C_out]; bias [2 C_out]; out […, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Shazeer 2020, eq. 5; diffusers' GEGLU
 *
 * Returns: (transfer full) (nullable): y
 */
DifTensor *dif_linear_gated (DifContext *context, const DifTensor *x, const DifWeight *weight,
                             const DifTensor *bias, DifActivation gate);

G_END_DECLS
