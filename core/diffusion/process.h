/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process-kind.h"
#include "core/diffusion/schedule.h"
#include "core/diffusion/spacing.h"

G_BEGIN_DECLS

#define DIF_MAX_TRAIN_STEPS 100000

/**
 * DifToldVariance:
 * @DIF_TOLD_RANGE: where its logarithm lies between those of the posterior's and of beta_t
 *   ("learned_range", or where nothing is said)
 * @DIF_TOLD_IGNORED: nothing that is to be heeded (the fixed ones)
 * @DIF_TOLD_UNCLEAR: the variance ("learned"), which those who train such networks take for its
 *   logarithm and diffusers for itself
 *
 * What networks with twice the channels say in the second half of them of the variance of DDPM's
 * noise.
 */
typedef enum
{
  DIF_TOLD_RANGE,
  DIF_TOLD_IGNORED,
  DIF_TOLD_UNCLEAR,
} DifToldVariance;

/**
 * DifProcess:
 * @kind: the row of its kind
 * @n_train_steps: T
 * @usable: timesteps 0 … usable - 1 are walked (T unless lambda_min_clipped says otherwise)
 * @schedule: (nullable): row of its betas, %NULL if they are its own or there are none; see
 *   dif_process_name()
 * @alphas_cumprod: (nullable) (array length=n_train_steps): alpha_bar_t, %NULL unless noise is
 * added in steps; the last is 0 where the signal-to-noise ratio ends at zero
 * @sigma_min: sigma of the lowest noise level, 0 where noise is added in steps
 * @sigma_max: of the highest, likewise
 * @sigma_data: deviation of the pictures (EDM)
 * @unit_range: whether pictures are in [0, 1] for the network instead of [-1, 1] (VE), and
 * sigma_min and sigma_max in these units
 * @shift: factor of sigma / alpha (rectified flow)
 * @prediction: what the network outputs
 * @spacing: the scheduler's own spacing
 * @steps_offset: for spacing "leading"
 * @set_alpha_to_one: whether DDIM ends at the clean picture or at alpha_bar_0
 * @end_at_lowest: whether runs end at the lowest level instead of the clean picture
 *   (final_sigmas_type "sigma_min")
 * @clip: whether predicted clean pictures are clipped
 * @clip_range: to [-clip_range, clip_range]
 * @thresholding: whether they are clipped to a threshold of their own (see dif_threshold_new())
 * @threshold_ratio: for @thresholding
 * @threshold_most: for @thresholding
 * @large_variance: whether DDPM's noise has variance beta_t ("fixed_large") or that of
 *   the posterior ("fixed_small"), where the network does not say it
 * @told: what networks with twice the channels say of it
 * @original_steps: how many timesteps a distilled network was taught (LCM)
 * @distilled: whether the network was taught to see the end of the probability flow: its scheduler
 *   is one for such
 *
 * The forward process a network was trained on: a diffusers scheduler configuration.
 */
struct _DifProcess
{
  const DifProcessKind *kind;
  guint                 n_train_steps;
  guint                 usable;
  const DifSchedule    *schedule;
  double               *alphas_cumprod;
  double                sigma_min;
  double                sigma_max;
  double                sigma_data;
  gboolean              unit_range;
  double                shift;
  DifPredictionType     prediction;
  const DifSpacing     *spacing;
  guint                 steps_offset;
  gboolean              set_alpha_to_one;
  gboolean              end_at_lowest;
  gboolean              clip;
  double                clip_range;
  gboolean              thresholding;
  double                threshold_ratio;
  double                threshold_most;
  gboolean              large_variance;
  DifToldVariance       told;
  guint                 original_steps;
  gboolean              distilled;
};

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
 * @t: what the network is told; between whole timesteps sigma / alpha is interpolated
 *
 * Returns: the noise level there; of whole timesteps alpha is 0 only at T - 1
 *
 * Thread: any
 */
DifStep dif_process_step (const DifProcess *process, double t);

/**
 * dif_process_find:
 * @process: the process
 * @ratio: a sigma / alpha
 *
 * Returns: what the network is told where sigma / alpha is that, or the nearest there is
 *
 * Thread: any
 */
double dif_process_find (const DifProcess *process, double ratio);

/**
 * dif_process_ratio:
 * @process: the process
 * @level: noise level t of the training time, 0 (the lowest there is) to 1
 *
 * Returns: sigma / alpha there; finite even where the signal-to-noise ratio ends at zero
 *
 * Thread: any
 */
double dif_process_ratio (const DifProcess *process, double level);

/**
 * dif_process_is_one_level:
 * @process: the process
 *
 * Returns: whether there is but one noise level, so that nothing leads from noise to the pictures
 *
 * Thread: any
 */
gboolean dif_process_is_one_level (const DifProcess *process);

/**
 * dif_process_start:
 * @process: the process
 * @level: noise level t of the training time, 0 (the lowest there is) to 1
 *
 * Returns: what the network is told there: dif_process_told(), or of whole timesteps the nearest
 *   that is walked
 *
 * Thread: any
 */
double dif_process_start (const DifProcess *process, double level);

/**
 * dif_process_told:
 * @process: the process
 * @level: noise level t of the training time, 0 to 1
 *
 * Which end of an interval of noise levels this is, for those who know only what the network is
 * told: it rises with the level.
 *
 * Returns: what the network is told at that level; of whole timesteps the nearest, round (level T)
 *   - 1, which may be -1 or one that is not walked
 *
 * Thread: any
 */
double dif_process_told (const DifProcess *process, double level);

/**
 * dif_process_above:
 * @process: the process
 * @level: noise level t of the training time, 0 to 1
 *
 * Returns: the least that the network is told above that level; of whole timesteps, each of which
 *   stands for what lies between it and the one before, level T
 *
 * Thread: any
 */
double dif_process_above (const DifProcess *process, double level);

/**
 * dif_process_timestep:
 * @process: the process
 * @index: a timestep as a spacing counts them, 0 to T - 1
 *
 * Returns: what the network is told there
 *
 * Thread: any
 */
double dif_process_timestep (const DifProcess *process, double index);

/**
 * dif_process_draw:
 * @process: the process
 * @u: a number in [0, 1)
 *
 * Returns: the noise level that it draws, where all of the training time are as likely
 *
 * Thread: any
 */
DifStep dif_process_draw (const DifProcess *process, double u);

/**
 * dif_process_height:
 * @process: the process
 * @ratio: a sigma / alpha
 *
 * How far up in training time a noise level is: in timesteps, in the logarithm of sigma /
 * sigma_min, or in the noise level t itself.  At a share of the height of a level is that share of
 * the noise level t.
 *
 * Returns: the height, 0 at the lowest level or below it
 *
 * Thread: any
 */
double dif_process_height (const DifProcess *process, double ratio);

/**
 * dif_process_name:
 * @process: the process
 *
 * Returns: the id of its schedule, "trained_betas" where it has its own, or its kind's name
 *
 * Thread: any
 */
const char *dif_process_name (const DifProcess *process);

/**
 * dif_prediction_name:
 * @prediction: a kind
 *
 * Returns: "epsilon", "sample", "v_prediction", "score" or "flow_prediction"
 *
 * Thread: any
 */
const char *dif_prediction_name (DifPredictionType prediction);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifProcess, dif_process_free)

G_END_DECLS
