/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_fill:
 * @context: the context
 * @x: (nullable): pictures, changed in place
 * @mask: (nullable): 0 where their pixels are known; %NULL for unknown everywhere
 * @wrap_y: whether below the last row comes the first
 * @wrap_x: whether right of the last column comes the first
 *
 * Fills unknown pixels smoothly from the known ones: nearly the membrane that is held by these
 * (Laplace's equation; edges of the picture are free unless they meet).  Means of known pixels at
 * half the size fill what is unknown there, again and again; each level fills the one above and a
 * few sweeps of successive over-relaxation over it flatten what is not yet a mean of its
 * neighbors. A picture of unknown pixels only becomes grey.
 *
 * Shapes: x [N, H, W, C]; mask [N, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: the push-pull scheme of Gortler et al. 1996, section 3.4.1, with the sweeps of nested
 * iteration (Briggs, Henson & McCormick 2000, chapter 3), relaxed as by Young 1954
 */
void dif_fill (DifContext *context, DifTensor *x, const DifTensor *mask, gboolean wrap_y,
               gboolean wrap_x);

/**
 * dif_inpainting_base:
 * @context: the context
 * @x0: (nullable): pictures in [-1, 1]
 * @mask: (nullable): 1 where pixels are to be made, 0 where they are known
 * @wrap_y: as for dif_fill()
 * @wrap_x: as for dif_fill()
 *
 * What networks for inpainting begin from: a copy of @x0 that dif_fill() filled.  They make the
 * difference from it, x_0 - base, which is 0 where pixels are known: so small a network carries no
 * color across a wide hole, and need not.
 *
 * Shapes: x0, out [N, H, W, C]; mask [N, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: the shift of the process to a conditional mean is that of Lee et al. 2022 (PriorGrad),
 * section 3
 *
 * Returns: (transfer full) (nullable): the base; also %NULL without a mask, where it is 0
 */
DifTensor *dif_inpainting_base (DifContext *context, const DifTensor *x0, const DifTensor *mask,
                                gboolean wrap_y, gboolean wrap_x);

/**
 * dif_inpainting_condition:
 * @context: the context
 * @base: (nullable): what dif_inpainting_base() returned
 * @mask: (nullable): that it had
 * @channels: C
 *
 * What such networks read behind the channels of x_t.
 *
 * Shapes: base [N, H, W, C]; mask [N, H, W, 1]; out [N, H, W, 1 + C], or [1, 1, 1, 1 + C] of one
 * pixel that is the same everywhere without a mask
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): [mask, base]
 */
DifTensor *dif_inpainting_condition (DifContext *context, const DifTensor *base,
                                     const DifTensor *mask, gsize channels);

/**
 * DIF_LEAST_ALPHA:
 *
 * Alpha of a pixel whose color is seen.
 */
#define DIF_LEAST_ALPHA 0.02f

/**
 * dif_fill_pixels:
 * @pixels: (inout) (array): @width * @height * 3 numbers
 * @mask: (array): @width * @height numbers; where they are not 0, pixels are filled from the others
 * @width: pixels in a row
 * @height: rows
 * @wrap_y: whether the last row lies beside the first
 * @wrap_x: whether the last column lies beside the first
 * @error: set to %DIF_ERROR_NOMEM
 *
 * dif_fill() of pixels.
 *
 * Returns: whether there was enough memory
 *
 * Thread: any
 */
gboolean dif_fill_pixels (float *pixels, const float *mask, guint width, guint height,
                          gboolean wrap_y, gboolean wrap_x, GError **error);

/**
 * dif_fill_unseen:
 * @pixels: (inout) (array): width * height * 3 numbers
 * @alpha: (array): width * height opacities
 * @width: pixels in a row
 * @height: rows
 * @error: says what went wrong
 *
 * Puts what goes on smoothly from around where less than %DIF_LEAST_ALPHA is seen, so that a
 * network that learns from the picture never sees what is hidden there.
 *
 * Returns: whether that was possible
 *
 * Errors: %DIF_ERROR_NOMEM
 * Thread: any
 */
gboolean dif_fill_unseen (float *pixels, const float *alpha, guint width, guint height,
                          GError **error);

G_END_DECLS
