/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_pixel_sums:
 * @context: the context
 * @x: (nullable): pictures
 *
 * Sums of each channel over a picture's pixels.
 *
 * Shapes: x [N, …, C]; out [N, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the sums
 */
DifTensor *dif_pixel_sums (DifContext *context, const DifTensor *x);

/**
 * dif_pixel_sums_add:
 * @parts: [N, n_parts, step]: sums over parts of each picture
 * @n: pictures
 * @n_parts: parts of a picture
 * @step: from one part's sums to the next's
 * @c: channels
 * @sums: (out caller-allocates): [N, C]
 *
 * Puts sums over parts of pictures together, in their order.
 *
 * Thread: any
 */
void dif_pixel_sums_add (const float *parts, gsize n, gsize n_parts, gsize step, gsize c,
                         float *sums);

G_END_DECLS
