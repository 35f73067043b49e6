/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifActivation:
 * @DIF_ACTIVATION_NONE: x
 * @DIF_ACTIVATION_SILU: x / (1 + exp (-x)), also called swish
 * @DIF_ACTIVATION_GELU: x times the normal distribution function of x, by erf
 * @DIF_ACTIVATION_MISH: x tanh (log (1 + exp x))
 * @DIF_ACTIVATION_RELU: max (x, 0)
 *
 * What diffusers' act_fn can be.
 */
typedef enum
{
  DIF_ACTIVATION_NONE,
  DIF_ACTIVATION_SILU,
  DIF_ACTIVATION_GELU,
  DIF_ACTIVATION_MISH,
  DIF_ACTIVATION_RELU,
} DifActivation;

/**
 * dif_activation_parse:
 * @name: an act_fn of a configuration
 * @activation: (out): what it means
 *
 * Returns: whether the name is known
 *
 * Thread: any
 */
gboolean dif_activation_parse (const char *name, DifActivation *activation);

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
