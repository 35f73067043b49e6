/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/matmul.h"
#include "core/ops/winograd/winograd-form.h"
#include "core/ops/winograd/winograd-types.h"

G_BEGIN_DECLS

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
