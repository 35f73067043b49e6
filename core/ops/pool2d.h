/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_upsample_nearest2d:
 * @context: the context
 * @x: (nullable): pictures
 *
 * Each pixel four times.  Before a convolution use the resizing of dif_conv() instead,
 * which does not make the large picture.
 *
 * Shapes: x [N, H, W, C]; out [N, 2 H, 2 W, C]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: torch.nn.functional.interpolate (mode="nearest")
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_upsample_nearest2d (DifContext *context, const DifTensor *x);

/**
 * dif_avg_pool2d:
 * @context: the context
 * @x: (nullable): pictures of at least 2 x 2 pixels
 *
 * Means of 2 x 2 pixels; an odd last row or column is left out.
 *
 * Shapes: x [N, H, W, C]; out [N, H / 2, W / 2, C]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: torch.nn.AvgPool2d (2)
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_avg_pool2d (DifContext *context, const DifTensor *x);

G_END_DECLS
