/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_rng_normal:
 * @seed: of the whole run
 * @stream: which draw; each draw of a run has its own number
 * @index: of the first number wanted within the draw
 * @out: (array length=n): independent normal numbers, mean 0, variance 1
 * @n: how many
 *
 * Counter-based: number k of a draw is the same whoever asks for it, in whatever
 * order and however the range is cut into pieces.
 *
 * Thread: any
 * Source: Philox4x32-10 (Salmon et al. 2011), then Box and Muller (1958)
 */
void dif_rng_normal (guint64 seed, guint64 stream, guint64 index, float *out, gsize n);

/**
 * dif_rng_uniform:
 * @seed: of the whole run
 * @stream: which draw
 * @index: of the first number wanted within the draw
 * @out: (array length=n): independent numbers, evenly spread over 0 (included) to 1 (not included)
 * @n: how many
 *
 * Counter-based as dif_rng_normal() is, whose numbers of the same stream are made of the same bits.
 *
 * Thread: any
 * Source: Philox4x32-10 (Salmon et al. 2011)
 */
void dif_rng_uniform (guint64 seed, guint64 stream, guint64 index, double *out, gsize n);

G_END_DECLS
