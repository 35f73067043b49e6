/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/activation.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_activate_row:
 * @activation: which
 * @x: (array length=n): changed in place
 * @n: how many numbers
 *
 * The plain kernel, for ops that fuse it.
 *
 * Thread: any
 */
void dif_activate_row (DifActivation activation, float *x, gsize n);

/**
 * dif_activate:
 * @context: the context
 * @x: (nullable): numbers
 * @activation: which
 *
 * Shapes: x and out alike
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the output
 */
DifTensor *dif_activate (DifContext *context, const DifTensor *x, DifActivation activation);

G_END_DECLS
