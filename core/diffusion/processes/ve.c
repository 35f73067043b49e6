/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"
#include "core/diffusion/exploding.h"
#include "core/diffusion/unit-range.h"

/* The network is told sigma itself. */

static void
read_config (DifProcess *process, DifJsonReader *reader,
             const DifScheduler *scheduler G_GNUC_UNUSED)
{
  dif_exploding_read (process, reader, 0.01, 1348.0);
}

/* Of noise in [-1, 1] to what the network is told. */
static double
units (const DifProcess *process)
{
  return process->unit_range ? DIF_UNIT_RANGE : 1.0;
}

static DifStep
step (const DifProcess *process, double t)
{
  return (DifStep) { t, 1.0, units (process) * t };
}

static double
find (const DifProcess *process, double ratio)
{
  return ratio / units (process);
}

static double
ratio_at (const DifProcess *process, double level)
{
  return units (process) * dif_exploding_ratio (process, level);
}

static double
highest (const DifProcess *process)
{
  return process->sigma_max;
}

static double
height (const DifProcess *process, double ratio)
{
  return dif_exploding_height (process, find (process, ratio));
}

static DifDenoiser *
predict (DifEvaluator *evaluator, const DifProcess *process)
{
  if (process->unit_range)
    evaluator = dif_unit_range_new (evaluator);
  return dif_predict_new_exploding (evaluator, process->prediction);
}

const DifProcessKind dif_process_kind_ve = {
  .id = "ve",
  .name = "VE",
  .citation = "Song et al. 2021 (score SDE), section 3.4",
  .pipeline = "ScoreSdeVePipeline",
  .ranges = TRUE,
  .spacing = "exponential",
  .n_train_steps = 2000,
  .prediction = DIF_PREDICTION_SCORE,
  .read = read_config,
  .step = step,
  .find = find,
  .ratio = ratio_at,
  .time = dif_exploding_ratio,
  .highest = highest,
  .height = height,
  .alpha = dif_exploding_alpha,
  .predict = predict,
};
