/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/epilogue.h"
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
