/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns come in whole lanes. */
#define DIF_OUTER_LANES 16

/**
 * dif_outer:
 * @m: columns of @a, rows of @c
 * @n: columns of @b and @c, a multiple of %DIF_OUTER_LANES
 * @k: rows of @a and @b
 * @a: [k, m], rows @lda apart
 * @lda: at least @m
 * @b: [k, n], rows @ldb apart
 * @ldb: at least @n
 * @c: [m, n], rows @ldc apart
 * @ldc: at least @n
 * @add: whether the product is added to @c
 *
 * c = aᵀ b, or c += aᵀ b: the sum of the outer products of rows, on the calling thread.  What
 * gradients with respect to weights are made of.  Each number is summed up row by row.
 *
 * Thread: any
 */
void dif_outer (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *b, gsize ldb,
                float *c, gsize ldc, gboolean add);

G_END_DECLS
