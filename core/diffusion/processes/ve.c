/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"
#include "core/diffusion/exploding.h"

/* The network is told sigma itself. */

static void
read_config (DifProcess *process, DifJsonReader *reader,
             const DifScheduler *scheduler G_GNUC_UNUSED)
{
  dif_exploding_read (process, reader, 0.01, 1348.0);
}

static DifStep
step (const DifProcess *process G_GNUC_UNUSED, double t)
{
  return (DifStep) { t, 1.0, t };
}

static double
find (const DifProcess *process G_GNUC_UNUSED, double ratio)
{
  return ratio;
}

static double
highest (const DifProcess *process)
{
  return process->sigma_max;
}

static DifDenoiser *
predict (DifEvaluator *evaluator, const DifProcess *process)
{
  return dif_predict_new_exploding (evaluator, process->prediction);
}

const DifProcessKind dif_process_kind_ve = {
  .id = "ve",
  .name = "VE",
  .citation = "Song et al. 2021 (score SDE), section 3.4",
  .pipeline = "ScoreSdeVePipeline",
  .spacing = "exponential",
  .n_train_steps = 2000,
  .prediction = DIF_PREDICTION_SCORE,
  .read = read_config,
  .step = step,
  .find = find,
  .ratio = dif_exploding_ratio,
  .time = dif_exploding_ratio,
  .highest = highest,
  .height = dif_exploding_height,
  .alpha = dif_exploding_alpha,
  .predict = predict,
};
