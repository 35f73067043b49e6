/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/nn/tensor-source.h"

G_BEGIN_DECLS

/**
 * DifRandom:
 *
 * Tensors of a network that was never trained, made when they are asked for.
 *
 * Source: PyTorch's defaults for Conv2d, Linear, Embedding and GroupNorm (He et al. 2015 with a
 * gain of sqrt (1/3))
 */
typedef struct _DifRandom DifRandom;

/**
 * dif_random_new:
 * @seed: of the random numbers
 *
 * Returns: (transfer full): no tensors yet
 *
 * Thread: any
 */
DifRandom *dif_random_new (guint64 seed);

/**
 * dif_random_free:
 * @random: (transfer full) (nullable): what to free, its #DifNamedTensor included
 *
 * Thread: any
 */
void dif_random_free (DifRandom *random);

/**
 * dif_random_find:
 * @random: the tensors
 * @name: of a tensor
 *
 * Returns: (transfer none) (nullable): the tensor, if it was made
 *
 * Thread: any
 */
const DifNamedTensor *dif_random_find (DifRandom *random, const char *name);

/**
 * dif_random_make:
 * @random: the tensors
 * @name: of a tensor
 * @n_dims: 1 to 4
 * @dim: (array length=n_dims): sizes
 *
 * Returns: (transfer none): a new tensor, or the one of that name
 *
 * Thread: any
 */
const DifNamedTensor *dif_random_make (DifRandom *random, const char *name, guint n_dims,
                                       const gsize *dim);

/**
 * dif_random_layer:
 * @random: the tensors
 * @layer: name of a convolution or of a linear layer
 * @inputs: numbers that each of its outputs is made of
 *
 * To be called before its weight and its bias are filled.
 *
 * Thread: any
 */
void dif_random_layer (DifRandom *random, const char *layer, double inputs);

/**
 * dif_random_waves:
 * @random: the tensors
 * @layer: name of what holds frequencies
 * @deviation: of them
 *
 * To be called before its weight is filled.
 *
 * Thread: any
 */
void dif_random_waves (DifRandom *random, const char *layer, double deviation);

/**
 * dif_random_fill:
 * @random: the tensors
 * @tensor: one of them
 * @out: (array): room for it
 *
 * Weights and biases of layers are spread evenly over ±1/sqrt(inputs), tables and frequencies are
 * normal, norms' weights are 1 and their biases 0.
 *
 * Thread: any
 */
void dif_random_fill (DifRandom *random, const DifNamedTensor *tensor, float *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifRandom, dif_random_free)

G_END_DECLS
