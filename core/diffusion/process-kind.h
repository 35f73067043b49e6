/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/step.h"
#include "core/io/json.h"

G_BEGIN_DECLS

typedef struct _DifDenoiser    DifDenoiser;
typedef struct _DifEvaluator   DifEvaluator;
typedef struct _DifProcess     DifProcess;
typedef struct _DifProcessKind DifProcessKind;
typedef struct _DifScheduler   DifScheduler;

/**
 * DifPredictionType:
 * @DIF_PREDICTION_EPSILON: the noise
 * @DIF_PREDICTION_SAMPLE: the clean picture
 * @DIF_PREDICTION_V: alpha eps - sigma x_0
 * @DIF_PREDICTION_SCORE: the gradient of the logarithm of the density of x, which is -eps / sigma
 * @DIF_PREDICTION_FLOW: eps - x_0, the way of rectified flow
 *
 * What a network was trained to output.
 */
typedef enum
{
  DIF_PREDICTION_EPSILON,
  DIF_PREDICTION_SAMPLE,
  DIF_PREDICTION_V,
  DIF_PREDICTION_SCORE,
  DIF_PREDICTION_FLOW,
} DifPredictionType;

/**
 * DifProcessKind:
 * @id: what scheduler.c calls it
 * @name: (nullable): for people, a proper noun; %NULL for that of the process's schedule
 * @citation: where it is defined
 * @pipeline: (nullable): diffusers' class for folders of such models; %NULL for DDPMPipeline
 * @ranges: whether networks of scores say in what range they have their pictures
 * @has_steps: whether noise is added in whole steps, which the network counts from 0
 * @preconditioned: whether networks' inputs and outputs are scaled, so that what they say is no
 *   prediction by itself
 * @spacing: (nullable): id of the spacing used in place of one that picks timesteps, where there
 *   are none to pick
 * @sigma_schedules: (nullable) (array zero-terminated=1): what the key "sigma_schedule" may say,
 *   as ids of spacings; the first where it says nothing
 * @n_train_steps: num_train_timesteps where the file says nothing
 * @prediction: prediction_type, likewise
 * @read: reads what only this kind has; errors stay in @reader
 * @step: the noise level at which the network is told @t
 * @find: what it is told where sigma / alpha is @ratio
 * @ratio: sigma / alpha at a noise level, 0 (the lowest there is) to 1; finite
 * @time: what the network is told at a noise level, not rounded; of steps, how many are done then
 * @highest: the most that the network can be told
 * @height: how far up in training time @ratio is; see dif_process_height()
 * @alpha: alpha where sigma / alpha is @ratio, which may be infinite
 * @predict: takes the evaluator (transfer full) and makes a denoiser of it
 *
 * One way in which noise levels and what the network is told belong together.  Nothing outside
 * processes/ knows which kinds there are.
 */
struct _DifProcessKind
{
  const char        *id;
  const char        *name;
  const char        *citation;
  const char        *pipeline;
  gboolean           ranges;
  gboolean           has_steps;
  gboolean           preconditioned;
  const char        *spacing;
  const char *const *sigma_schedules;
  guint              n_train_steps;
  DifPredictionType  prediction;
  void (*read) (DifProcess *process, DifJsonReader *reader, const DifScheduler *scheduler);
  DifStep (*step) (const DifProcess *process, double t);
  double (*find) (const DifProcess *process, double ratio);
  double (*ratio) (const DifProcess *process, double level);
  double (*time) (const DifProcess *process, double level);
  double (*highest) (const DifProcess *process);
  double (*height) (const DifProcess *process, double ratio);
  double (*alpha) (double ratio);
  DifDenoiser *(*predict) (DifEvaluator *evaluator, const DifProcess *process);
};

/**
 * dif_process_kinds:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifProcessKind *const *dif_process_kinds (guint *n);

/**
 * dif_process_kind_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifProcessKind *dif_process_kind_find (const char *id);

G_END_DECLS
