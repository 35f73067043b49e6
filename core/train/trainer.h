/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"
#include "core/train/dataset.h"
#include "core/train/ladder.h"
#include "core/train/optimizer.h"

G_BEGIN_DECLS

/**
 * DifAdapt:
 * @DIF_ADAPT_ALL: all parameters are trained
 * @DIF_ADAPT_NORMS: norms, biases and tables of labels only: a few per cent, which hardly forget
 *   what the others know
 *
 * How much of a network may change.
 *
 * Source: Ben Zaken et al. 2022 (BitFit); Xie et al. 2023 (DiffFit)
 */
typedef enum
{
  DIF_ADAPT_ALL,
  DIF_ADAPT_NORMS,
} DifAdapt;

/**
 * DifTrainSettings:
 * @n_steps: how many; 0 for as many as @seconds allow
 * @seconds: of training, 0 for no limit; with one, how far the learning rate has fallen depends on
 *   the clock
 * @batch: pictures in each step
 * @learning_rate: at its highest
 * @warmup: steps over which it rises
 * @average: decay of the weights' moving average, which is what is saved
 * @rule: of the optimizer
 * @adapt: what is trained
 * @objective: id of what is learnt from
 * @ladder: noise levels of objectives that bring their own; what is 0 comes from the model, or for
 *   a new one from the pictures (dif_ladder_complete())
 * @seed: of all random numbers
 * @cropping: how pictures are cut; size 0 for the network's own; masks are set by the network
 *
 * How to train.
 */
typedef struct
{
  guint64          n_steps;
  double           seconds;
  guint            batch;
  double           learning_rate;
  guint            warmup;
  double           average;
  DifOptimizerRule rule;
  DifAdapt         adapt;
  const char      *objective;
  DifLadder        ladder;
  guint64          seed;
  DifCropping      cropping;
} DifTrainSettings;

/**
 * dif_train_settings_init:
 * @settings: (out caller-allocates): usual choices
 *
 * Thread: any
 */
void dif_train_settings_init (DifTrainSettings *settings);

/**
 * DifTrainer:
 *
 * A network that learns from pictures.
 */
typedef struct _DifTrainer DifTrainer;

/**
 * dif_trainer_new:
 * @config: (nullable): path of the config.json of a new network; %NULL for one like the embedded
 *   model
 * @settings: how to train
 * @dataset: the pictures, which outlive the trainer
 * @n_threads: workers, 0 for one per processor
 * @progress: (nullable): polled for cancel and for finishing; must outlive the trainer
 * @error: says what is wrong
 *
 * A network that has learnt nothing.  It gets as many labels as there are in @dataset and one for
 * none, and outputs for its variance where the objective needs them.  A scheduler_config.json
 * beside @config, or in scheduler/ beside its folder, says what process it learns; else that of the
 * embedded model.  An objective that brings its own noise levels makes it a network of an exploding
 * process, which is told sigma and whose output is a score.
 *
 * Returns: (transfer full): a trainer, or %NULL
 *
 * Errors: %DIF_ERROR_REQUEST, %DIF_ERROR_UNSUPPORTED and those of dif_model_open()
 * Thread: any
 */
DifTrainer *dif_trainer_new (const char *config, const DifTrainSettings *settings,
                             DifDataset *dataset, guint n_threads, DifProgress *progress,
                             GError **error);

/**
 * dif_trainer_new_from:
 * @folder: of a model
 * @settings: how to train
 * @dataset: the pictures, which outlive the trainer
 * @n_threads: workers, 0 for one per processor
 * @progress: (nullable): polled for cancel and for finishing; must outlive the trainer
 * @error: says what is wrong
 *
 * A network that goes on learning.  Labels of @dataset that it has no names for take rows of labels
 * that do not occur in @dataset, beginning as what stands for no label.  An objective that draws
 * its noise levels from another process than the network's teaches it at those that both have.  A
 * network without a variance gets one where the objective needs it; one that has it keeps it, and
 * objectives that do not teach it leave it alone.
 *
 * Returns: (transfer full): a trainer, or %NULL
 *
 * Errors: as dif_trainer_new()
 * Thread: any
 */
DifTrainer *dif_trainer_new_from (const char *folder, const DifTrainSettings *settings,
                                  DifDataset *dataset, guint n_threads, DifProgress *progress,
                                  GError **error);

/**
 * dif_trainer_resume:
 * @path: of what dif_trainer_save_state() wrote
 * @settings: (nullable): whose @n_steps and @seconds count instead of the saved ones
 * @dataset: the same pictures as before
 * @n_threads: workers, 0 for one per processor
 * @progress: (nullable): polled for cancel and for finishing; must outlive the trainer
 * @error: says what is wrong
 *
 * Goes on as if nothing had happened: limited by steps, the same losses bit for bit.
 *
 * Returns: (transfer full): a trainer, or %NULL
 *
 * Errors: %DIF_ERROR_UNSUPPORTED for another kind of file, %DIF_ERROR_MISMATCH for other pictures
 * or tensors, %DIF_ERROR_MISSING for lacking ones, and those of dif_safetensors_open() Thread: any
 */
DifTrainer *dif_trainer_resume (const char *path, const DifTrainSettings *settings,
                                DifDataset *dataset, guint n_threads, DifProgress *progress,
                                GError **error);

/**
 * dif_trainer_free:
 * @trainer: (transfer full) (nullable): what to free
 *
 * Thread: the trainer's
 */
