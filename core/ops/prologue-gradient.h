/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/prologue.h"

G_BEGIN_DECLS

/**
 * dif_prologue_gradient:
 * @context: the context
 * @dy: (transfer full) (nullable): gradient with respect to what dif_prologue_apply() gave; the
 *   result goes there if nobody else holds it
 * @x: what it was given
 * @prologue: what was done
 * @scale: (out) (transfer full) (nullable): gradient with respect to its scale
 * @shift: (out) (transfer full) (nullable): gradient with respect to its shift
 *
 * With u = x scale + shift and g = dy act' (u):  dx = g scale; d scale and d shift are the sums of
 * g x and of g over the pixels, nearly as exact as in double.
 *
 * Shapes: dy, x and out [N, …, C]; scale, shift [N, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): gradient with respect to @x
 */
DifTensor *dif_prologue_gradient (DifContext *context, DifTensor *dy, const DifTensor *x,
                                  const DifPrologue *prologue, DifTensor **scale,
                                  DifTensor **shift);

/**
 * dif_prologue_record:
 * @context: the context
 * @y: (nullable): what dif_prologue_apply() gave
 * @x: what it was given
 * @prologue: what was done
 *
 * Notes it on the context's tape.
 *
 * Thread: the context's
 */
void dif_prologue_record (DifContext *context, DifTensor *y, const DifTensor *x,
                          const DifPrologue *prologue);

G_END_DECLS
