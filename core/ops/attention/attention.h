/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_attention:
 * @context: the context
 * @q: (nullable): queries
 * @k: (nullable): keys
 * @v: (nullable): values
 * @n_heads: divides C; heads are neighboring slices of the channels
 *
 * softmax (q kᵀ / sqrt (C / n_heads)) v for each head, in tiles of queries and keys with a
 * running maximum and sum, so that the scores of all pairs are never held at once.
 *
 * Shapes: q [N, …, C] with L_q tokens; k, v [N, …, C] with L_k tokens; out like q
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Vaswani et al. 2017, eq. 1; running softmax of Milakov & Gimelshein 2018
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_attention (DifContext *context, const DifTensor *q, const DifTensor *k,
                          const DifTensor *v, guint n_heads);

G_END_DECLS
