/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifPrefill:
 * @DIF_PREFILL_AUTO: a piece of the picture where what surrounds the hole is a texture and one
 * looks like it (dif_patch_fill_texture()), at a noise level of at most %DIF_PATCH_LEVEL; else
 * smooth. Smooth too where labels, regions or colors say what is to be made, or the noise level is
 * above the default
 * @DIF_PREFILL_SMOOTH: colors of the surroundings, smoothly: dif_fill()
 * @DIF_PREFILL_PATCH: a piece of the picture that fits there: dif_patch_fill()
 * @DIF_PREFILL_KEEP: what was there
 * @DIF_PREFILL_MEAN: one color, the mean of a ring of pixels around it
 * @DIF_PREFILL_BORDER: of each pixel, the color of the nearest one outside
 * @DIF_PREFILL_NOISE: as much noise around the ring's mean as the ring's colors vary
 *
 * What inpainting noises in place of the pixels to be made.
 */
typedef enum
{
  DIF_PREFILL_AUTO,
  DIF_PREFILL_SMOOTH,
  DIF_PREFILL_PATCH,
  DIF_PREFILL_KEEP,
  DIF_PREFILL_MEAN,
  DIF_PREFILL_BORDER,
  DIF_PREFILL_NOISE,
  DIF_N_PREFILLS,
} DifPrefill;

/**
 * dif_prefill:
 * @context: the context
 * @x: (nullable): a picture in [-1, 1], changed in place
 * @mask: (nullable): 1 where its pixels are unknown; %NULL for 1 everywhere
 * @way: how to fill them
 * @seed: of noise
 *
 * Fills unknown pixels.  The ring around them, whose mean and deviation two of the ways take, is
 * 16 pixels wide.  Where no pixel is known, the mean is grey.
 *
 * Shapes: x [1, H, W, C]; mask [1, H, W, 1]
 * Errors: sticky in @context
 * Thread: the context's
 */
void dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask, DifPrefill way,
                  guint64 seed);

G_END_DECLS
