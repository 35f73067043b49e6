/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_widen_f16:
 * @in: (array length=n): IEEE 754 half precision, in the host's byte order
 * @out: (array length=n): the same values
 * @n: how many
 *
 * Exact; NaN keep their sign and payload.
 *
 * Thread: any
 */
void dif_widen_f16 (const guint16 *in, float *out, gsize n);

/**
 * dif_widen_bf16:
 * @in: (array length=n): bfloat16, in the host's byte order
 * @out: (array length=n): the same values
 * @n: how many
 *
 * Exact; NaN keep their sign and payload.
 *
 * Thread: any
 */
void dif_widen_bf16 (const guint16 *in, float *out, gsize n);

G_END_DECLS
