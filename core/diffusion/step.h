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

G_END_DECLS
