/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_sgemm:
 * @trans_b: whether @b is stored as [n, k]
 * @m: rows of @a and @c
 * @n: columns of @c
 * @k: columns of @a
 * @alpha: factor of the product
 * @a: [m, k], rows @lda apart
 * @lda: at least @k
 * @b: [k, n], or [n, k] if @trans_b, rows @ldb apart
 * @ldb: at least the columns of @b
 * @beta: factor of the old @c; with 0 it is not read
 * @c: [m, n], rows @ldc apart
 * @ldc: at least @n
 *
 * c = alpha a b + beta c, on the calling thread alone: parallel work is split in tiles
 * by #DifPool, each tile calling this.  The only door to BLAS.
 *
 * Thread: any
 */
void dif_sgemm (gboolean trans_b, gsize m, gsize n, gsize k, float alpha, const float *a, gsize lda,
                const float *b, gsize ldb, float beta, float *c, gsize ldc);

G_END_DECLS
