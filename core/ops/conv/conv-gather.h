/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/conv-shape.h"
#include "core/ops/cost.h"

G_BEGIN_DECLS

/**
 * DifConvGather:
 * @x: pictures
 * @h: rows of a picture
 * @w: columns
 * @c: channels
 * @seen_h: rows after resizing
 * @seen_w: columns after resizing
 * @out_h: rows of the output
 * @out_w: columns of the output
 * @kernel: rows and columns of the kernel
 * @stride: between outputs
 * @pad: zeros before the first row and column
 * @resized: whether there is resizing
 *
 * Where a convolution finds its inputs.
 */
typedef struct
{
  const float *x;
  gsize        h, w, c;
  gsize        seen_h, seen_w;
  gsize        out_h, out_w;
  guint        kernel, stride, pad;
  gboolean     resized;
} DifConvGather;

/**
 * dif_conv_gather_init:
 * @gather: (out caller-allocates): filled
 * @x: [N, H, W, C]
 * @shape: geometry
 *
 * Returns: whether the kernel fits in
 *
 * Thread: any
 */
gboolean dif_conv_gather_init (DifConvGather *gather, const DifTensor *x,
                               const DifConvShape *shape);

/**
 * dif_conv_gather:
 * @gather: where from
 * @first: first output
 * @n: how many, row by row and picture by picture
 * @column: first number wanted of each
 * @n_columns: how many of its kernel² C numbers, tap by tap
 * @dst: (out caller-allocates): [n, n_columns]
 * @step: from one output's numbers to the next's
 *
 * What outputs are made from, copied side by side.
 *
 * Thread: any
 */
void dif_conv_gather (const DifConvGather *gather, gsize first, gsize n, gsize column,
                      gsize n_columns, float *dst, gsize step);

/**
 * dif_conv_is_pointwise:
 * @shape: geometry
 *
 * Returns: whether each output is made from one pixel, which lies where it does
 *
 * Thread: any
 */
gboolean dif_conv_is_pointwise (const DifConvShape *shape);

/**
 * dif_conv_pick:
 * @shape: geometry
 * @work: what is to be done
 * @wish: an algorithm
 *
 * Returns: @wish, or what is estimated to be fastest, if it can do @shape
 *
 * Thread: any
 */
DifConvAlgorithm dif_conv_pick (const DifConvShape *shape, const DifConvWork *work,
                                DifConvAlgorithm wish);

/**
 * dif_conv_prepare_input:
 * @context: the context
 * @shape: geometry
 * @algorithm: how inputs will be read
 * @input: what is convolved; then what is to be read
 * @joined: (out): holds what was joined
 * @normed: (out): holds what went through the prologue
 *
 * What only some ways to convolve can do as they read, done beforehand for the others.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @input can be read
 */
gboolean dif_conv_prepare_input (DifContext *context, const DifConvShape *shape,
                                 DifConvAlgorithm algorithm, DifConvInput *input,
                                 DifTensor **joined, DifTensor **normed);

G_END_DECLS
