/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/winograd/winograd-form.h"

G_BEGIN_DECLS

/**
 * DifWinogradCosts:
 * @inputs: of transforming 16 channels of a block of inputs
 * @outputs: of transforming 16 channels of a block of outputs
 * @weights: of transforming 16 of a tap's numbers
 *
 * Nanoseconds on one thread.
 */
typedef struct
{
  double inputs;
  double outputs;
  double weights;
} DifWinogradCosts;

/**
 * DifCosts:
 * @product: of a row, a column of it and a panel of dif_product()
 * @gather: of a number copied to a row for a product
 * @stream: of a number of the weights read from memory
 * @forms: of each #DifWinogradKind
 *
 * What a processor takes for the pieces of a convolution: nanoseconds on one thread.
 */
typedef struct
{
  double           product;
  double           gather;
  double           stream;
  DifWinogradCosts forms[DIF_N_WINOGRAD_FORMS];
} DifCosts;

/**
 * DifConvAlgorithm:
 * @DIF_CONV_AUTO: whichever is estimated to be fastest
 * @DIF_CONV_IM2ROW: rows of pixels gathered, one product
 * @DIF_CONV_WINOGRAD_2: F(2 x 2, 3 x 3)
 * @DIF_CONV_WINOGRAD_4: F(4 x 4, 3 x 3)
 * @DIF_CONV_WINOGRAD_6: F(6 x 6, 3 x 3)
 *
 * Ways to convolve.  Winograd's are for 3 x 3 kernels of stride 1 with a pixel of padding.
 */
typedef enum
{
  DIF_CONV_AUTO,
  DIF_CONV_IM2ROW,
  DIF_CONV_WINOGRAD_2,
  DIF_CONV_WINOGRAD_4,
  DIF_CONV_WINOGRAD_6,
} DifConvAlgorithm;

#define DIF_N_CONV_ALGORITHMS 5

/**
 * DifConvWork:
 * @n: pictures
 * @h: rows of the output
 * @w: columns of the output
 * @c_in: inputs
 * @c_out: outputs
 *
 * What a 3 x 3 convolution of stride 1 has to do.
 */
typedef struct
{
  gsize n, h, w;
  gsize c_in, c_out;
} DifConvWork;

/**
 * dif_costs:
 *
 * Returns: (transfer none): what was measured on a processor with what dif_cpu() says; always
 *   the same, so that results do not depend on how busy the machine is
 *
 * Thread: any
 */
const DifCosts *dif_costs (void);

/**
 * dif_costs_measure:
 * @costs: (out caller-allocates): measured here and now, in about a second
 *
 * Thread: any
 */
void dif_costs_measure (DifCosts *costs);

/**
 * dif_cost_winograd_kind:
 * @algorithm: one of Winograd's
 *
 * Returns: the form it uses
 */
static inline DifWinogradKind
dif_cost_winograd_kind (DifConvAlgorithm algorithm)
{
  return (DifWinogradKind) (algorithm - DIF_CONV_WINOGRAD_2);
}

/**
 * dif_cost_conv:
 * @costs: what the pieces take
 * @work: the convolution
 * @algorithm: not %DIF_CONV_AUTO
 *
 * Returns: an estimate in nanoseconds on one thread, for weights that are transformed on the way;
 *   it does not ask whether they are held so, lest results depend on how much memory there is
 *
 * Thread: any
 */
double dif_cost_conv (const DifCosts *costs, const DifConvWork *work, DifConvAlgorithm algorithm);

/**
 * dif_cost_pick:
 * @costs: what the pieces take
 * @work: the convolution
 *
 * Returns: the algorithm with the lowest estimate
 *
 * Thread: any
 */
DifConvAlgorithm dif_cost_pick (const DifCosts *costs, const DifConvWork *work);

G_END_DECLS
