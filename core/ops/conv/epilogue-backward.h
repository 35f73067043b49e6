/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/epilogue.h"
#include "core/tensor/tape.h"

G_BEGIN_DECLS

/**
 * DifEpilogueRecord:
 * @bias: (nullable): whose gradients are wanted, see #DifEpilogue
 * @shift: (nullable): likewise
 * @residual: (nullable): likewise
 * @scale: factor of the sum, not 0
 *
 * What is left on a tape of an epilogue without an activation.
 */
typedef struct
{
  gconstpointer bias;
  gconstpointer shift;
  gconstpointer residual;
  float         scale;
} DifEpilogueRecord;

/**
 * dif_epilogue_record:
 * @context: the context
 * @epilogue: (nullable): what is done
 *
 * Returns: what to note of it
 *
 * Thread: the context's
 */
DifEpilogueRecord dif_epilogue_record (DifContext *context, const DifEpilogue *epilogue);

/**
 * dif_epilogue_backward:
 * @record: what was noted
 * @context: the context
 * @tape: gets gradients of the bias, the shift and the residual
 * @dy: (transfer full) (nullable): gradient with respect to what came out
 *
 * With y = (product + bias + shift + residual) scale, all their gradients are sums of scale dy.
 *
 * Shapes: dy and out [N, …, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): gradient with respect to the product
 */
DifTensor *dif_epilogue_backward (const DifEpilogueRecord *record, DifContext *context,
                                  DifTape *tape, DifTensor *dy);

G_END_DECLS
