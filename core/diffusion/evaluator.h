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
 * @x: (nullable): noisy pictures, scaled as the network was trained
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

#define DIF_MAX_REGIONS 16u

/**
 * DifRegionSizes:
 * @margin: pixels around a region that are evaluated with it
 * @smallest: pixels on a side that are evaluated at least, where there are so many
 * @multiple: what is evaluated begins and ends at multiples of it; pictures are multiples too
 * @apart: timestep from which up nothing is seen but the region itself
 *
 * What of a picture is evaluated for a region of it.
 */
typedef struct
{
  gsize  margin;
  gsize  smallest;
  gsize  multiple;
  double apart;
} DifRegionSizes;

/**
 * dif_regions_new:
 * @inner: (array length=n) (transfer full): what is asked for each region
 * @n: regions, 1 to %DIF_MAX_REGIONS + 1
 * @sizes: how much is evaluated for each
 *
 * Different parts of a picture follow different evaluators: at each evaluation the outputs are
 * added up, each times its region's mask.  The masks are the last @n channels of x and sum to 1 at
 * each pixel, so that dif_windows_new(), given them behind its further channels, cuts them with the
 * picture.  An evaluator sees the smallest rectangle that holds its region, with a margin, and
 * nothing if the region is elsewhere.
 *
 * At high noise levels, where colors and large shapes are found, neighbors would make a region a
 * compromise: there the pixels around it (of a mask below 1/2) are replaced by mirrored pieces of
 * itself.  At lower ones it is to see its neighbors, so that borders fit.
 *
 * Shapes: x [N, H, W, C + n], what @inner sees [N, h, w, C]; masks of the first picture count
 * Thread: any
 * Source: Bar-Tal et al. 2023 (MultiDiffusion), eq. 5 and section 4.3, whose bootstrapping shows
 *   other backgrounds at first
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_regions_new (DifEvaluator *const *inner, guint n, const DifRegionSizes *sizes);

/**
 * DifWindowSizes:
 * @most: pixels on a side of a window at most; a multiple of @multiple
 * @overlap: of neighboring windows, about; much less than @most
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
 * what one makes a little darker than its neighbor the next ones even out.
 *
 * On an axis that wraps around, windows go on at its other end, of any size: nothing tells the ends
 * from the middle, and the result can be laid side by side without a seam.  There half an overlap
 * at a window's ends, where the network sees that the window ends, is not used at all.
 *
 * Behind the channels of x the windows have those of @extra: [x_t, mask, base] for
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
 * The one place that turns what a network predicts into both x_0 and epsilon.  The
 * network is given x scaled to alpha² + sigma² = 1, so that any process can use it.  Where it gives
 * twice the channels, those in the second half are the variance of #DifPrediction.
 *
 * Thread: any
 * Source: Ho et al. 2020, eq. 4; Salimans & Ho 2022, appendix D
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_predict_new (DifEvaluator *evaluator, DifPredictionType prediction);

/**
 * dif_predict_new_exploding:
 * @evaluator: (transfer full): raw outputs
 * @prediction: what they mean; not %DIF_PREDICTION_V
 *
 * dif_predict_new() for networks that were trained with alpha = 1 (NCSN): they are given x / alpha,
 * so that any process can use them too.
 *
 * Thread: any
 * Source: Song & Ermon 2019, section 4; Song et al. 2021 (score SDE), section 3.4
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_predict_new_exploding (DifEvaluator *evaluator, DifPredictionType prediction);

/**
 * dif_predict_new_straight:
 * @evaluator: (transfer full): raw outputs
 * @prediction: what they mean; not %DIF_PREDICTION_V
 *
 * dif_predict_new() for networks that were trained with alpha + sigma = 1 (rectified flow): they
 * are given x / (alpha + sigma), so that any process can use them too.
 *
 * Thread: any
 * Source: Liu et al. 2023 (rectified flow), eq. 1
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_predict_new_straight (DifEvaluator *evaluator, DifPredictionType prediction);

/**
 * dif_precondition_new:
 * @evaluator: (transfer full): raw outputs
 * @prediction: %DIF_PREDICTION_V turns the output's sign around
 * @sigma_data: deviation of the pictures
 *
 * EDM's networks: they are given x / alpha scaled to the deviation 1, and x_0 is a sum of x and the
 * output with weights such that the output has the deviation 1 too.
 *
 * Thread: any
 * Source: Karras et al. 2022, eq. 7 and table 1
 *
 * Returns: (transfer full): a denoiser
 */
DifDenoiser *dif_precondition_new (DifEvaluator *evaluator, DifPredictionType prediction,
                                   double sigma_data);

/**
 * dif_predict_for:
 * @evaluator: (transfer full): raw outputs of a network
 * @process: what it was trained on
 *
 * Thread: any
 *
 * Returns: (transfer full): whichever of the above the process asks for; without the variance where
 *   the process is not to heed it
 */
DifDenoiser *dif_predict_for (DifEvaluator *evaluator, const DifProcess *process);

G_END_DECLS
