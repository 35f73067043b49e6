/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/evaluator.h"
#include "core/diffusion/exploding.h"

#include <math.h>

/* The network is told log (sigma) / 4. */

static const char *const sigma_schedules[] = { "karras", "exponential", NULL };

static void
read_config (DifProcess *process, DifJsonReader *reader,
             const DifScheduler *scheduler G_GNUC_UNUSED)
{
  dif_exploding_read (process, reader, 0.002, 80.0);
}

static DifStep
step (const DifProcess *process G_GNUC_UNUSED, double t)
{
  return (DifStep) { t, 1.0, exp (4.0 * t) };
}

static double
find (const DifProcess *process G_GNUC_UNUSED, double ratio)
{
  return log (ratio) / 4.0;
}

static double
time_at (const DifProcess *process, double level)
{
  return find (process, dif_exploding_ratio (process, level));
}

static double
highest (const DifProcess *process)
{
  return find (process, process->sigma_max);
}

static DifDenoiser *
predict (DifEvaluator *evaluator, const DifProcess *process)
{
  return dif_precondition_new (evaluator, process->prediction, process->sigma_data);
}

const DifProcessKind dif_process_kind_edm = {
  .id = "edm",
  .name = "EDM",
  .citation = "Karras et al. 2022, table 1",
  .preconditioned = TRUE,
  .spacing = "karras",
  .sigma_schedules = sigma_schedules,
  .n_train_steps = 1000,
  .prediction = DIF_PREDICTION_EPSILON,
  .read = read_config,
  .step = step,
  .find = find,
  .ratio = dif_exploding_ratio,
  .time = time_at,
  .highest = highest,
  .height = dif_exploding_height,
  .alpha = dif_exploding_alpha,
  .predict = predict,
};
