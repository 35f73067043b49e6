/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"

G_BEGIN_DECLS

/**
 * dif_guidance_new:
 * @inner: (transfer full): knows the label in the first half of a batch, and none in the second
 * @channels: how many of the output's channels are guided; 0 for all
 * @scale: 1 is the first half's output, 0 the second's
 * @rescale: phi in [0, 1], how much of a changed deviation is undone
 *
 * Classifier-free guidance: unconditional + scale (conditional - unconditional).  @inner is given
 * the pictures twice in one batch.  x_0 and epsilon follow from a raw output linearly, so guiding
 * it guides both.
 *
 * Strong guidance widens the output, which makes pictures too rich in contrast.  With @rescale each
 * picture's guided output is mixed with itself brought back to the conditional one's standard
 * deviation: phi rescaled + (1 - phi) guided.  Below dif_windows_new() a picture is a window.
 *
 * What networks say of the variance, in channels of its own, is no part of the mean: there the
 * first half's output stays as it is.
 *
 * Thread: any
 * Source: Ho & Salimans 2022, eq. 6, with scale = 1 + w; of raw outputs, as diffusers does it; Lin
 *   et al. 2024 (Common diffusion noise schedules), eq. 15 and 16, the deviation with n - 1; Nichol
 * et al. 2022 (GLIDE), code, for the variance
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_guidance_new (DifEvaluator *inner, guint channels, double scale, double rescale);

/**
 * dif_interval_new:
 * @inside: (transfer full): asked where @least <= t <= @most
 * @outside: (transfer full): asked elsewhere
 * @least: a timestep
 * @most: a timestep
 *
 * Guidance in a limited interval: at the highest noise levels it takes variety away, at the lowest
 * it does nothing but cost time.
 *
 * Units: timesteps as dif_evaluate() has them
 * Thread: any
 * Source: Kynkäänniemi et al. 2024, eq. 5
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_interval_new (DifEvaluator *inside, DifEvaluator *outside, double least,
                                double most);

/**
 * DifGuidanceRow:
 * @id: for lists
 * @label: for people, to be translated
 * @citation: where it is defined
 * @evals: evaluations of the network that it takes at each noise level where it acts
 *
 * One way to lead a run towards what is wanted, as lists tell of it: a row stands in the file that
 * does it.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  guint       evals;
} DifGuidanceRow;

/**
 * dif_guidances:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifGuidanceRow *const *dif_guidances (guint *n);

/**
 * dif_guidance_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifGuidanceRow *dif_guidance_find (const char *id);

G_END_DECLS
