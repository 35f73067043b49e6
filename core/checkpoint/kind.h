/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/checkpoint/checkpoint.h"

G_BEGIN_DECLS

/**
 * DifCheckpointKind:
 * @class_name: (nullable): of the pipeline in model_index.json; %NULL for folders without one
 * @open: fills a new checkpoint, all of it but its classifier; or says why not
 *
 * One kind of model folder.
 */
typedef struct
{
  const char *class_name;
  gboolean (*open) (DifCheckpoint *checkpoint, const char *folder, DifCheckpointFlags flags,
                    GError **error);
} DifCheckpointKind;

/**
 * dif_checkpoint_kind_find:
 * @folder: of a model
 * @error: names the class that is not supported
 *
 * Returns: (transfer none): its kind, or %NULL
 *
 * Errors: %DIF_ERROR_UNSUPPORTED and those of reading model_index.json
 * Thread: any
 */
const DifCheckpointKind *dif_checkpoint_kind_find (const char *folder, GError **error);

/**
 * dif_checkpoint_open_pixels:
 * @checkpoint: new; filled
 * @folder: unet/, scheduler/ and labels.json, or all files in one
 * @flags: what for
 * @error: why it cannot be used
 *
 * Models of pixels that are asked for by label, or not at all.
 *
 * Returns: whether @checkpoint is filled
 *
 * Errors: those of dif_model_load(), dif_process_new() and dif_labels_new()
 * Thread: any
 */
gboolean dif_checkpoint_open_pixels (DifCheckpoint *checkpoint, const char *folder,
                                     DifCheckpointFlags flags, GError **error);

G_END_DECLS
