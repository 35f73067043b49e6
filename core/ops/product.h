/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns of a panel. */
#define DIF_PANEL 32

/**
 * dif_panels_size:
 * @k: rows
 * @n: columns
 *
 * Returns: how many numbers a packed [k, n] takes
 *
 * Thread: any
 */
gsize dif_panels_size (gsize k, gsize n);

/**
 * dif_panels_pack:
 * @k: rows
 * @n: columns
 * @b: [k, n]
 * @panels: (out caller-allocates): dif_panels_size() numbers: %DIF_PANEL columns after another,
 *   each panel [k, DIF_PANEL], the last filled up with zeros
 *
 * Thread: any
 */
void dif_panels_pack (gsize k, gsize n, const float *b, float *panels);

/**
 * dif_product:
 * @m: rows of @a and @c
 * @n: columns of @c, a part of the panels' columns from a panel's first on
 * @k: columns of @a
 * @a: [m, k], rows @lda apart
 * @lda: at least @k
 * @panels: [k, n] packed
 * @c: [m, n], rows @ldc apart
 * @ldc: at least @n
 * @add: whether the product is added to @c
 *
 * c = a b, or c += a b, on the calling thread.  With AVX-512 or AVX2 by a kernel that keeps a block
 * of c in registers while it walks down a panel, else by BLAS.  Each row of c is summed in the same
 * order whatever @m is.
 *
 * Thread: any
 * Source: the scheme of Goto & van de Geijn 2008, with the right factor packed beforehand
 */
void dif_product (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *panels,
                  float *c, gsize ldc, gboolean add);

/**
 * dif_product_cold:
 * @m: as in dif_product(), and so the rest
 * @n: columns of @c
 * @k: columns of @a
 * @a: [m, k], not in the cache
 * @lda: at least @k
 * @panels: [k, n] packed
 * @c: [m, n], rows @ldc apart
 * @ldc: at least @n
 * @add: whether the product is added to @c
 *
 * dif_product() that fetches rows of @a from memory while it multiplies others.
 *
 * Thread: any
 */
void dif_product_cold (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *panels,
                       float *c, gsize ldc, gboolean add);

G_END_DECLS
