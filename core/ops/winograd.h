/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"
#include "core/ops/prologue.h"
#include "core/ops/winograd-form.h"

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
 * @prologue: (nullable): done to the inputs; not together with resizing
 *
 * What is convolved: with zeros around, to an output of the seen size.
 */
typedef struct
{
  const float *x;
  gsize        n, h, w, c;
  gsize        seen_h, seen_w;

  const DifPrologue *prologue;
} DifWinogradInput;

/**
 * dif_winograd_size:
 * @form: how
 * @c_in: inputs
 * @c_out: outputs
 *
 * Returns: how many numbers dif_winograd_pack() makes
 *
 * Thread: any
 */
gsize dif_winograd_size (const DifWinogradForm *form, gsize c_in, gsize c_out);

/**
 * dif_winograd_pack:
 * @allocator: where the memory comes from
 * @form: how
 * @weight: of a 3 x 3 convolution
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the weights transformed for dif_winograd_conv(), or %NULL
 *
 * Thread: any
 */
DifTensor *dif_winograd_pack (DifAllocator *allocator, const DifWinogradForm *form,
                              const DifWeight *weight, GError **error);

/**
 * dif_winograd_conv:
 * @context: the context
 * @form: how
 * @input: what is convolved
 * @weight: of a 3 x 3 convolution; what is not stored transformed is transformed on the way
 * @out: (nullable): [n, seen_h, seen_w, c_out], filled; gets moments, unless pictures are tiny
 * @epilogue: (nullable): done to each block
 *
 * A convolution through fewer products.  Relative error about 1e-5 for F(4 x 4, 3 x 3), 1e-6 for
 * F(2 x 2, 3 x 3).
 *
 * Returns: whether @out is filled
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Lavin & Gray 2016
 */
gboolean dif_winograd_conv (DifContext *context, const DifWinogradForm *form,
                            const DifWinogradInput *input, const DifWeight *weight, DifTensor *out,
                            const DifEpilogue *epilogue);

G_END_DECLS
