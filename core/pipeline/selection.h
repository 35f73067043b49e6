/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/pipeline/request.h"

G_BEGIN_DECLS

/**
 * dif_coverage_grow:
 * @coverage: (inout) (array): width * height numbers in [0, 1]
 * @width: pixels in a row
 * @height: rows
 * @pixels: how far; below 0 shrinks
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Moves the edge outwards by a Euclidean distance, whatever its softness: a pixel gets the largest
 * coverage found within the distance.  Exact for coverages of up to 16 different values, as all
 * hard ones are; of others 16 levels are moved and what is between them is interpolated.  Shrinking
 * grows what is not covered.  Beyond the borders is neither.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 */
gboolean dif_coverage_grow (float *coverage, guint width, guint height, gint pixels,
                            GError **error);

/**
 * dif_coverage_feather:
 * @coverage: (inout) (array): width * height numbers in [0, 1]
 * @width: pixels in a row
 * @height: rows
 * @radius: pixels
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Makes edges soft, nearly as a Gaussian of deviation @radius / 3 does, but exactly 0 and 1 beyond
 * @radius: three boxes one after the other.  The same coverage goes on beyond the borders.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 * Source: Wells 1986 (Efficient Synthesis of Gaussian Filters by Cascaded Uniform Filters)
 */
gboolean dif_coverage_feather (float *coverage, guint width, guint height, guint radius,
                               GError **error);

/**
 * dif_selection_from_alpha:
 * @alpha: (array length=n): of pixels
 * @n: how many
 * @error: set to %DIF_ERROR_NOMEM
 *
 * What inpainting fills where nothing is selected: all that is not opaque.
 *
 * Returns: (transfer full): 1 where that is, else 0; or %NULL
 *
 * Thread: any
 */
float *dif_selection_from_alpha (const float *alpha, gsize n, GError **error);

/**
 * dif_selection_reach:
 * @request: grow and feather
 *
 * Returns: by how many pixels what is worked on may go beyond the selection
 *
 * Thread: any
 */
guint dif_selection_reach (const DifRequest *request);

/**
 * dif_selection_shape:
 * @request: mask, grow and feather
 * @coverage: (out) (transfer full) (nullable): width * height numbers in [0, 1] that the run takes
 *   for the mask; %NULL where there is no mask or it is taken as it is
 * @error: says what went wrong
 *
 * The mask that is worked on.
 *
 * Returns: whether there is one
 *
 * Errors: %DIF_ERROR_NOMEM; %DIF_ERROR_REQUEST where shrinking leaves nothing
 * Thread: any
 */
gboolean dif_selection_shape (const DifRequest *request, float **coverage, GError **error);

/**
 * dif_selection_blend:
 * @request: a request
 * @alpha: (out) (transfer full) (nullable): width * height weights in [0, 1], or %NULL for 1
 *   everywhere
 * @error: says what went wrong
 *
 * How dif_run()'s result, which is at full strength, is to be laid over the picture: 0 where
 * nothing was to change.  Inside it rises over the request's blend pixels from the edge of what was
 * worked on.  A coverage that was no noise level is a factor too; one that was has had its effect.
 *
 * Returns: whether it could be told
 *
 * Errors: of dif_selection_shape()
 * Thread: any
 */
gboolean dif_selection_blend (const DifRequest *request, float **alpha, GError **error);

G_END_DECLS
