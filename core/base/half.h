/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Two 16-bit kinds of numbers, in the host's byte order: IEEE 754 half precision (f16) and
 * bfloat16 (bf16), the upper half of a single.  The same bits on every processor. */

/**
 * dif_widen_f16:
 * @in: (array length=n): half precision
 * @out: (array length=n): the same values; not over @in
 * @n: how many
 *
 * Exact; NaN keep their sign and payload and become quiet.
 *
 * Thread: any
 */
void dif_widen_f16 (const guint16 *in, float *out, gsize n);

/**
 * dif_widen_bf16:
 * @in: (array length=n): bfloat16
 * @out: (array length=n): the same values; not over @in
 * @n: how many
 *
 * Exact; NaN keep all their bits.
 *
 * Thread: any
 */
void dif_widen_bf16 (const guint16 *in, float *out, gsize n);

/**
 * dif_narrow_f16:
 * @in: (array length=n): any numbers
 * @out: (array length=n): the nearest in half precision; not over @in
 * @n: how many
 *
 * Ties go to even; from 65520 on it is infinity.  NaN keep their sign and the upper bits of
 * their payload and become quiet.
 *
 * Thread: any
 */
void dif_narrow_f16 (const float *in, guint16 *out, gsize n);

/**
 * dif_narrow_bf16:
 * @in: (array length=n): any numbers
 * @out: (array length=n): the nearest bfloat16; not over @in
 * @n: how many
 *
 * Ties go to even; what rounds beyond the largest is infinity.  NaN keep their sign and the
 * upper bits of their payload and become quiet.
 *
 * Thread: any
 */
void dif_narrow_bf16 (const float *in, guint16 *out, gsize n);

G_END_DECLS
