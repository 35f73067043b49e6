/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

G_BEGIN_DECLS

/**
 * dif_prologue_apply:
 * @context: the context
 * @x: (nullable): inputs
 * @prologue: what is done
 *
 * Does it to all inputs, for ops that do not do it as they read.
 *
 * Shapes: x [N, …, C], out likewise
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the result
 */
DifTensor *dif_prologue_apply (DifContext *context, const DifTensor *x,
                               const DifPrologue *prologue);

G_END_DECLS
