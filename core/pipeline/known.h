/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/fill.h"
#include "core/pipeline/input.h"

G_BEGIN_DECLS

/* Which pixels of a request's picture are known, and what stands in for the others. */

/**
 * dif_known_is_seen:
 * @input: a request
 * @i: a pixel
 *
 * Returns: whether it is opaque enough that its color is seen
 *
 * Thread: any
 */
gboolean dif_known_is_seen (const DifInput *input, gsize i);

/**
 * dif_known_at:
 * @input: a request with pixels
 * @i: a pixel
 *
 * Returns: whether its color is seen and a number
 *
 * Thread: any
 */
gboolean dif_known_at (const DifInput *input, gsize i);

/**
 * dif_known_is_plain:
 * @input: a request with pixels
 *
 * Returns: whether all pixels are known and in [0, 1], so that the network can take them as they
 * are
 *
 * Thread: any
 */
gboolean dif_known_is_plain (const DifInput *input);

/**
 * dif_known_all_finite:
 * @input: a request with pixels, with the mask that is worked on
 * @at: (out): the first pixel that is not
 *
 * What is transparent or to be inpainted may be anything.
 *
 * Returns: whether all pixels that would be looked at are finite
 *
 * Thread: any
 */
gboolean dif_known_all_finite (const DifInput *input, gsize *at);

/**
 * dif_known_check:
 * @input: a request with pixels, with the mask that is worked on
 * @error: says what is missing
 *
 * Returns: whether there is anything to work on, and for inpainting anything to fill it from:
 *   known pixels for each twenty that are to be filled
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 */
gboolean dif_known_check (const DifInput *input, GError **error);

/**
 * dif_known_fill:
 * @input: an input
 * @part: of it that is worked on
 * @pixels: (inout): those of @part
 * @unknown: (out) (transfer full) (nullable): of the part, 1 where pixels are unknown, else 0;
 *   %NULL where all are known
 * @beyond: (out) (transfer full) (nullable): width * height * 3 of the part, what it has beyond the
 *   range that networks know; %NULL where that is nothing
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Gives unknown pixels the colors that dif_fill() finds for them and brings all into [0, 1].  A
 * hole that is to be inpainted gets what is around it of @beyond as well, as far as its mask goes.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 */
gboolean dif_known_fill (const DifInput *input, const DifPart *part, float *pixels, float **unknown,
                         float **beyond, GError **error);

G_END_DECLS
