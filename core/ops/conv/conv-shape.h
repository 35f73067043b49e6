/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

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

G_END_DECLS
