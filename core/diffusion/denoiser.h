/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/noise.h"
#include "core/diffusion/process.h"

G_BEGIN_DECLS

/**
 * DifPrediction:
 * @x0: the clean picture
 * @eps: the noise
 * @variance: (nullable): of networks that tell how much fresh noise DDPM needs: -1 for the
 *   posterior's variance, 1 for beta_t, between them for logarithms between theirs
 *
 * What a denoiser sees in x_t.  Usually x_t = alpha x0 + sigma eps, but not after
 * clipping, which changes x0 alone.
 */
typedef struct
{
  DifTensor *x0;
  DifTensor *eps;
  DifTensor *variance;
} DifPrediction;

/**
 * dif_prediction_clear:
 * @prediction: emptied
 *
 * Thread: any
 */
void dif_prediction_clear (DifPrediction *prediction);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifPrediction, dif_prediction_clear)

/**
 * DifDenoiser:
 * @denoise: fills a prediction for x at a step, or leaves it empty when the context failed
 * @free: frees the object and the denoisers it wraps
 *
 * The one thing samplers know.  Clipping and masks are denoisers that wrap a denoiser.
 */
typedef struct _DifDenoiser DifDenoiser;
struct _DifDenoiser
{
  void (*denoise) (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                   DifPrediction *out);
  void (*free) (DifDenoiser *self);
};

/**
 * dif_denoise:
 * @denoiser: what to ask
 * @context: the context
 * @x: (nullable): noisy pictures
 * @step: their noise level
 * @out: (out caller-allocates): an empty prediction, filled
 *
 * Shapes: x, x0, eps, variance [N, H, W, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @out is filled
 */
gboolean dif_denoise (DifDenoiser *denoiser, DifContext *context, DifTensor *x, const DifStep *step,
                      DifPrediction *out);

/**
 * dif_denoiser_free:
 * @denoiser: (transfer full) (nullable): freed with all it wraps
 *
 * Thread: the context's
 */
void dif_denoiser_free (DifDenoiser *denoiser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifDenoiser, dif_denoiser_free)

/**
 * dif_clip_new:
 * @inner: (transfer full): whose x0 is clipped
 * @range: to [-range, range]
 *
 * Keeps the predicted clean picture in the range pictures have (clip_sample).
 *
 * Thread: any
 * Source: Ho et al. 2020, code; diffusers clip_sample
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_clip_new (DifDenoiser *inner, double range);

/**
 * dif_offset_new:
 * @inner: (transfer full): knows pictures as their difference from @base
 * @base: what is taken from the clean picture, and so alpha times from x; kept
 *
 * For networks that make the rest of a picture: see dif_inpainting_base().
 *
 * Shapes: base [1, H, W, C]
 * Thread: any
 * Source: Lee et al. 2022 (PriorGrad), section 3
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_offset_new (DifDenoiser *inner, DifTensor *base);

/**
 * dif_threshold_new:
 * @inner: (transfer full): whose x0 is pulled in
 * @ratio: share of a picture's numbers that stay as they are, 0 to 1
 * @most: the largest threshold; less than 1 counts as 1
 *
 * Dynamic thresholding: each predicted clean picture is clipped to the @ratio quantile s of its own
 * absolute numbers and divided by s, where s is at least 1 (which is clipping) and at most @most.
 * Strong guidance then does not saturate whole areas.
 *
 * Thread: any
 * Source: Saharia et al. 2022 (Imagen), section 2.3
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_threshold_new (DifDenoiser *inner, double ratio, double most);

/**
 * dif_mask_new:
 * @inner: (transfer full): sees the known pixels noised to each level
 * @known: the clean picture
 * @noise: (nullable): what the known pixels are noised with; %NULL to show the sampler's own x
 * @mask: 1 where pixels are to be made, 0 where they are known
 *
 * Keeps known pixels: at every level they are replaced by the known ones noised to that
 * level, and the prediction for them is exact.
 *
 * Without @noise they are put into the predicted x_0 only.  Since that makes the sampler lead its
 * own x to the known pixels, the network sees them noised then too: by deterministic samplers with
 * the noise of the start, by others with the sampler's, which changes from step to step.
 *
 * Shapes: known, noise [1, H, W, C]; mask [1, H, W, 1]
 * Thread: any
 * Source: Song et al. 2021 (score SDE), appendix I.2; diffusers inpainting pipelines
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *mask);

/**
 * dif_mask_new_drawn:
 * @inner: (transfer full): sees the known pixels as the sampler has them
 * @known: the clean picture
 * @mask: 1 where pixels are to be made, 0 where they are known
 * @noise: of fresh noise; outlives the denoiser
 *
 * For samplers that go back up: the prediction for known pixels is the clean picture and, each
 * time, other noise.  A sampler that makes its next x of the two thereby draws the known pixels
 * anew at the level of every step; what it adds to x on the way up, it adds to them too.
 *
 * Shapes: known [1, H, W, C]; mask [1, H, W, 1]
 * Thread: any
 * Source: Lugmayr et al. 2022 (RePaint), algorithm 1, line 5
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_mask_new_drawn (DifDenoiser *inner, DifTensor *known, DifTensor *mask,
                                 DifNoise *noise);

/**
 * dif_mask_soften:
 * @mask: of dif_mask_new() or dif_mask_new_drawn()
 * @process: tells how noise levels lie; outlives the mask
 * @start: where the run starts
 *
 * Takes what the mask was given as coverage, a noise level for each pixel: one of coverage c is a
 * known pixel until the run has come down to c times the noise level t of @start, by
 * dif_process_height() of sigma / alpha whatever the network is told, and free from there on.
 * Where it is let go, the sampler's x is the known pixel noised to that level, so the pixel's own
 * run starts where SDEdit from there would.  Coverage 0 is never free, nor is one below the last
 * step's level; coverage 1 always is.
 *
 * To a multistep sampler a pixel that is let go is a jump in the denoiser, which it extrapolates
 * once: those of order 2 and 3 hardly show it, LMS and PLMS overshoot where that is their last
 * step.
 *
 * Thread: any
 * Source: Levin & Fried 2023 (Differential Diffusion), algorithm 1, by level instead of by step
 */
void dif_mask_soften (DifDenoiser *mask, const DifProcess *process, const DifStep *start);

G_END_DECLS
