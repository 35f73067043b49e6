/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the trainer's own files share. */

#include <jansson.h>

#include "core/checkpoint/checkpoint.h"
#include "core/nn/params.h"
#include "core/train/objective.h"
#include "core/train/trainer.h"

G_BEGIN_DECLS

struct _DifTrainer
{
  DifTrainSettings    settings;
  char               *objective_id;
  const DifObjective *objective;
  DifObjectiveArgs    args;
  DifCheckpoint      *checkpoint;
  DifModel           *model;       /* the checkpoint's */
  const DifProcess   *process;     /* likewise */
  gboolean            new_process; /* nothing was said about its levels */
  DifDataset         *dataset;     /* borrowed */
  DifContext         *context;
  DifProgress        *progress;
  const DifParam     *params; /* all of the network */
  guint               n_params;
  DifSlot            *slots; /* those that are trained */
  guint              *slot_params;
  guint               n_slots;
  guint              *rows; /* of the data set's labels */
  guint               n_rows;
  guint               null_row;
  gboolean            half; /* precision of what is saved */

  guint64 step;
  double  seconds; /* of training, earlier runs included */
  double  loss;
  double  mean_loss;
  double  learning_rate;
  guint64 begun_step; /* where this run began */
  double  earlier_seconds;
};

/**
 * dif_trainer_inpainting:
 * @trainer: with a checkpoint
 *
 * Returns: whether the network is conditioned on masked pictures: [x_t, mask, base]
 *
 * Thread: the trainer's
 */
gboolean dif_trainer_inpainting (const DifTrainer *trainer);

/**
 * dif_trainer_alloc:
 * @settings: how to train
 * @dataset: the pictures
 * @n_threads: workers
 * @progress: (nullable): polled for cancel
 *
 * Returns: (transfer full): a trainer without a checkpoint
 *
 * Thread: any
 */
DifTrainer *dif_trainer_alloc (const DifTrainSettings *settings, DifDataset *dataset,
                               guint n_threads, DifProgress *progress);

/**
 * dif_trainer_set_up:
 * @trainer: with a checkpoint
 * @error: says what does not fit
 *
 * All that is left to do.
 *
 * Returns: whether training can begin
 *
 * Errors: %DIF_ERROR_REQUEST, %DIF_ERROR_UNSUPPORTED
 * Thread: the trainer's
 */
gboolean dif_trainer_set_up (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_set_ladder:
 * @trainer: whose data set is prepared
 * @error: says which levels are not possible
 *
 * Decides on the noise levels of an objective that brings its own.
 *
 * Returns: whether there are some, and the process of a network of theirs says them
 *
 * Errors: %DIF_ERROR_REQUEST, %DIF_ERROR_UNSUPPORTED where the network's process lacks them
 * Thread: the trainer's
 */
gboolean dif_trainer_set_ladder (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_assign_labels:
 * @trainer: with a checkpoint
 * @error: set to %DIF_ERROR_REQUEST
 *
 * Finds the data set's labels in the network's table.
 *
 * Returns: whether there is room for all
 *
 * Thread: the trainer's
 */
gboolean dif_trainer_assign_labels (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_fit_outputs:
 * @objective: id of what is learned from
 * @config: of a network that has learned nothing; fitted
 * @scheduler: of its process; likewise
 *
 * Gives a network for pictures the outputs that the objective teaches: with a variance for one that
 * needs it.
 *
 * Thread: any
 * Source: Nichol & Dhariwal 2021, section 3.1
 */
void dif_trainer_fit_outputs (const char *objective, json_t *config, json_t *scheduler);

/**
 * dif_trainer_grow_outputs:
 * @trainer: with a checkpoint that goes on learning
 * @error: why that does not grow
 *
 * Gives a network without a variance one, where the objective needs it.  Its weights stay, and so
 * does what it says of the mean; new ones are 0, and the variance begins in the middle of its
 * range.
 *
 * Returns: whether the checkpoint has what the objective needs
 *
 * Errors: those of dif_checkpoint_new()
 * Thread: the trainer's
 */
gboolean dif_trainer_grow_outputs (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_set_variance:
 * @trainer: with an objective
 * @error: says which outputs are not taught
 *
 * What the objective does about the variance: teaches it where the network has one, which the saved
 * scheduler then says, or leaves it alone.
 *
 * Returns: whether the network's outputs are a mean, or a mean and a variance
 *
 * Errors: %DIF_ERROR_UNSUPPORTED
 * Thread: the trainer's
 */
gboolean dif_trainer_set_variance (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_dump:
 * @json: anything
 *
 * Returns: (transfer full): its text
 *
 * Thread: any
 */
char *dif_trainer_dump (json_t *json);

G_END_DECLS
