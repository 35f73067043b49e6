/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_all_finite:
 * @x: (array length=n): numbers
 * @n: how many
 *
 * Returns: whether none of them is infinite or NaN
 *
 * Thread: any
 */
gboolean dif_all_finite (const float *x, gsize n);

G_END_DECLS
