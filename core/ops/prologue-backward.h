/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/prologue.h"

G_BEGIN_DECLS

/**
 * dif_prologue_backward:
 * @context: the context
 * @dy: (transfer full) (nullable): gradient with respect to what dif_prologue_apply() gave; the
 *   result goes there if nobody else holds it
 * @x: (nullable): what it was given
 * @prologue: what was done, with %DIF_ACTIVATION_SILU or %DIF_ACTIVATION_NONE
 *
 * With u = x scale + shift and the logistic function l:  dx = dy act' (u) scale, where SiLU has
 * act' (u) = l (u) (1 + u (1 - l (u))).
 *
 * Shapes: dy, x and out [N, …, C]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: the chain rule; Elfwing et al. 2018, eq. 12, for SiLU
 *
 * Returns: (transfer full) (nullable): gradient with respect to @x
 */
DifTensor *dif_prologue_backward (DifContext *context, DifTensor *dy, const DifTensor *x,
                                  const DifPrologue *prologue);

G_END_DECLS
