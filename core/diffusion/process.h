/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/schedule.h"
#include "core/diffusion/spacing.h"
#include "core/diffusion/step.h"
#include "core/io/json.h"

G_BEGIN_DECLS

/**
 * DifPredictionType:
 * @DIF_PREDICTION_EPSILON: the noise
 * @DIF_PREDICTION_SAMPLE: the clean picture
 * @DIF_PREDICTION_V: alpha eps - sigma x_0
 *
 * What a network was trained to output.
 */
typedef enum
{
  DIF_PREDICTION_EPSILON,
  DIF_PREDICTION_SAMPLE,
  DIF_PREDICTION_V,
} DifPredictionType;

/**
 * DifProcess:
 * @n_train_steps: T
 * @schedule: (nullable): row of its betas
 * @alphas_cumprod: (array length=n_train_steps): alpha_bar_t
 * @prediction: what the network outputs
 * @spacing: the scheduler's own spacing
 * @steps_offset: for spacing "leading"
 * @set_alpha_to_one: whether DDIM ends at the clean picture or at alpha_bar_0
 * @clip: whether predicted clean pictures are clipped
 * @clip_range: to [-clip_range, clip_range]
 * @large_variance: whether DDPM's noise has variance beta_t ("fixed_large") or that of
 *   the posterior ("fixed_small")
 *
 * The forward process a network was trained on: a diffusers scheduler configuration.
 */
typedef struct
{
  guint              n_train_steps;
  const DifSchedule *schedule;
  double            *alphas_cumprod;
  DifPredictionType  prediction;
  const DifSpacing  *spacing;
  guint              steps_offset;
  gboolean           set_alpha_to_one;
  gboolean           clip;
  double             clip_range;
  gboolean           large_variance;
} DifProcess;

/**
 * dif_process_new:
 * @reader: scheduler_config.json; errors stay in it
 *
 * Returns: (transfer full): the process, or %NULL
 *
 * Errors: in @reader: %DIF_ERROR_VALUE, %DIF_ERROR_SCHEMA, %DIF_ERROR_UNSUPPORTED
 * Thread: any
 * Source: diffusers DDPMScheduler and its relatives
 */
DifProcess *dif_process_new (DifJsonReader *reader);

/**
 * dif_process_load:
 * @path: of a scheduler_config.json
 * @error: why it cannot be used
 *
 * Returns: (transfer full): the process, or %NULL
 *
 * Errors: those of dif_process_new() and of reading
 * Thread: any
 */
DifProcess *dif_process_load (const char *path, GError **error);

/**
 * dif_process_free:
 * @process: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_process_free (DifProcess *process);

/**
 * dif_process_step:
 * @process: the process
 * @t: timestep, 0 to T - 1; between whole ones sigma / alpha is interpolated
 *
 * Returns: the noise level there
 *
 * Thread: any
 */
DifStep dif_process_step (const DifProcess *process, double t);

/**
 * dif_process_find:
 * @process: the process
 * @ratio: a sigma / alpha
 *
 * Returns: the timestep where sigma / alpha is that, or the nearest there is
 *
 * Thread: any
 */
double dif_process_find (const DifProcess *process, double ratio);

/**
 * dif_prediction_name:
 * @prediction: a kind
 *
 * Returns: "epsilon", "sample" or "v_prediction"
 *
 * Thread: any
 */
const char *dif_prediction_name (DifPredictionType prediction);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifProcess, dif_process_free)

G_END_DECLS
