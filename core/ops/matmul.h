/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/weight.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifEpilogue:
 * @bias: (nullable): [C_out], added to every row
 * @shift: (nullable): [N, C_out], added to every row of its picture (time embeddings)
 * @residual: (nullable): like the output, added
 * @scale: factor of the sum of all this; 0 counts as 1
 *
 * What is done to a tile of products while it is still in the cache.
 */
typedef struct
{
  const DifTensor *bias;
  const DifTensor *shift;
  const DifTensor *residual;
  float            scale;
} DifEpilogue;

/**
 * dif_epilogue_row:
 * @row: (array length=n): products, changed in place
 * @n: how many
 * @bias: (nullable): see #DifEpilogue
 * @shift: (nullable): see #DifEpilogue
 * @residual: (nullable): see #DifEpilogue
 * @scale: see #DifEpilogue
 *
 * The plain kernel of an epilogue.
 *
 * Thread: any
 */
void dif_epilogue_row (float *row, gsize n, const float *bias, const float *shift,
                       const float *residual, float scale);

/**
 * DifRowSource:
 * @first: first row wanted
 * @n: how many rows
 * @scratch: (nullable): room for n rows, %NULL if the source said it needs none
 * @data: the source
 *
 * Returns: @n rows of k numbers, one after another: @scratch filled, or memory of its own
 */
typedef const float *(*DifRowSource) (gsize first, gsize n, float *scratch, gpointer data);

/**
 * dif_matmul_rows:
 * @context: the context
 * @source: makes the rows of the left factor, tile by tile
 * @data: for @source
 * @scratch: whether @source needs room to make them
 * @weight: [k, C_out], the right factor
 * @out: (nullable): [N, …, C_out], filled; rows of picture i are i * rows / N on
 * @epilogue: (nullable): done to each tile
 *
 * The product behind linear layers and convolutions: tiles of rows (and of columns, when
 * there are few rows) over the pool, cut by the shapes alone so that any number of threads
 * gives the same bytes.
 *
 * Returns: whether @out is filled
 *
 * Thread: the context's
 */
gboolean dif_matmul_rows (DifContext *context, DifRowSource source, gpointer data, gboolean scratch,
                          const DifWeight *weight, DifTensor *out, const DifEpilogue *epilogue);

G_END_DECLS
