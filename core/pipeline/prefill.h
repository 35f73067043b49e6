/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/settings/request.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_prefill:
 * @context: the context
 * @x: (nullable): a picture in [-1, 1], changed in place
 * @mask: (nullable): 1 where its pixels are unknown; %NULL for 1 everywhere
 * @way: how to fill them
 * @seed: of noise
 *
 * Fills unknown pixels.  The ring around them, whose mean and deviation two of the ways take, is
 * 16 pixels wide.  Where no pixel is known, the mean is grey.
 *
 * Shapes: x [1, H, W, C]; mask [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 */
void dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask, DifPrefill way,
                  guint64 seed);

G_END_DECLS
