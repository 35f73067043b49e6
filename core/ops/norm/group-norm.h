/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/conv/prologue.h"

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
 * dif_group_norm_fold:
 * @context: the context
 * @x: (nullable): inputs, whose moments are made if they are not there
 * @beside: (nullable): further channels of them, likewise
 * @n_groups: divides C
 * @gamma: [C]
 * @beta: [C]
 * @eps: added to the variance
 * @modulation: (nullable): [N, 2 C]: scale and shift after the norm, y (1 + scale) + shift
 * @activation: after all this
 * @prologue: (out caller-allocates): what dif_group_norm() would do
 *
 * Group norm as a factor and a summand for each channel of each picture.
 *
 * Shapes: x [N, …, C]; with channels beside, C is their sum in all the rest
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Wu & He 2018, eq. 2 to 7
 *
 * Returns: whether @prologue is filled
 */
gboolean dif_group_norm_fold (DifContext *context, DifTensor *x, DifTensor *beside, guint n_groups,
                              const DifTensor *gamma, const DifTensor *beta, double eps,
                              const DifTensor *modulation, DifActivation activation,
                              DifPrologue *prologue);

G_END_DECLS
