/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_take_coarse:
 * @context: the context
 * @x: (nullable): pictures or noise, changed in place
 * @detail: pixels, from 1 on
 *
 * Takes out of @x what is coarser than @detail: means of boxes half as wide, taken twice along each
 * axis.  Waves as long as @detail lose about a third of their height, longer ones more and all in
 * the end, those of half that length and less hardly any.  Borders meet.
 *
 * Shapes: x [N, H, W, C]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Wells 1986 (Efficient Synthesis of Gaussian Filters by Cascaded Uniform Filters)
 */
void dif_take_coarse (DifContext *context, DifTensor *x, guint detail);

G_END_DECLS
