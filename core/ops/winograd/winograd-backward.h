/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/winograd/winograd-form.h"
#include "core/ops/winograd/winograd-types.h"

G_BEGIN_DECLS

/**
 * dif_winograd_weight_backward:
 * @context: the context
 * @form: how
 * @input: what was convolved
 * @dy: gradient with respect to what came out
 * @gradient: filled
 *
 * Gradient with respect to the weights of dif_winograd_conv() through fewer products.  As the
 * convolution is Y = Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A for each block, it is
 * dg = Gᵀ [(A dY Aᵀ) ∘ (Bᵀ d B)] G, where the products in brackets are summed over all blocks.
 *
 * Shapes: dy [n, seen_h, seen_w, c_out]; gradient [c_out, c_in, 3, 3]
 * Returns: whether @gradient is filled
 *
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Lavin & Gray 2016, the adjoint of eq. 13
 */
gboolean dif_winograd_weight_backward (DifContext *context, const DifWinogradForm *form,
                                       const DifWinogradInput *input, const DifTensor *dy,
                                       DifTensor *gradient);

G_END_DECLS
