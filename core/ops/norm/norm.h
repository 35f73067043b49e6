/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/activation.h"

G_BEGIN_DECLS

/**
 * dif_group_norm:
 * @context: the context
 * @x: (nullable): pictures; get moments if they have none
 * @n_groups: divides C
 * @gamma: [C] scale
 * @beta: [C] shift
 * @eps: added to the variance
 * @modulation: (nullable): [N, 2 C], a scale s and a shift t for each channel of each
 *   picture: the normalized y becomes y (1 + s) + t
 * @activation: applied to the result in the same pass
 *
 * Brings each group of channels of each picture to mean 0 and variance 1 (divided by n),
 * then scales and shifts each channel.  Sums are in fixed order and nearly as exact as in double.
 *
 * Shapes: x, out [N, …, C]
 * Units: eps in squared units of x
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Wu & He 2018, eq. 1 to 4; torch.nn.GroupNorm
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_group_norm (DifContext *context, DifTensor *x, guint n_groups,
                           const DifTensor *gamma, const DifTensor *beta, double eps,
                           const DifTensor *modulation, DifActivation activation);

/**
 * dif_layer_norm:
 * @context: the context
 * @x: (nullable): rows
 * @gamma: [C] scale
 * @beta: [C] shift
 * @eps: added to the variance
 *
 * Brings each row to mean 0 and variance 1 (divided by n), then scales and shifts each channel.
 *
 * Shapes: x, out […, C]
 * Units: eps in squared units of x
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Ba et al. 2016, eq. 3 and 4; torch.nn.LayerNorm
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_layer_norm (DifContext *context, const DifTensor *x, const DifTensor *gamma,
                           const DifTensor *beta, double eps);

G_END_DECLS
