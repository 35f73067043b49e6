/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"
#include "core/checkpoint/checkpoint.h"
#include "core/image/image.h"
#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * dif_run:
 * @request: what to make
 * @progress: (nullable): reports and cancel
 * @error: why there is no picture
 *
 * Runs one request from check to result.  Same request, same machine: same bytes, at
 * any number of threads.
 *
 * Returns: (transfer full): the picture, or %NULL
 *
 * Errors: of dif_request_check(), of opening the model, %DIF_ERROR_NOMEM,
 *   %DIF_ERROR_CANCELLED, %DIF_ERROR_NONFINITE
 * Thread: any; one call blocks its thread until the picture is there
 */
DifImage *dif_run (const DifRequest *request, DifProgress *progress, GError **error);

/**
 * dif_run_checkpoint:
 * @checkpoint: a model; outlives the call
 * @request: what to make; its own model is not looked at
 * @progress: (nullable): reports and cancel
 * @error: why there is no image
 *
 * dif_run() with a model that is open already.
 *
 * Returns: (transfer full): the image, or %NULL
 *
 * Errors: of dif_run()
 * Thread: any; the checkpoint is only read
 */
DifImage *dif_run_checkpoint (const DifCheckpoint *checkpoint, const DifRequest *request,
                              DifProgress *progress, GError **error);

G_END_DECLS
