/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifMoments:
 * @mean: of a channel of a picture
 * @m2: sum of the squares of the differences from it
 */
typedef struct
{
  double mean;
  double m2;
} DifMoments;

/**
 * dif_moments_new:
 * @context: the context
 * @n: pictures
 * @c: channels
 *
 * Returns: (transfer full) (nullable): room for [N, C] #DifMoments, of no pixels yet
 *
 * Errors: sticky in @context
 * Thread: the context's
 */
DifTensor *dif_moments_new (DifContext *context, gsize n, gsize c);

/**
 * dif_moments_of:
 * @moments: from dif_moments_new()
 * @picture: which picture
 *
 * Returns: (transfer none): its channels' moments
 *
 * Thread: any
 */
DifMoments *dif_moments_of (const DifTensor *moments, gsize picture);

/**
 * dif_moments_add:
 * @moments: of @n pixels; then of @n + @n_new
 * @c: channels
 * @n: pixels so far
 * @sums: [3, C] of new pixels: pivots, sums of the differences from them and of their squares
 * @n_new: new pixels
 *
 * Thread: any
 * Source: Chan, Golub & LeVeque 1979, eq. 2.1
 */
void dif_moments_add (DifMoments *moments, gsize c, gsize n, const float *sums, gsize n_new);

/**
 * dif_moments_merge:
 * @channels: (array length=n): moments of some channels
 * @n: how many
 * @n_pixels: of each
 *
 * Returns: the moments of all their numbers together
 *
 * Thread: any
 */
DifMoments dif_moments_merge (const DifMoments *channels, gsize n, double n_pixels);

/**
 * dif_moments_join:
 * @x: pictures that have moments
 * @beside: (nullable): further channels of them, likewise
 * @picture: which picture
 * @channels: (out caller-allocates): the moments of all its channels
 *
 * Thread: any
 */
void dif_moments_join (const DifTensor *x, const DifTensor *beside, gsize picture,
                       DifMoments *channels);

/**
 * dif_moments_fill:
 * @context: the context
 * @x: pictures; gets moments if it has none
 *
 * Shapes: x [N, …, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @x has moments
 */
gboolean dif_moments_fill (DifContext *context, DifTensor *x);

G_END_DECLS
