/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * dif_network_new:
 * @model: outlives the evaluator
 * @conditions: (array length=n): what its images are asked to be; kept
 * @n: at least 1; batches have a multiple of it
 *
 * A batch is cut into @n equal runs of images, each with its condition: with one all images have
 * it, with two the first half has the first.  Small pictures are evaluated together,
 * large ones one after the other, which is as fast and takes less memory.
 *
 * Thread: any
 *
 * Returns: (transfer full): the network as an evaluator
 */
DifEvaluator *dif_network_new (const DifModel *model, DifCondition *const *conditions, guint n);

/**
 * DifGuidance:
 * @scale: 1 is what is wanted alone, 0 what stands against it alone
 * @rescale: share of the contrast that guidance adds which is taken back, 0 to 1
 * @least: smallest timestep at which is guided
 * @most: largest timestep at which is guided
 * @channels: how many of the output's channels are guided, see dif_guidance_new(); 0 for all
 *
 * How strictly a network is made to follow its condition, and when.
 */
typedef struct
{
  double scale;
  double rescale;
  double least;
  double most;
  guint  channels;
} DifGuidance;

/**
 * dif_network_new_guided:
 * @model: outlives the evaluator
 * @wanted: the condition to follow; kept
 * @against: the one to lead away from: the unconditional or a negative one; kept
 * @guidance: how
 *
 * The network with dif_guidance_new(), where that makes a difference: each picture is evaluated
 * once only with scale 1 (@wanted alone), with scale 0 (@against alone, unless rescaled or with
 * channels that are not guided), where both conditions are the same, and at timesteps that are not
 * to be guided (@wanted alone).
 *
 * Thread: any
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_network_new_guided (const DifModel *model, DifCondition *wanted,
                                      DifCondition *against, const DifGuidance *guidance);

G_END_DECLS
