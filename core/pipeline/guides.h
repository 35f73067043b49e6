/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/diffusion/evaluator.h"
#include "core/pipeline/canvas.h"
#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * dif_guides_evaluator:
 * @request: labels, regions and guidance
 * @checkpoint: the network; outlives the evaluator
 * @error: says which label is wrong
 *
 * The network as the request wants it led: guided, and with regions one such for each of them and
 * for the rest; it then wants what dif_guides_extra() gives as its last channels.
 *
 * Errors: those of dif_conditioner_read()
 * Thread: any
 *
 * Returns: (transfer full): an evaluator, or %NULL
 */
DifEvaluator *dif_guides_evaluator (const DifRequest *request, const DifCheckpoint *checkpoint,
                                    GError **error);

/**
 * dif_guides_extra:
 * @input: its regions
 * @context: the context
 * @condition: (nullable): what the network is conditioned on, or one pixel that stands for all
 * @canvas: of which size
 *
 * @condition and, if there are regions, behind it a mask for each and one for the rest, which add
 * up to 1 at each pixel.  Beyond the input's size its edge goes on.
 *
 * Shapes: H and W are x's; condition [1, H, W, C] or [1, 1, 1, C]; out [1, H, W, C + n + 1], or as
 *   @condition
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): further channels for dif_windows_new()
 */
DifTensor *dif_guides_extra (const DifInput *input, DifContext *context, DifTensor *condition,
                             const DifCanvas *canvas);

/**
 * dif_guides_classifier:
 * @request: its label and classifier_guidance
 * @checkpoint: whose classifier it is
 * @inner: (transfer full): what is guided by it
 * @error: says what it lacks
 *
 * Errors: %DIF_ERROR_REQUEST where the model has no classifier, or does not work on pixels;
 * %DIF_ERROR_MISMATCH where it knows other labels; those of dif_classifier_open() and
 * dif_conditioner_read() Thread: any
 *
 * Returns: (transfer full): @inner, guided if the request asks for it; or %NULL
 */
DifDenoiser *dif_guides_classifier (const DifRequest *request, const DifCheckpoint *checkpoint,
                                    DifDenoiser *inner, GError **error);

/**
 * dif_guides_colors:
 * @request: its colors
 * @checkpoint: the model
 * @inner: (transfer full): what is guided by them
 * @mask: (nullable): which pixels count
 * @error: says that the model does not work on pixels
 *
 * Errors: %DIF_ERROR_REQUEST
 * Thread: any
 *
 * Returns: (transfer full): @inner, guided if there are colors; or %NULL
 */
DifDenoiser *dif_guides_colors (const DifRequest *request, const DifCheckpoint *checkpoint,
                                DifDenoiser *inner, DifTensor *mask, GError **error);

G_END_DECLS
