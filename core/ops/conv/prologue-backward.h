/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

G_BEGIN_DECLS

/**
 * DifPrologueGradient:
 * @x: (nullable): with respect to the inputs
 * @beside: (nullable): to further channels of them
 * @scale: (nullable): to the prologue's scale
 * @shift: (nullable): to its shift
 *
 * Gradients of a loss.
 */
typedef struct
{
  DifTensor *x;
  DifTensor *beside;
  DifTensor *scale;
  DifTensor *shift;
} DifPrologueGradient;

/**
 * dif_prologue_gradient_clear:
 * @gradient: emptied
 *
 * Thread: any
 */
void dif_prologue_gradient_clear (DifPrologueGradient *gradient);

/**
 * dif_prologue_backward:
 * @context: the context
 * @dy: (transfer full) (nullable): gradient with respect to what the prologue makes of all
 * channels; that of @x goes there if nobody else holds it and there is nothing beside
 * @x: what it was made from
 * @beside: (nullable): further channels of it
 * @prologue: what was done
 * @inputs: whether gradients with respect to @x and @beside are wanted
 * @gradient: (out caller-allocates): filled
 *
 * With u = x scale + shift and g = dy act' (u) the gradients are g scale and, summed over a
 * picture's pixels, g x and g.
 *
 * Shapes: dy [N, …, C]; x and beside [N, …] with C channels together
 * Errors: sticky in @context
 * Thread: the context's
 * Source: the chain rule; dif_activation_slope()
 *
 * Returns: whether @gradient is filled
 */
gboolean dif_prologue_backward (DifContext *context, DifTensor *dy, const DifTensor *x,
                                const DifTensor *beside, const DifPrologue *prologue,
                                gboolean inputs, DifPrologueGradient *gradient);

/**
 * dif_prologue_record:
 * @context: the context, with or without a tape
 * @y: (nullable): what dif_prologue_apply() gave
 * @x: what it was given
 * @prologue: what was done
 *
 * Notes on the tape what was done.
 *
 * Thread: the context's
 */
void dif_prologue_record (DifContext *context, DifTensor *y, const DifTensor *x,
                          const DifPrologue *prologue);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifPrologueGradient, dif_prologue_gradient_clear)

G_END_DECLS