void dif_trainer_free (DifTrainer *trainer);

/**
 * DifTrainReport:
 * @step: steps done
 * @n_steps: steps in all, 0 if the clock alone decides
 * @loss: of the last step's batch
 * @mean_loss: a running mean
 * @learning_rate: of the last step
 * @fraction: how much is done, 0 to 1
 * @pictures_per_second: since the trainer was made
 * @seconds_left: about
 *
 * How far training is.
 */
typedef struct
{
  guint64 step;
  guint64 n_steps;
  double  loss;
  double  mean_loss;
  double  learning_rate;
  double  fraction;
  double  pictures_per_second;
  double  seconds_left;
} DifTrainReport;

/**
 * dif_trainer_step:
 * @trainer: the trainer
 * @error: says what went wrong
 *
 * One batch, its gradients, and what follows from them.
 *
 * Returns: whether the network learnt; if not, it is as before or not to be used any more
 *
 * Errors: %DIF_ERROR_NONFINITE if the numbers run away, %DIF_ERROR_CANCELLED, %DIF_ERROR_NOMEM
 * Thread: the trainer's
 */
gboolean dif_trainer_step (DifTrainer *trainer, GError **error);

/**
 * dif_trainer_done:
 * @trainer: the trainer
 *
 * Returns: whether steps or time are up, or dif_progress_finish() was called
 *
 * Thread: the trainer's
 */
gboolean dif_trainer_done (const DifTrainer *trainer);

/**
 * dif_trainer_report:
 * @trainer: the trainer
 * @report: (out caller-allocates): how far it is
 *
 * Thread: the trainer's
 */
void dif_trainer_report (const DifTrainer *trainer, DifTrainReport *report);

/**
 * dif_trainer_n_parameters:
 * @trainer: the trainer
 *
 * Returns: how many numbers are trained
 *
 * Thread: the trainer's
 */
guint64 dif_trainer_n_parameters (const DifTrainer *trainer);

/**
 * dif_trainer_objective:
 * @trainer: the trainer
 *
 * Returns: id of the objective that it learns by
 *
 * Thread: the trainer's
 */
const char *dif_trainer_objective (const DifTrainer *trainer);

/**
 * dif_trainer_samples:
 * @trainer: the trainer
 * @n: how many pictures
 * @size: pixels on a side
 * @n_steps: network steps for each
 * @seed: of the noise they begin as
 * @pixels: (out caller-allocates) (array): [n, size, size, 3], R'G'B' from 0 to 1
 * @error: says what went wrong
 *
 * What the averaged network makes by now, of each label in turn.  Training goes on as if nothing
 * had been asked.
 *
 * Returns: whether @pixels are filled
 *
 * Errors: %DIF_ERROR_CANCELLED, %DIF_ERROR_NOMEM
 * Thread: the trainer's
 */
gboolean dif_trainer_samples (DifTrainer *trainer, guint n, guint size, guint n_steps, guint64 seed,
                              float *pixels, GError **error);

/**
 * dif_trainer_set_half:
 * @trainer: the trainer
 * @half: whether dif_trainer_save() rounds to half precision
 *
 * Half the size, and hardly another model.  States are not rounded.
 *
 * Thread: the trainer's
 */
void dif_trainer_set_half (DifTrainer *trainer, gboolean half);

/**
 * dif_trainer_save:
 * @trainer: the trainer
 * @folder: made if need be
 * @error: says what went wrong
 *
 * Writes the averaged network by dif_checkpoint_save().
 *
 * Returns: whether it was written
 *
 * Errors: those of dif_checkpoint_save()
 * Thread: the trainer's
 */
gboolean dif_trainer_save (DifTrainer *trainer, const char *folder, GError **error);

/**
 * dif_trainer_save_state:
 * @trainer: the trainer
 * @path: an old file is replaced only by a whole new one
 * @error: says what went wrong
 *
 * Writes all that dif_trainer_resume() needs into one file.
 *
 * Returns: whether it was written
 *
 * Errors: %DIF_ERROR_IO, %DIF_ERROR_NOMEM
 * Thread: the trainer's
 */
gboolean dif_trainer_save_state (DifTrainer *trainer, const char *path, GError **error);

/**
 * DIF_TRAIN_STATE_FILE:
 *
 * Name of the state in a folder that is trained into.
 */
#define DIF_TRAIN_STATE_FILE "training-state.safetensors"

/**
 * DifTrainFunc:
 * @trainer: the trainer
 * @report: how far it is
 * @data: what was given
 *
 * Called after each step, in the thread that trains.  May ask for samples.
 */
typedef void (*DifTrainFunc) (DifTrainer *trainer, const DifTrainReport *report, gpointer data);

/**
 * dif_train:
 * @trainer: the trainer
 * @folder: of the model and of its state
 * @save_every: steps between two states on disk, 0 for one at the end only
 * @func: (nullable): told of each step
 * @data: for @func
 * @error: says what went wrong
 *
 * Trains until steps or time are up or dif_progress_finish() is called, and saves.  Once cancelled
 * it leaves what was saved before.
 *
 * Returns: whether the model is there
 *
 * Errors: those of dif_trainer_step() and dif_trainer_save()
 * Thread: the trainer's
 */
gboolean dif_train (DifTrainer *trainer, const char *folder, guint64 save_every, DifTrainFunc func,
                    gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTrainer, dif_trainer_free)

G_END_DECLS
