/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/gradient-guidance.h"
#include "core/models/classifier.h"

G_BEGIN_DECLS

/**
 * dif_classifier_gradient_new:
 * @classifier: (transfer full): what tells labels apart
 * @wanted: what pictures are to be, labels as dif_classifier_gradient() takes them; kept
 *
 * Leads towards pictures that a classifier takes for what is wanted.
 *
 * A picture counts as many of the size the classifier was trained at, each of which has to be
 * it:  log p (c | x_t) = sum over windows of log p (c | window).  The classifier's own word on
 * a whole picture goes by the mean over its pixels; the gradient of that falls with their number,
 * so that a scale which leads pictures of 64 pixels a side would do a sixteenth at 256, and it is
 * content with the mean, whatever the parts are.  The windows are of about that size, each counts
 * by its area, and they do not overlap, so that a pixel is led alike in pictures of all sizes.
 * They are cut elsewhere at each evaluation, which leaves no seams, and bound the memory.
 *
 * The exact gradient is alpha / sigma² times the difference that the label makes to the expected
 * clean picture: it falls with alpha where noise hides the picture.  A small network's does not; at
 * alpha 0.00005, where many processes begin, x_0 would go by hundreds and all pictures be flat
 * colors.  The classifier's word is therefore taken as p (c | x_t)^e, with the share
 * e = alpha / sqrt (alpha² + sigma²/100) of it that can be evidence: alpha / sigma = 1/10 is where
 * the mean of 10 x 10 pixels is as much noise as picture.  e is 0.98 at alpha = sigma / 2.
 *
 * Shapes: pictures [N, H, W, C]
 * Thread: any
 * Source: Dhariwal & Nichol 2021, section 4; Song et al. 2021 (score SDE), appendix I.1
 *
 * Returns: (transfer full): the gradient
 */
DifGradient *dif_classifier_gradient_new (DifClassifier *classifier, DifCondition *wanted);

G_END_DECLS
