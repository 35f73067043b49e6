/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

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

G_END_DECLS
