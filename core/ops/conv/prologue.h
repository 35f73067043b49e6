/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/activation.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifPrologue:
 * @scale: [N, C]
 * @shift: [N, C]
 * @activation: of x scale + shift
 *
 * What is done to inputs while they are read: a normalization whose mean and variance are known,
 * and the activation after it.
 */
typedef struct
{
  DifTensor    *scale;
  DifTensor    *shift;
  DifActivation activation;
} DifPrologue;

/**
 * dif_prologue_clear:
 * @prologue: emptied
 *
 * Thread: any
 */
void dif_prologue_clear (DifPrologue *prologue);

/**
 * dif_prologue_pixels:
 * @prologue: what is done
 * @picture: whose scale and shift
 * @first: first channel
 * @n: how many channels
 * @x: from the first channel of the first pixel on
 * @x_step: from pixel to pixel
 * @n_pixels: how many
 * @y: (out caller-allocates): likewise; may be @x
 * @y_step: from pixel to pixel
 *
 * Does it to some channels of some pixels.
 *
 * Thread: any
 */
void dif_prologue_pixels (const DifPrologue *prologue, gsize picture, gsize first, gsize n,
                          const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifPrologue, dif_prologue_clear)

G_END_DECLS
