/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_coverage_copy:
 * @coverage: (array): width * height numbers
 * @width: pixels in a row
 * @height: rows
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the same within [0, 1], or %NULL
 *
 * Thread: any
 */
float *dif_coverage_copy (const float *coverage, guint width, guint height, GError **error);

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
 * dif_coverage_from_alpha:
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
float *dif_coverage_from_alpha (const float *alpha, gsize n, GError **error);

/**
 * dif_coverage_to_weights:
 * @coverage: (inout) (array): width * height numbers in [0, 1]
 * @width: pixels in a row
 * @height: rows
 * @pixels: inside the edge of what is covered at all, over which weights rise from 0 to 1
 * @soft: whether the coverage is a noise level and does not count a second time
 * @error: set to %DIF_ERROR_NOMEM
 *
 * With what weights a result is laid over what was there.
 *
 * Returns: %FALSE without memory
 *
 * Thread: any
 */
gboolean dif_coverage_to_weights (float *coverage, guint width, guint height, guint pixels,
                                  gboolean soft, GError **error);

G_END_DECLS
