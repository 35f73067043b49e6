/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * dif_network_new:
 * @model: outlives the evaluator
 * @labels: (array length=n_labels): each below the model's n_classes; 0 if it has none
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
DifEvaluator *dif_network_new (const DifModel *model, const guint *labels, guint n_labels);

/**
 * dif_network_new_guided:
 * @model: outlives the evaluator
 * @label: what is wanted, below the model's n_classes; 0 if it has none
 * @null_label: stands for no label
 * @scale: of guidance
 *
 * The network with dif_guidance_new(), where that makes a difference: each picture is evaluated
 * once only with scale 1 (@label alone), with scale 0 (@null_label alone), and where both labels
 * are the same.
 *
 * Thread: any
 *
 * Returns: (transfer full): an evaluator
 */
DifEvaluator *dif_network_new_guided (const DifModel *model, guint label, guint null_label,
                                      double scale);

G_END_DECLS
