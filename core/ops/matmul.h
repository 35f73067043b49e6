/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/epilogue.h"
#include "core/ops/weight.h"

G_BEGIN_DECLS

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
 * @beside: (nullable): [N, …, C], further columns of the left factor, after the source's
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
                          const DifTensor *beside, const DifWeight *weight, DifTensor *out,
                          const DifEpilogue *epilogue);

/**
 * dif_matmul_gated:
 * @context: the context
 * @source: makes the rows of the left factor, tile by tile
 * @data: for @source
 * @scratch: whether @source needs room to make them
 * @weight: [k, 2 C_out]
 * @out: (nullable): [N, …, C_out], filled
 * @bias: [2 C_out]
 * @gate: of the second half of the columns
 *
 * dif_matmul_rows() of which the first half of the columns is multiplied with the activated
 * second half, each with its bias; only a tile of that half is ever held.
 *
 * Returns: whether @out is filled
 *
 * Thread: the context's
 */
gboolean dif_matmul_gated (DifContext *context, DifRowSource source, gpointer data,
                           gboolean scratch, const DifWeight *weight, DifTensor *out,
                           const DifTensor *bias, DifActivation gate);

G_END_DECLS
