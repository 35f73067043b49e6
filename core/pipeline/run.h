/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"
#include "core/checkpoint/checkpoint.h"
#include "core/settings/request.h"

G_BEGIN_DECLS

/**
 * DifResult:
 * @width: pixels in a row
 * @height: rows
 * @pixels: R'G'B' floats (sRGB, gamma encoded, 0 to 1 where the source was), 3 for each pixel; at
 *   full strength wherever they are new, and the source's own elsewhere
 * @weights: (nullable): of each pixel, how it is to be laid over the source, from 0 to 1; %NULL for
 *   1 everywhere
 * @stopped_after: steps after which the run was ended; 0 if it came to its end
 * @settings: JSON of the settings that make the same again, as dif_request_from_json() reads it
 *
 * What a request has given.
 */
typedef struct
{
  guint  width;
  guint  height;
  float *pixels;
  float *weights;
  guint  stopped_after;
  char  *settings;
} DifResult;

/**
 * dif_result_free:
 * @result: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_result_free (DifResult *result);

/**
 * dif_run:
 * @request: what to make
 * @progress: (nullable): reports and cancel
 * @error: why there is no picture
 *
 * Runs one request from check to result.  Same request, same machine: same bytes, at
 * any number of threads.
 *
 * Returns: (transfer full): the result, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST for what cannot be asked for, with the setting's id if it is one; of
 *   opening the model, %DIF_ERROR_NOMEM,
 *   %DIF_ERROR_CANCELLED, %DIF_ERROR_NONFINITE
 * Thread: any; one call blocks its thread until the picture is there
 */
DifResult *dif_run (const DifRequest *request, DifProgress *progress, GError **error);

/**
 * dif_run_checkpoint:
 * @checkpoint: a model; outlives the call
 * @request: what to make; its own model is not looked at
 * @progress: (nullable): reports and cancel
 * @error: why there is no image
 *
 * dif_run() with a model that is open already.
 *
 * Returns: (transfer full): the result, or %NULL
 *
 * Errors: of dif_run()
 * Thread: any; the checkpoint is only read
 */
DifResult *dif_run_checkpoint (const DifCheckpoint *checkpoint, const DifRequest *request,
                               DifProgress *progress, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifResult, dif_result_free)

G_END_DECLS
