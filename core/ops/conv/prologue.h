/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/activation.h"

G_BEGIN_DECLS

/**
 * DifPrologue:
 * @scale: [N, C]
 * @shift: [N, C]
 * @activation: of x scale + shift
 *
 * What is done to inputs while they are read: a normalization whose mean and variance are known,
 * and the activation after it.
 */
typedef struct
{
  DifTensor    *scale;
  DifTensor    *shift;
  DifActivation activation;
} DifPrologue;

/**
 * dif_prologue_clear:
 * @prologue: emptied
 *
 * Thread: any
 */
void dif_prologue_clear (DifPrologue *prologue);

/**
 * dif_prologue_pixels:
 * @prologue: what is done
 * @picture: whose scale and shift
 * @first: first channel
 * @n: how many channels
 * @x: from the first channel of the first pixel on
 * @x_step: from pixel to pixel
 * @n_pixels: how many
 * @y: (out caller-allocates): likewise; may be @x
 * @y_step: from pixel to pixel
 *
 * Does it to some channels of some pixels.
 *
 * Thread: any
 */
void dif_prologue_pixels (const DifPrologue *prologue, gsize picture, gsize first, gsize n,
                          const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step);

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

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifPrologue, dif_prologue_clear)

G_END_DECLS
