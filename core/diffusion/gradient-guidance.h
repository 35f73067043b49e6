/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"

G_BEGIN_DECLS

/**
 * DifGradient:
 * @gradient: of log p (c | x_t) with respect to x_t, or %NULL when the context failed
 * @free: frees the object
 *
 * What a condition c says of noisy pictures: a classifier's logarithm, or minus an energy.  Given
 * are x, what the denoiser saw in it, and the noise level; the result has the shape of x.
 */
typedef struct _DifGradient DifGradient;
struct _DifGradient
{
  DifTensor *(*gradient) (DifGradient *self, DifContext *context, const DifTensor *x,
                          const DifPrediction *prediction, const DifStep *step);
  void (*free) (DifGradient *self);
};

/**
 * dif_gradient_free:
 * @gradient: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_gradient_free (DifGradient *gradient);

/**
 * dif_gradient_guidance_new:
 * @inner: (transfer full): what is guided
 * @gradient: (transfer full): where to
 * @scale: s; 0 is @inner alone
 * @steps: (array length=n) (nullable): the run's noise levels with the one it ends at
 * @n: how many
 *
 * Shifts the prediction along the gradient g of log p (c | x_t), so that x = alpha x_0 + sigma eps
 * holds afterwards as before.
 *
 * Without @steps eps becomes eps - s sigma g, whatever the sampler (algorithm 2, for DDIM): x_0
 * goes by s g sigma² / alpha.  With @steps that factor is the one of the level that follows in the
 * list: the mean of a DDPM step then goes by s g times the variance of q (x_to | x, x_0) (algorithm
 * 1), since that mean has x_0 with the factor variance alpha_to / sigma_to².  Nothing is shifted at
 * a last step to sigma 0, as there; levels that are not in the list are shifted by their own.
 *
 * Thread: any
 * Source: Dhariwal & Nichol 2021, algorithms 1 and 2
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_gradient_guidance_new (DifDenoiser *inner, DifGradient *gradient, double scale,
                                        const DifStep *steps, guint n);

/**
 * dif_color_gradient_new:
 * @colors: (array): @n colors of three numbers each
 * @n: how many, at least 1
 * @mean: look at the mean color of the pixels that count, not at each pixel's
 * @mask: (nullable): how much each pixel counts, 0 to 1; %NULL for 1 everywhere
 *
 * Colors that a picture should have.  With w the mask, x_0 the predicted clean picture and d its
 * distance from the nearest of the colors, of each pixel or of the mean color weighted by w, the
 * energy is
 *
 *     E = 1/2 (alpha / sigma)² sum_i w_i |d_i|²
 *
 * (a mean's d counts for every pixel: the energy of one large area is that of many small ones), and
 * the gradient of log p = -E follows with dx_0/dx = 1 / alpha:  g = -alpha / sigma² w d.  (sigma /
 * alpha)² is how much is not known of x_0 when only x is, so the energy counts distances in what
 * noise leaves open.
 *
 * A scale of dif_gradient_guidance_new() is then a share: x_0 becomes x_0 - s w d, at each
 * evaluation and any noise level.  1 goes all the way; pulls add up over a run, so little is
 * enough. Colors are compared as they are, in gamma-encoded sRGB.
 *
 * Shapes: mask [1, H, W, 1]; pictures [N, H, W, 3]
 * Units: colors in the pictures' own range, [-1, 1]
 * Thread: any
 *
 * Returns: (transfer full): the gradient
 */
DifGradient *dif_color_gradient_new (const float *colors, guint n, gboolean mean, DifTensor *mask);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifGradient, dif_gradient_free)

G_END_DECLS
