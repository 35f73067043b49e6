/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/evaluator.h"
#include "core/diffusion/scheduler.h"

#define MOST 4096.0 /* stands for an infinite sigma / alpha where a ratio is needed */

/* alpha = 1 - sigma: pictures move along a straight line to the noise, and the network, told T
 * sigma, predicts the way eps - x_0.  A shift makes the levels of larger pictures noisier: it
 * multiplies sigma / alpha, once.  (diffusers' own list of steps shifts its lowest level twice.) */

static void
refuse (DifJsonReader *r, const char *key)
{
  dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, key,
                        _ ("flow-matching models with this setting cannot be used here"));
}

/* Keys by which noise levels depend on the picture's size, or on how many there are. */
static void
refuse_strangers (DifJsonReader *r)
{
  static const char *const switches[] = { "use_dynamic_shifting", "invert_sigmas" };
  const char              *prediction = dif_json_string_or_null (r, "prediction_type", "", "");

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    if (dif_json_bool_or_null (r, switches[i], FALSE, FALSE))
      refuse (r, switches[i]);
  if (dif_json_double_or_null (r, "shift_terminal", 0.0, 0.0, 0.0, 1.0) != 0.0)
    refuse (r, "shift_terminal");
  if (! r->error && *prediction)
    dif_json_reader_fail (r, DIF_ERROR_UNSUPPORTED, "prediction_type",
                          _ ("“%s” does not belong to a flow-matching model"), prediction);
}

static double
sigma_at (const DifProcess *process, double level)
{
  return process->shift * level / (1.0 + (process->shift - 1.0) * level);
}

static void
read_config (DifProcess *process, DifJsonReader *reader,
             const DifScheduler *scheduler G_GNUC_UNUSED)
{
  refuse_strangers (reader);
  process->shift = dif_json_double_or_null (reader, "shift", 1.0, 1.0, 1e-3, 1e3);
  process->usable = process->n_train_steps;
  process->sigma_min = sigma_at (process, 1.0 / process->n_train_steps);
  process->sigma_max = 1.0;
  process->set_alpha_to_one = TRUE;
}

static DifStep
step (const DifProcess *process, double t)
{
  const double sigma = CLAMP (t / process->n_train_steps, 0.0, 1.0);

  return (DifStep) { t, 1.0 - sigma, sigma };
}

/* sigma = ratio / (1 + ratio), which may be infinite */
static double
find (const DifProcess *process, double ratio)
{
  return process->n_train_steps / (1.0 + 1.0 / ratio);
}

static double
ratio_at (const DifProcess *process, double level)
{
  const double own = CLAMP (level, 1.0 / process->n_train_steps, 1.0);

  return own < 1.0 ? MIN (process->shift * own / (1.0 - own), MOST) : MOST;
}

static double
time_at (const DifProcess *process, double level)
{
  return process->n_train_steps * sigma_at (process, level);
}

static double
highest (const DifProcess *process)
{
  return process->n_train_steps;
}

/* The noise level itself: the shift is undone. */
static double
height (const DifProcess *process, double ratio)
{
  return 1.0 / (1.0 + process->shift / ratio);
}

static double
alpha (double ratio)
{
  return 1.0 / (1.0 + ratio);
}

static DifDenoiser *
predict (DifEvaluator *evaluator, const DifProcess *process)
{
  return dif_predict_new_straight (evaluator, process->prediction);
}

const DifProcessKind dif_process_kind_rectified_flow = {
  .id = "rectified-flow",
  .name = "rectified flow",
  .citation = "Liu et al. 2023 (rectified flow), eq. 1; shift: Esser et al. 2024, eq. 23",
  .n_train_steps = 1000,
  .prediction = DIF_PREDICTION_FLOW,
  .read = read_config,
  .step = step,
  .find = find,
  .ratio = ratio_at,
  .time = time_at,
  .highest = highest,
  .height = height,
  .alpha = alpha,
  .predict = predict,
};
