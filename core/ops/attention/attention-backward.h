/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_attention_record:
 * @context: the context
 * @out: what dif_attention() gave
 * @q: what it was given
 * @k: likewise
 * @v: likewise
 * @n_heads: likewise
 *
 * Notes it on the context's tape.  With p the weights, g the gradient of the output, s the factor
 * of the scores and D = sum of g out over a query's channels:  dv = pᵀ g, dp = g vᵀ,
 * dscores = p (dp - D), dq = s dscores k, dk = s dscoresᵀ q.  The weights are made anew, for a tile
 * of queries at a time.
 *
 * Thread: the context's
 * Source: Dao et al. 2022 (FlashAttention), algorithm 4 and appendix B.2
 */
void dif_attention_record (DifContext *context, DifTensor *out, const DifTensor *q,
                           const DifTensor *k, const DifTensor *v, guint n_heads);

G_END_DECLS
