/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Channels transformed together. */
#define DIF_WINOGRAD_LANES 16

/* Of any form. */
#define DIF_WINOGRAD_MAX_POINTS 64
#define DIF_WINOGRAD_MAX_OUT    6

/**
 * DifWinogradKind:
 * @DIF_WINOGRAD_F2: F(2 x 2, 3 x 3): 16 products for 4 outputs, 2.25 times fewer than plainly
 * @DIF_WINOGRAD_F4: F(4 x 4, 3 x 3): 36 products for 16 outputs, 4 times fewer; points 0, 1, -1,
 *   2, -2
 * @DIF_WINOGRAD_F6: F(6 x 6, 3 x 3): 64 products for 36 outputs, 5.06 times fewer; points 0, 1,
 *   -1, 2, -2, 1/2, -1/2
 *
 * Ways to make a block of outputs with fewer products.
 */
typedef enum
{
  DIF_WINOGRAD_F2,
  DIF_WINOGRAD_F4,
  DIF_WINOGRAD_F6,
} DifWinogradKind;

#define DIF_N_WINOGRAD_FORMS 3

/**
 * DifWinogradEpilogue:
 * @offset: added to each pixel
 * @residual: (nullable): added, at the first pixel of the block
 * @scale: factor of the sum
 * @moments: (nullable): pivots, to which sums of the results' differences and of their squares are
 *   added up, @moments_step on each
 * @moments_step: at least the channels
 *
 * What is done to a block of outputs, from some channel on.
 */
typedef struct
{
  const float *offset;
  const float *residual;
  float        scale;
  float       *moments;
  gsize        moments_step;
} DifWinogradEpilogue;

/**
 * DifWinogradForm:
 * @kind: which it is
 * @out: rows and columns of a block of outputs
 * @side: rows and columns of the block of inputs it is made from, @out + 2
 * @points: @side², products for each pair of channels
 * @group: blocks that are multiplied together, a multiple of 8, so that those transformed and their
 *   products stay in a second-level cache
 * @weights: U = G g Gᵀ: @n numbers of each of 9 taps, @tap_step apart, to @n of each point,
 *   @point_step apart
 * @inputs: V = Bᵀ d B: @n channels of the pixels @d[0 … points) from @channel on, a whole number
 *   of lanes, to each point
 * @outputs: Y = Aᵀ M A: @n channels of each point, a whole number of lanes, to the @out² pixels
 *   of a block that lie @row_step and @pixel_step apart, as does the residual
 * @gradients: M = A dY Aᵀ: @n channels of the @out² pixels @d from @channel on, a whole number of
 *   lanes, to each point
 * @taps: dg = Gᵀ dU G: @n numbers of each point, @point_step apart, a whole number of lanes, to @n
 *   of each of 9 taps, @tap_step apart
 *
 * F(out x out, 3 x 3): how a block of outputs is made with fewer products, and the gradient of
 * the weights.
 */
typedef struct
{
  DifWinogradKind kind;

  guint out;
  guint side;
  guint points;
  guint group;
  void (*weights) (const float *g, gsize tap_step, gsize n, float *u, gsize point_step);
  void (*inputs) (const float *const *d, gsize channel, gsize n, float *v, gsize point_step);
  void (*outputs) (const float *m, gsize point_step, gsize n, float *y, gsize row_step,
                   gsize pixel_step, const DifWinogradEpilogue *epilogue);
  void (*gradients) (const float *const *d, gsize channel, gsize n, float *m, gsize point_step);
  void (*taps) (const float *u, gsize point_step, gsize n, float *g, gsize tap_step);
} DifWinogradForm;

/**
 * dif_winograd_form:
 * @kind: which
 *
 * Returns: (transfer none): the form, with functions for what dif_cpu() says
 *
 * Thread: any
 * Source: Lavin & Gray 2016, section 4
 */
const DifWinogradForm *dif_winograd_form (DifWinogradKind kind);

G_END_DECLS
