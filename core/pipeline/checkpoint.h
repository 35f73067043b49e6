/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process.h"
#include "core/models/model.h"
#include "core/pipeline/labels.h"

G_BEGIN_DECLS

/**
 * DifCheckpoint:
 * @model: the network
 * @process: (nullable): what it was trained on, %NULL if its folder does not say
 * @labels: (nullable): names of its labels
 * @classifier: (nullable): folder of a classifier of its labels, for guidance by it
 *
 * A folder as diffusers saves a pipeline: model_index.json, unet/, scheduler/; or flat,
 * all files in one folder; with our labels.json and classifier/ beside them.
 */
typedef struct
{
  DifModel   *model;
  DifProcess *process;
  DifLabels  *labels;
  char       *classifier;
} DifCheckpoint;

/**
 * dif_checkpoint_open:
 * @folder: path of the folder
 * @shapes_only: do not read the numbers
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the checkpoint, or %NULL
 *
 * Errors: those of dif_model_open() and dif_process_load()
 * Thread: any
 */
DifCheckpoint *dif_checkpoint_open (const char *folder, gboolean shapes_only, GError **error);

/**
 * dif_checkpoint_free:
 * @checkpoint: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_checkpoint_free (DifCheckpoint *checkpoint);

/**
 * dif_checkpoint_inpainting:
 * @checkpoint: the checkpoint
 *
 * Returns: whether the network reads [x_t, mask, base]; see dif_inpainting_base()
 *
 * Thread: any
 */
gboolean dif_checkpoint_inpainting (const DifCheckpoint *checkpoint);

/**
 * dif_checkpoint_check:
 * @checkpoint: a checkpoint
 * @error: says what it lacks
 *
 * Returns: whether it makes color pictures
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 */
gboolean dif_checkpoint_check (const DifCheckpoint *checkpoint, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCheckpoint, dif_checkpoint_free)

G_END_DECLS
