/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/image/image.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DIF_TEXTURE_SCALES:
 *
 * What pictures are compared by: their colors, and the features of three layers, each on a picture
 * of half the size.
 */
#define DIF_TEXTURE_SCALES 4

/**
 * DIF_TEXTURE_MIN_SIDE:
 *
 * Rows and columns a picture must have for the coarsest features not to be a handful.
 */
#define DIF_TEXTURE_MIN_SIDE 48

/**
 * DifTextureDistance:
 * @distance: what the pictures are apart, in standard deviations of the first; 0 for the same
 *   statistics.  The mean over the scales of @apart / @spread.
 * @apart: of each scale, in its own units; the same if the pictures are exchanged
 * @spread: of each scale, how far the first picture's own features lie from their mean
 *
 * How different two textures look.
 */
typedef struct
{
  double distance;
  double apart[DIF_TEXTURE_SCALES];
  double spread[DIF_TEXTURE_SCALES];
} DifTextureDistance;

/**
 * dif_texture_distance:
 * @context: the context
 * @source: the texture that is the measure
 * @other: a picture that is to be like it, of any size
 * @distance: (out caller-allocates): how far it is from that
 * @error: why there is no number
 *
 * The sliced Wasserstein distance between the features that two pictures have, wherever they have
 * them: what is compared is how often things are there, not where.
 *
 * The features are those of a network that nobody trained: 3 x 3 convolutions with random filters,
 * orthogonal to each other and summing to zero (a flat color gives nothing, for the colors are a
 * scale of their own), each followed by max (x, 0), with means of 2 x 2 pixels before the second
 * and the third.  Nothing is padded, so that borders are no features.
 *
 * Of each scale as many positions of either picture are taken, evenly spread; the feature vectors
 * there are projected onto random directions, and on each the distance is the mean difference of
 * the sorted numbers.
 *
 * Everything random is fixed by counters: the number is the same on each run and with any number of
 * threads.
 *
 * Errors: %DIF_ERROR_REQUEST if a picture is smaller than %DIF_TEXTURE_MIN_SIDE, or if @source is
 * flat; those of the context Thread: the context's Source: Heitz et al. 2021 (A Sliced Wasserstein
 * Loss for Neural Texture Synthesis), section 3, on the random features of Ustyuzhaninov et al.
 * 2017 (What does it take to generate natural textures?) in place of a trained network's; sliced
 * distance: Bonneel et al. 2015 (Sliced and Radon Wasserstein Barycenters of Measures), with |x|
 * for x²
 *
 * Returns: whether @distance is filled
 */
gboolean dif_texture_distance (DifContext *context, const DifImage *source, const DifImage *other,
                               DifTextureDistance *distance, GError **error);

G_END_DECLS
