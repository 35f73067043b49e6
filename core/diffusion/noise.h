/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifNoise:
 * @fill: writes n normal numbers of draw number @draw, from number @index on
 * @next: the draw dif_noise_next() takes
 * @finish: (nullable): what is done to each draw as a whole; errors are sticky in @context
 *
 * Where normal numbers come from: a seed, a recording, or another source.
 */
typedef struct _DifNoise DifNoise;
struct _DifNoise
{
  void (*fill) (DifNoise *self, guint64 draw, gsize index, float *out, gsize n);
  guint64 next;
  void (*finish) (DifNoise *self, DifContext *context, DifTensor *draw);
};

/**
 * DifSeededNoise:
 *
 * Counter-based normal numbers of a seed; see dif_rng_normal().
 */
typedef struct
{
  DifNoise parent;
  guint64  seed;
} DifSeededNoise;

/**
 * dif_seeded_noise_init:
 * @noise: (out caller-allocates): starts at draw 0
 * @seed: of all draws
 *
 * Thread: any
 */
void dif_seeded_noise_init (DifSeededNoise *noise, guint64 seed);

/**
 * dif_noise_next:
 * @noise: the source
 * @context: the context
 * @like: (nullable): of the wanted shape
 *
 * Shapes: out like @like
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the next draw
 */
DifTensor *dif_noise_next (DifNoise *noise, DifContext *context, const DifTensor *like);

/**
 * dif_noise_over:
 * @noise: the source
 * @context: the context
 * @out: (transfer full) (nullable): written over
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): @out with the next draw
 */
DifTensor *dif_noise_over (DifNoise *noise, DifContext *context, DifTensor *out);

G_END_DECLS
