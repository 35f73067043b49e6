/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_scale_pictures:
 * @context: the context
 * @x: (nullable): what is scaled
 * @factors: (array): one for each picture
 *
 * Each picture times its own factor.
 *
 * Shapes: x, out [N, H, W, C]; factors [N]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the product
 */
DifTensor *dif_scale_pictures (DifContext *context, const DifTensor *x, const double *factors);

G_END_DECLS
