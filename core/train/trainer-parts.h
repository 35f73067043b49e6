/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the trainer's own files share. */

#include <jansson.h>

#include "core/diffusion/process.h"
#include "core/models/model.h"
#include "core/nn/params.h"
#include "core/train/objective.h"
#include "core/train/trainer.h"

G_BEGIN_DECLS

/**
 * DifTrainerTexts:
 * @config: config.json of the network
 * @scheduler: scheduler_config.json of its process
 * @labels: labels.json, or %NULL
 *
 * What stands beside the weights in a model's folder.
 */
typedef struct
{
  json_t *config;
  json_t *scheduler;
  json_t *labels;
} DifTrainerTexts;

struct _DifTrainer
{
  DifTrainSettings    settings;
  char               *objective_id;
  const DifObjective *objective;
  DifObjectiveArgs    args;
  DifTrainerTexts     texts;
  DifModel           *model;
  DifProcess         *process;
  DifDataset         *dataset; /* borrowed */
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

  guint64 step;
  double  seconds; /* of training, earlier sessions included */
  double  loss;
  double  mean_loss;
  double  learning_rate;
  guint64 session_step; /* where this session began */
  double  session_seconds;
};

/* Whether the network is conditioned on masked pictures: [x_t, mask, masked picture]. */
gboolean dif_trainer_inpainting (const DifTrainer *trainer);

/* Takes the texts and the model; all that is left to do. */
gboolean dif_trainer_set_up (DifTrainer *trainer, GError **error);

DifTrainer *dif_trainer_alloc (const DifTrainSettings *settings, DifDataset *dataset,
                               guint n_threads, DifProgress *progress);

/* Reads the process from the trainer's texts. */
gboolean dif_trainer_read_process (DifTrainer *trainer, GError **error);

/* The labels' rows, from the trainer's texts if they name them. */
gboolean dif_trainer_assign_labels (DifTrainer *trainer, GError **error);

/* How a network calls its tensors today, whatever the file called them. */
char *dif_trainer_tensor_name (const char *name);

/* As a text; freed with g_free(). */
char *dif_trainer_dump (json_t *json);

G_END_DECLS
