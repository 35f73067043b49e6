/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_prefill:
 * @context: the context
 * @x: (nullable): a picture, changed in place
 * @mask: (nullable): 1 where its pixels are unknown; %NULL for 1 everywhere
 *
 * Fills unknown pixels smoothly from the known ones: means of known pixels at half the size
 * fill what is unknown there, again and again, then each level fills the one above.  A
 * picture of unknown pixels only becomes grey.
 *
 * Shapes: x [1, H, W, C]; mask [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: the push-pull scheme of Gortler et al. 1996, section 3.4.1
 */
void dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask);

G_END_DECLS
