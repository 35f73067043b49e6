/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/checkpoint/codec.h"
#include "core/checkpoint/conditioner.h"
#include "core/diffusion/process.h"
#include "core/models/model.h"

G_BEGIN_DECLS

/**
 * DifInpainting:
 * @DIF_INPAINTING_NONE: the network reads x_t alone
 * @DIF_INPAINTING_SMOOTH_FILL: it reads [x_t, mask, base], and its clean image is the difference
 *   from base, a smooth fill of what is masked: see dif_inpainting_base()
 *
 * What a network is conditioned on besides its noisy input.
 */
typedef enum
{
  DIF_INPAINTING_NONE,
  DIF_INPAINTING_SMOOTH_FILL,
} DifInpainting;

/**
 * DifCheckpointFlags:
 * @DIF_CHECKPOINT_SHAPES_ONLY: read no numbers; only facts will be asked
 * @DIF_CHECKPOINT_TRAINABLE: keep what training needs, see dif_params_set_trainable()
 *
 * What a checkpoint is opened for.
 */
typedef enum
{
  DIF_CHECKPOINT_SHAPES_ONLY = 1 << 0,
  DIF_CHECKPOINT_TRAINABLE = 1 << 1,
} DifCheckpointFlags;

/**
 * DifCheckpoint:
 * @config: config.json of the network
 * @scheduler: (nullable): scheduler_config.json of its process
 * @model: the network
 * @codec: what stands between images and what it works on
 * @process: (nullable): what it was trained on, %NULL if its folder does not say
 * @labels: (nullable): names of its labels; to be changed by dif_checkpoint_set_labels() only
 * @conditioner: makes of a prompt what the network reads
 * @classifier: (nullable): folder of a classifier of its labels, for guidance by it
 * @inpainting: what it is conditioned on
 *
 * A folder as diffusers saves a pipeline: model_index.json, unet/, scheduler/; or flat,
 * all files in one folder; with our labels.json and classifier/ beside them.
 */
typedef struct
{
  json_t         *config;
  json_t         *scheduler;
  DifModel       *model;
  DifCodec       *codec;
  DifProcess     *process;
  DifLabels      *labels;
  DifConditioner *conditioner;
  char           *classifier;
  DifInpainting   inpainting;
} DifCheckpoint;

/**
 * dif_checkpoint_open:
 * @folder: path of the folder
 * @flags: what for
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the checkpoint, or %NULL
 *
 * Errors: those of dif_model_load(), dif_process_new() and dif_labels_new()
 * Thread: any
 */
DifCheckpoint *dif_checkpoint_open (const char *folder, DifCheckpointFlags flags, GError **error);

/**
 * dif_checkpoint_new:
 * @config: (transfer none): what a config.json says
 * @scheduler: (transfer none): what a scheduler_config.json says
 * @labels: (transfer none) (nullable): what a labels.json says
 * @file: what to call @config in messages
 * @seed: of the random numbers that the network begins with
 * @error: says what is wrong
 *
 * Returns: (transfer full): a network that has learned nothing, trainable; or %NULL
 *
 * Errors: as dif_checkpoint_open()
 * Thread: any
 */
DifCheckpoint *dif_checkpoint_new (json_t *config, json_t *scheduler, json_t *labels,
                                   const char *file, guint64 seed, GError **error);

/**
 * dif_checkpoint_free:
 * @checkpoint: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_checkpoint_free (DifCheckpoint *checkpoint);

/**
 * dif_checkpoint_set_labels:
 * @checkpoint: a checkpoint
 * @labels: (transfer full) (nullable): other names for its labels
 *
 * Thread: any, while nobody uses its conditioner
 */
void dif_checkpoint_set_labels (DifCheckpoint *checkpoint, DifLabels *labels);

/**
 * dif_checkpoint_set_scheduler:
 * @checkpoint: a checkpoint
 * @scheduler: (transfer none): what another scheduler_config.json says
 * @error: what is wrong with it
 *
 * Returns: whether the checkpoint is of that process now
 *
 * Errors: those of dif_process_new()
 * Thread: any, while nobody uses the old one
 */
gboolean dif_checkpoint_set_scheduler (DifCheckpoint *checkpoint, json_t *scheduler,
                                       GError **error);

/**
 * dif_checkpoint_check_process:
 * @checkpoint: a checkpoint
 * @error: says that it lacks a process
 *
 * Returns: whether it is known how it was trained
 *
 * Errors: %DIF_ERROR_MISSING
 * Thread: any
 */
gboolean dif_checkpoint_check_process (const DifCheckpoint *checkpoint, GError **error);

/**
 * dif_checkpoint_check_input:
 * @checkpoint: a checkpoint
 * @error: says what it reads instead
 *
 * Returns: whether the network reads x as the codec gives it, with what inpainting adds to it
 *
 * Errors: %DIF_ERROR_UNSUPPORTED
 * Thread: any
 */
gboolean dif_checkpoint_check_input (const DifCheckpoint *checkpoint, GError **error);

/**
 * dif_checkpoint_check_output:
 * @checkpoint: a checkpoint
 * @error: says what it writes instead
 *
 * Returns: whether the network writes as many channels as the codec gives, or twice as many, and
 *   what it says in the second half of them of the variance can be understood
 *
 * Errors: %DIF_ERROR_UNSUPPORTED
 * Thread: any
 */
gboolean dif_checkpoint_check_output (const DifCheckpoint *checkpoint, GError **error);

/**
 * dif_checkpoint_learns_variance:
 * @checkpoint: a checkpoint
 *
 * Returns: whether the network says how much noise DDPM needs, and its process heeds it
 *
 * Thread: any
 * Source: Nichol & Dhariwal 2021, section 3.1
 */
gboolean dif_checkpoint_learns_variance (const DifCheckpoint *checkpoint);

/**
 * dif_checkpoint_check:
 * @checkpoint: a checkpoint
 * @error: says what it lacks
 *
 * Returns: whether it makes color images
 *
 * Errors: %DIF_ERROR_MISSING, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 */
gboolean dif_checkpoint_check (const DifCheckpoint *checkpoint, GError **error);

/**
 * dif_checkpoint_scheduler_of:
 * @config: path of a network's config.json
 *
 * Looks for a scheduler_config.json beside it, in scheduler/ beside it, or in scheduler/ beside its
 * folder.
 *
 * Returns: (transfer full) (nullable): its path, if there is one
 *
 * Thread: any
 */
char *dif_checkpoint_scheduler_of (const char *config);

/**
 * dif_checkpoint_save:
 * @checkpoint: trainable
 * @values: (array) (nullable): what to write instead of the tensors that dif_params_list() gives,
 *   in its order
 * @half: whether to round to half precision: half the size, and hardly another model
 * @folder: made if need be
 * @error: says what went wrong
 *
 * Writes a network as diffusers does, with labels.json.  Each file is replaced only by a whole new
 * one, and the one that says that there is a model comes last.
 *
 * Returns: whether it was written
 *
 * Errors: %DIF_ERROR_IO, %DIF_ERROR_NOMEM, %DIF_ERROR_NONFINITE for numbers beyond half precision
 * Thread: any, while nobody trains the network
 */
gboolean dif_checkpoint_save (const DifCheckpoint *checkpoint, const DifTensor *const *values,
                              gboolean half, const char *folder, GError **error);

/**
 * dif_checkpoint_unsave:
 * @folder: of a dif_checkpoint_save()
 *
 * Removes what that wrote, or wrote of it before it failed, and no other file.
 *
 * Thread: any
 */
void dif_checkpoint_unsave (const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifCheckpoint, dif_checkpoint_free)

G_END_DECLS
