/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifImportance:
 *
 * How often each of several terms of a sum is drawn, so that the sum is known from few draws.
 */
typedef struct _DifImportance DifImportance;

/**
 * dif_importance_new:
 * @n: terms of the sum, numbered from 1
 * @n_known: how many of them were looked at, at least 1
 * @at: (array length=n_known): which, rising
 * @squares: (array length=n_known): the means of their squares
 *
 * The chance of a term is the root of the mean of its square, which makes the variance of the sum's
 * estimate least.  Between terms that were looked at the logarithms of both are interpolated.  A
 * tenth of the draws falls on all terms alike, so that one that was judged too small does no harm.
 *
 * Returns: (transfer full): the chances
 *
 * Thread: any
 * Source: Nichol & Dhariwal 2021, eq. 18; the tenth: Hesterberg 1995 (defensive mixtures)
 */
DifImportance *dif_importance_new (guint n, guint n_known, const guint *at, const double *squares);

/**
 * dif_importance_free:
 * @importance: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_importance_free (DifImportance *importance);

/**
 * dif_importance_draw:
 * @importance: the chances
 * @u: a number in [0, 1)
 * @chance: (out): of the term; the term divided by it has the sum as its mean
 *
 * Returns: the term that @u draws, 1 to n
 *
 * Thread: any
 */
guint dif_importance_draw (const DifImportance *importance, double u, double *chance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifImportance, dif_importance_free)

G_END_DECLS
