/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/activation.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifEpilogue:
 * @bias: (nullable): [C_out], added to every row
 * @shift: (nullable): [N, C_out], added to every row of its picture (time embeddings)
 * @residual: (nullable): like the output, added after @activation
 * @scale: factor of the sum of all this; 0 counts as 1
 * @activation: of product, bias and shift, before the residual: what a layer does to its own
 *   result is done, then it is added to what went around it
 *
 * What is done to a tile of products while it is still in the cache:
 * (activation (product + bias + shift) + residual) scale.
 */
typedef struct
{
  const DifTensor *bias;
  const DifTensor *shift;
  const DifTensor *residual;
  float            scale;
  DifActivation    activation;
} DifEpilogue;

/**
 * DifEpilogueJob:
 * @c: channels of a row
 * @step: from one picture's offsets to the next's: @c, or 0 where all have the same
 * @offset: bias and shift added up
 * @residual: (nullable): see #DifEpilogue
 * @scale: see #DifEpilogue, not 0
 * @activation: see #DifEpilogue
 * @room: holds @offset
 *
 * An epilogue made ready for the rows of one output.
 */
typedef struct
{
  gsize         c;
  gsize         step;
  const float  *offset;
  const float  *residual;
  float         scale;
  DifActivation activation;
  DifTensor    *room;
} DifEpilogueJob;

/**
 * dif_epilogue_prepare:
 * @context: the context
 * @epilogue: (nullable): what is to be done
 * @out: what it is done to
 * @job: (out caller-allocates): filled, to be cleared with dif_epilogue_clear()
 *
 * Shapes: out [N, …, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @job is filled
 */
gboolean dif_epilogue_prepare (DifContext *context, const DifEpilogue *epilogue,
                               const DifTensor *out, DifEpilogueJob *job);

/**
 * dif_epilogue_clear:
 * @job: emptied
 *
 * Thread: the context's
 */
void dif_epilogue_clear (DifEpilogueJob *job);

/**
 * dif_epilogue_row:
 * @job: what is to be done
 * @picture: which picture the row is of
 * @row: which row of the output
 * @first: first channel
 * @n: how many channels
 * @products: (array length=n): a piece of a row
 * @out: (out caller-allocates) (array length=n): where it goes; may be @products
 *
 * Thread: any
 */
void dif_epilogue_row (const DifEpilogueJob *job, gsize picture, gsize row, gsize first, gsize n,
                       const float *products, float *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifEpilogueJob, dif_epilogue_clear)

G_END_DECLS
