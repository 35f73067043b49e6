/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Points in two heaps of unequal weight, as pictures: a pixel is a point, a channel a coordinate.
 * What a denoiser should say of them is known in closed form, and what samplers make of its score
 * shows whether they find the weights. */

#include "core/diffusion/sampler.h"
#include "tests/core/support/ideal.h"

/* weight N (centre, deviation² I) + (1 - weight) N (-centre, deviation² I), where all coordinates
 * of the centre are alike */
typedef struct
{
  double weight;
  double centre;
  double deviation;
} Mixture;

/* 0.8 N ((5, 5), I) + 0.2 N ((-5, -5), I): Song & Ermon 2019, section 3.2.2 */
extern const Mixture mixture_song;

DifDenoiser *mixture_denoiser_new (const Mixture *mixture);

/* Points of the mixture itself. */
DifTensor *mixture_draw (DifContext *context, const Mixture *mixture, gsize side);

/* Points anywhere in [-8, 8]². */
DifTensor *mixture_anywhere (DifContext *context, gsize side);

/* What there is to see in a cloud of points. */
typedef struct
{
  double share;     /* of those nearer to the centre than to its mirror image */
  double deviation; /* of coordinates from the nearer one */
} MixtureFacts;

MixtureFacts mixture_facts (const Mixture *mixture, const DifTensor *points);

/* The experiment of Song & Ermon 2019, figure 3: Langevin steps from points anywhere, at levels
 * from sigma 20 down to 0.3, which hardly shows, or as many of them at the last level alone. */
DifTensor *mixture_experiment (DifContext *context, const DifSampler *sampler, gsize side);
