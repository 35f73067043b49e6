/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifTerm:
 * @factor: of the tensor
 * @x: (nullable): a tensor
 *
 * One term of dif_sum().
 */
typedef struct
{
  double           factor;
  const DifTensor *x;
} DifTerm;

/**
 * dif_sum:
 * @context: the context
 * @n: how many terms, 1 to 4
 * @terms: (array length=n): factors and tensors of one shape
 *
 * Every update of every sampler: a weighted sum of a few tensors.
 *
 * Shapes: all alike
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the sum
 */
DifTensor *dif_sum (DifContext *context, guint n, const DifTerm *terms);

/**
 * dif_sum_over:
 * @context: the context
 * @over: (transfer full) (nullable): where the sum goes if nobody else holds it; may be one of the
 *   terms
 * @n: how many terms, 1 to 4
 * @terms: (array length=n): factors and tensors of one shape
 *
 * dif_sum() without room for one tensor more.
 *
 * Shapes: all alike
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the sum
 */
DifTensor *dif_sum_over (DifContext *context, DifTensor *over, guint n, const DifTerm *terms);

/**
 * dif_clamp_over:
 * @context: the context
 * @x: (transfer full) (nullable): numbers; where the result goes if nobody else holds it
 * @low: smallest allowed
 * @high: largest allowed
 *
 * Shapes: x and out alike
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_clamp_over (DifContext *context, DifTensor *x, float low, float high);

/**
 * dif_mix:
 * @context: the context
 * @a: (nullable): where the mask is 0
 * @b: (nullable): where the mask is 1
 * @mask: weights in [0, 1]
 *
 * (1 - mask) a + mask b; where the mask is exactly 0 or 1 the result is exactly a or b.
 *
 * Shapes: a, b, out [N, H, W, C]; mask [1 or N, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_mix (DifContext *context, const DifTensor *a, const DifTensor *b,
                    const DifTensor *mask);

/**
 * dif_mix_over:
 * @context: the context
 * @over: (transfer full) (nullable): where the mixture goes if nobody else holds it; may be @a or
 * @b
 * @a: (nullable): where the mask is 0
 * @b: (nullable): where the mask is 1
 * @mask: weights in [0, 1]
 *
 * dif_mix() without room for one tensor more.
 *
 * Shapes: a, b, over, out [N, H, W, C]; mask [1 or N, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_mix_over (DifContext *context, DifTensor *over, const DifTensor *a,
                         const DifTensor *b, const DifTensor *mask);

/**
 * dif_concat_channels:
 * @context: the context
 * @a: (nullable): first channels
 * @b: (nullable): last channels
 *
 * Shapes: a [N, …, C_a]; b [N, …, C_b]; out [N, …, C_a + C_b]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_concat_channels (DifContext *context, const DifTensor *a, const DifTensor *b);

/**
 * dif_slice_channels:
 * @context: the context
 * @x: (nullable): pictures
 * @first: first channel wanted
 * @n: how many
 *
 * Shapes: x [N, …, C]; out [N, …, n]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_slice_channels (DifContext *context, const DifTensor *x, gsize first, gsize n);

/**
 * dif_nchw_to_nhwc:
 * @src: [n, c, h, w]
 * @n: pictures
 * @c: channels
 * @h: rows
 * @w: columns
 * @dst: (out caller-allocates): [n, h, w, c]
 *
 * From the order of files to ours.
 *
 * Thread: any
 */
void dif_nchw_to_nhwc (const float *src, gsize n, gsize c, gsize h, gsize w, float *dst);

/**
 * dif_nhwc_to_nchw:
 * @src: [n, h, w, c]
 * @n: pictures
 * @c: channels
 * @h: rows
 * @w: columns
 * @dst: (out caller-allocates): [n, c, h, w]
 *
 * From our order to that of files.
 *
 * Thread: any
 */
void dif_nhwc_to_nchw (const float *src, gsize n, gsize c, gsize h, gsize w, float *dst);

G_END_DECLS
