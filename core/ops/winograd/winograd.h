/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"
#include "core/ops/matmul.h"
#include "core/ops/winograd/winograd-form.h"

G_BEGIN_DECLS

/**
 * DifWinogradInput:
 * @x: [n, h, w, c]
 * @beside: (nullable): [n, h, w, c_beside], further channels, only with a prologue
 * @n: pictures
 * @h: rows
 * @w: columns
 * @c: channels of @x
 * @c_beside: of @beside
 * @seen_h: rows after resizing by nearest neighbor, @h for none
 * @seen_w: columns, likewise
 * @prologue: (nullable): done to the inputs; not together with resizing
 *
 * What is convolved: with zeros around, to an output of the seen size.
 */
typedef struct
{
  const float *x;
  const float *beside;
  gsize        n, h, w, c, c_beside;
  gsize        seen_h, seen_w;

  const DifPrologue *prologue;
} DifWinogradInput;

/**
 * dif_winograd_conv:
 * @context: the context
 * @form: how
 * @input: what is convolved
 * @weight: of a 3 x 3 convolution; kept transformed if its store has room, else transformed on the
 *   way, with the same results
 * @out: (nullable): [n, seen_h, seen_w, c_out], filled; gets moments, unless pictures are tiny
 * @epilogue: (nullable): done to each block
 *
 * A convolution through fewer products.  Relative errors are some 3e-6 for F(6 x 6, 3 x 3), 2e-6
 * for F(4 x 4, 3 x 3), 1e-6 for F(2 x 2, 3 x 3), as root mean squares.
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
