/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"

G_BEGIN_DECLS

#define DIF_MIXTURE_MAX 16

/**
 * DifMixture:
 * @n: heaps, at most %DIF_MIXTURE_MAX
 * @d: coordinates of a point
 * @weight: (array length=n): shares, which sum to 1
 * @center: (array): [n, d]
 * @deviation: (array length=n): the same in all directions
 *
 * Points in normally distributed heaps.  Noised, they still are, so that their density, its score
 * and the best denoiser are known in closed form at every level: what learning and sampling are
 * compared with.
 */
typedef struct
{
  guint         n;
  guint         d;
  const double *weight;
  const double *center;
  const double *deviation;
} DifMixture;

/**
 * dif_mixture_look:
 * @mixture: the heaps
 * @step: the noise level
 * @x: (array): a point, as noisy as that
 * @score: (out caller-allocates) (nullable) (array): the gradient of the logarithm of the density
 * @x0: (out caller-allocates) (nullable) (array): the mean of the clean points that may be behind
 *   it
 *
 * Returns: the logarithm of the density at @x
 *
 * Thread: any
 */
double dif_mixture_look (const DifMixture *mixture, const DifStep *step, const double *x,
                         double *score, double *x0);

/**
 * dif_mixture_draw:
 * @mixture: the heaps
 * @seed: of the points
 * @stream: which draw; the next number is used up too
 * @n: how many
 * @out: (out caller-allocates) (array): [n, d]
 *
 * Thread: any
 */
void dif_mixture_draw (const DifMixture *mixture, guint64 seed, guint64 stream, gsize n,
                       double *out);

/**
 * dif_mixture_denoiser_new:
 * @mixture: the heaps, which outlive the denoiser
 *
 * For samplers: pictures whose pixels are points and whose channels are coordinates.
 *
 * Returns: (transfer full): the exact denoiser
 *
 * Thread: any
 */
DifDenoiser *dif_mixture_denoiser_new (const DifMixture *mixture);

G_END_DECLS
