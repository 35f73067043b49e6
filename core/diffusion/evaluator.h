/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/denoiser.h"
#include "core/diffusion/process.h"

G_BEGIN_DECLS

/**
 * DifEvaluator:
 * @evaluate: the network's raw output for x at timestep t, or %NULL when the context failed
 * @free: frees the object and what it wraps
 *
 * A network as the diffusion floor sees it: a function of (x, t).  Guidance, and the cutting into
 * windows with what the network is conditioned on, are evaluators around an evaluator.
 */
typedef struct _DifEvaluator DifEvaluator;
struct _DifEvaluator
{
  DifTensor *(*evaluate) (DifEvaluator *self, DifContext *context, DifTensor *x, double t);
  void (*free) (DifEvaluator *self);
};

/**
 * dif_evaluate:
 * @evaluator: what to ask
 * @context: the context
 * @x: (nullable): noisy pictures, scaled to alpha² + sigma² = 1
 * @t: timestep
 *
 * Shapes: x [N, H, W, C_in]; out [N, H, W, C_out]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the raw output
 */
DifTensor *dif_evaluate (DifEvaluator *evaluator, DifContext *context, DifTensor *x, double t);

/**
 * dif_evaluator_free:
 * @evaluator: (transfer full) (nullable): freed with all it wraps
 *
 * Thread: the context's
 */
void dif_evaluator_free (DifEvaluator *evaluator);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifEvaluator, dif_evaluator_free)

/**
 * dif_guidance_new:
 * @inner: (transfer full): knows the label in the first half of a batch, and none in the second
 * @scale: 1 is the first half's output, 0 the second's
 *
 * Classifier-free guidance: unconditional + scale (conditional - unconditional).  @inner is given
 * the pictures twice in one batch.  x_0 and epsilon follow from a raw output linearly, so guiding
 * it guides both.
 *
 * Thread: any
 * Source: Ho & Salimans 2022, eq. 6, with scale = 1 + w; of raw outputs, as diffusers does it
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_guidance_new (DifEvaluator *inner, double scale);

/**
 * DifWindowSizes:
 * @most: pixels on a side of a window at most; a multiple of @multiple
 * @overlap: of neighbouring windows, about; much less than @most
 * @multiple: windows begin at multiples of it
 * @shifts: whether windows are of several sizes and cut elsewhere at each evaluation; else all are
 *   as large as can be and stay where they are
 * @wrap_rows: whether the first row follows the last
 * @wrap_columns: whether the first column follows the last
 *
 * How pictures are cut.
 */
typedef struct
{
  gsize    most;
  gsize    overlap;
  gsize    multiple;
  gboolean shifts;
  gboolean wrap_rows;
  gboolean wrap_columns;
} DifWindowSizes;

/**
 * dif_windows_new:
 * @inner: (transfer full): sees one window at a time
 * @sizes: how to cut
 * @extra: (nullable): further channels, the same at every step, or one pixel that stands for all
 *
 * Cuts pictures larger than the largest window into windows that overlap, and averages their
 * outputs with weights that fall smoothly over the overlap: no seams, and memory that does not grow
 * with the picture.  Windows that shift from evaluation to evaluation need little overlap, since
 * what one makes a little darker than its neighbour the next ones even out.
 *
 * On an axis that wraps around, windows go on at its other end, of any size: nothing tells the ends
 * from the middle, and the result can be laid side by side without a seam.  There half an overlap
 * at a window's ends, where the network sees that the window ends, is not used at all.
 *
 * Behind the channels of x the windows have those of @extra: [x_t, mask, masked picture] for
 * networks trained for inpainting.
 *
 * Shapes: extra [1, H, W, C] or [1, 1, 1, C]
 * Thread: any
 * Source: Bar-Tal et al. 2023 (MultiDiffusion), eq. 5
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_windows_new (DifEvaluator *inner, const DifWindowSizes *sizes, DifTensor *extra);

/**
 * dif_predict_new:
 * @evaluator: (transfer full): raw outputs
 * @prediction: what they mean
 *
 * The one place that turns a network's epsilon, x_0 or v into both x_0 and epsilon.  The
 * network is given x scaled to alpha² + sigma² = 1, so that any process can use it.
 *
 * Thread: any
 * Source: Ho et al. 2020, eq. 4; Salimans & Ho 2022, appendix D
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_predict_new (DifEvaluator *evaluator, DifPredictionType prediction);

G_END_DECLS
