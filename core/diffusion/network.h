/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/evaluator.h"
#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * dif_network_new:
 * @model: outlives the evaluator
 * @label: given with every picture, below the model's n_classes; 0 if it has none
 *
 * Thread: any
 *
 * Returns: (transfer full): the network as an evaluator
 */
DifEvaluator *dif_network_new (const DifModel *model, guint label);

G_END_DECLS
