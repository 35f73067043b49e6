/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifStep:
 * @t: what the network is told
 * @alpha: factor of the clean picture
 * @sigma: factor of the noise
 *
 * One noise level: x_t = alpha x_0 + sigma eps.  Variance-preserving processes (DDPM) have
 * alpha² + sigma² = 1, variance-exploding ones (NCSN) alpha = 1, rectified flow alpha + sigma = 1;
 * nothing above this type tells them apart.
 */
typedef struct
{
  double t;
  double alpha;
  double sigma;
} DifStep;

/**
 * DifMove:
 * @of_x: factor of x
 * @of_score: factor of the score (alpha x_0 - x) / sigma²
 * @noise: deviation of fresh noise
 *
 * One step of a stochastic process back in time: x becomes their sum.
 */
typedef struct
{
  double of_x;
  double of_score;
  double noise;
} DifMove;

G_END_DECLS
