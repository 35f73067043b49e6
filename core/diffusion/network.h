/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * dif_network_new:
 * @model: outlives the evaluator
 * @labels: (array length=n_labels): rows below the model's n_classes; 0 if it has none
 * @n_labels: at least 1; batches have a multiple of it
 *
 * A batch is cut into @n_labels equal runs of pictures, each with its label: with one label all
 * pictures have it, with two the first half has the first.  Small pictures are evaluated together,
 * large ones one after the other, which is as fast and takes less memory.
 *
 * Thread: any
 *
 * Returns: (transfer full): the network as an evaluator
 */
DifEvaluator *dif_network_new (const DifModel *model, const DifLabelMix *labels, guint n_labels);

/**
 * DifGuidance:
 * @scale: 1 is the label alone, 0 what stands against it alone
 * @rescale: share of the contrast that guidance adds which is taken back, 0 to 1
 * @least: smallest timestep at which is guided
 * @most: largest timestep at which is guided
 *
 * How strictly a network is made to follow its label, and when.
 */
typedef struct
{
  double scale;
  double rescale;
  double least;
  double most;
} DifGuidance;

/**
 * dif_network_new_guided:
 * @model: outlives the evaluator
 * @label: what is wanted, rows below the model's n_classes; 0 if it has none
 * @against: what is not: what stands for no label, or a negative one
 * @guidance: how
 *
 * The network with dif_guidance_new(), where that makes a difference: each picture is evaluated
 * once only with scale 1 (@label alone), with scale 0 (@against alone, unless rescaled), where both
 * labels are the same, and at timesteps that are not to be guided (@label alone).
 *
 * Thread: any
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_network_new_guided (const DifModel *model, const DifLabelMix *label,
                                      const DifLabelMix *against, const DifGuidance *guidance);

G_END_DECLS
