/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifSinusoid:
 * @dim: numbers in an embedding; an odd one ends in a zero
 * @flip_sin_to_cos: cosines first
 * @freq_shift: subtracted from the divisor of the frequencies (downscale_freq_shift)
 * @scale: factor of the angles
 * @max_period: the longest wavelength over 2 pi
 *
 * Parameters of dif_sinusoidal_embedding(), with diffusers' names.
 */
typedef struct
{
  gsize    dim;
  gboolean flip_sin_to_cos;
  double   freq_shift;
  double   scale;
  double   max_period;
} DifSinusoid;

/**
 * dif_sinusoidal_embedding:
 * @context: the context
 * @t: (array length=n): timesteps, whole or not
 * @n: how many
 * @sinusoid: parameters
 *
 * sin and cos of t at geometrically falling frequencies.
 *
 * Shapes: out [n, dim]
 * Units: t in training steps
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Vaswani et al. 2017, section 3.5; diffusers get_timestep_embedding
 *
 * Returns: (transfer full) (nullable): the embeddings
 */
DifTensor *dif_sinusoidal_embedding (DifContext *context, const double *t, gsize n,
                                     const DifSinusoid *sinusoid);

/**
 * dif_fourier_embedding:
 * @context: the context
 * @t: (array length=n): noise levels above 0
 * @n: how many
 * @frequencies: of the waves, in turns
 *
 * sin and cos of 2 pi f log (t), the sines first.
 *
 * Shapes: frequencies [K]; out [n, 2 K]
 * Errors: sticky in @context
 * Thread: the context's
 * Source: Tancik et al. 2020, section 5; diffusers GaussianFourierProjection
 *
 * Returns: (transfer full) (nullable): the embeddings
 */
DifTensor *dif_fourier_embedding (DifContext *context, const double *t, gsize n,
                                  const DifTensor *frequencies);

/**
 * dif_embedding:
 * @context: the context
 * @table: rows to choose from
 * @index: (array length=n): rows wanted, each below the table's
 * @n: how many
 *
 * Shapes: table [K, C]; out [n, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the rows
 */
DifTensor *dif_embedding (DifContext *context, const DifTensor *table, const guint *index, gsize n);

/**
 * DifRowMix:
 * @n: how many rows of a table, at least 1
 * @index: (array length=n): which, each below the table's
 * @weight: (array length=n): their factors; a row alone has the factor 1
 *
 * Rows added up.
 */
typedef struct
{
  guint         n;
  const guint  *index;
  const double *weight;
} DifRowMix;

/**
 * dif_embedding_mix:
 * @context: the context
 * @table: rows to choose from
 * @mix: (array length=n): what each row of the output is
 * @n: how many
 *
 * dif_embedding() where in the place of a row there may be a weighted sum of several.
 *
 * Shapes: table [K, C]; out [n, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the rows
 */
DifTensor *dif_embedding_mix (DifContext *context, const DifTensor *table, const DifRowMix *mix,
                              gsize n);

G_END_DECLS
