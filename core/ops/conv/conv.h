/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"
#include "core/ops/cost.h"
#include "core/ops/matmul.h"

G_BEGIN_DECLS

/**
 * DifConvShape:
 * @kernel: rows and columns of the kernel
 * @stride: between outputs
 * @pad_begin: zeros before the first row and column
 * @pad_end: zeros after the last row and column
 * @up_h: rows the input is first resized to by nearest neighbor, 0 for none
 * @up_w: columns, likewise
 *
 * Geometry of a convolution.  The resized picture is never made: it is read through its
 * indices.
 */
typedef struct
{
  guint kernel;
  guint stride;
  guint pad_begin;
  guint pad_end;
  gsize up_h;
  gsize up_w;
} DifConvShape;

/**
 * DifConvInput:
 * @x: (nullable): pictures
 * @beside: (nullable): further channels of them
 * @prologue: (nullable): done to all channels as they are read
 *
 * What is convolved.  Channels in two tensors are read where they are; dif_concat_channels() would
 * cost a pass over memory.
 */
typedef struct
{
  const DifTensor   *x;
  const DifTensor   *beside;
  const DifPrologue *prologue;
} DifConvInput;

/**
 * dif_conv:
 * @context: the context
 * @input: what is convolved
 * @weight: packed
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 *
 * Cross-correlation, as the field calls convolution.
 *
 * Shapes: x and beside [N, H, W, C] with C_in channels together; weight [kernel² C_in, C_out];
 *   out [N, (H + pads - kernel) / stride + 1, …, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: torch.nn.Conv2d
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                     const DifConvShape *shape, const DifEpilogue *epilogue);

/**
 * dif_conv_by:
 * @context: the context
 * @input: what is convolved
 * @weight: packed
 * @shape: geometry
 * @epilogue: (nullable): bias and more
 * @algorithm: how; one that cannot do @shape is replaced by one that can
 *
 * dif_conv() in a given way, to test and to measure.
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_conv_by (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                        const DifConvShape *shape, const DifEpilogue *epilogue,
                        DifConvAlgorithm algorithm);

G_END_DECLS
