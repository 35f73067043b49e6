/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * DifWinogradInput:
 * @x: [n, h, w, c]
 * @n: pictures
 * @h: rows
 * @w: columns
 * @c: channels
 * @seen_h: rows after resizing by nearest neighbour, @h for none
 * @seen_w: columns, likewise
 *
 * What is convolved: with zeros around, to an output of the seen size.
 */
typedef struct
{
  const float *x;
  gsize        n, h, w, c;
  gsize        seen_h, seen_w;
} DifWinogradInput;

/**
 * dif_winograd_pays:
 * @c_in: inputs
 *
 * Returns: whether a 3 x 3 convolution of stride 1 from so many channels is faster this way;
 *   from few channels the transforms cost more than the products save
 *
 * Thread: any
 */
gboolean dif_winograd_pays (gsize c_in);

/**
 * dif_winograd_pack:
 * @allocator: where the memory comes from
 * @matrix: [9 c_in, c_out], the kernel's rows and columns outermost
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): 36 packed matrices, or %NULL
 *
 * Thread: any
 */
DifTensor *dif_winograd_pack (DifAllocator *allocator, const DifTensor *matrix, GError **error);

/**
 * dif_winograd_conv:
 * @context: the context
 * @input: what is convolved
 * @weight: whose winograd form is used
 * @out: (nullable): [n, seen_h, seen_w, c_out], filled
 * @epilogue: (nullable): done to each tile
 *
 * F(4 x 4, 3 x 3): each 4 x 4 block of outputs needs 36 products instead of 144.  Relative
 * error about 1e-5.
 *
 * Returns: whether @out is filled
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Lavin & Gray 2016, section 4.3, with points 0, 1, -1, 2, -2
 */
gboolean dif_winograd_conv (DifContext *context, const DifWinogradInput *input,
                            const DifWeight *weight, DifTensor *out, const DifEpilogue *epilogue);

G_END_DECLS
