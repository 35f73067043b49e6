/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"
#include "core/checkpoint/checkpoint.h"
#include "core/image/image.h"
#include "core/pipeline/input.h"

G_BEGIN_DECLS

/**
 * DifSampled:
 * @kept: share of the source that is left in the result where the mask is 1
 * @stopped_after: steps after which the run was ended; 0 if it came to its end
 * @sampler: that it was made with
 *
 * What is known of an image afterwards.
 */
typedef struct
{
  double            kept;
  guint             stopped_after;
  const DifSampler *sampler;
} DifSampled;

/**
 * dif_sample:
 * @input: what the network sees, of a request that was checked
 * @checkpoint: the model
 * @progress: (nullable): reports and cancel
 * @sampled: (out caller-allocates): how it came about
 * @error: why there is no image
 *
 * From noise to an image of the input's size: the canvas, the plan, the chain of denoisers around
 * the network, and the sampler that walks down the plan.
 *
 * Returns: (transfer full): the image, or %NULL
 *
 * Errors: of dif_checkpoint_check(), of what the request asks for and the model lacks,
 *   %DIF_ERROR_NOMEM, %DIF_ERROR_CANCELLED, %DIF_ERROR_NONFINITE
 * Thread: any; the checkpoint is only read
 */
DifImage *dif_sample (const DifInput *input, const DifCheckpoint *checkpoint, DifProgress *progress,
                      DifSampled *sampled, GError **error);

G_END_DECLS
