/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The noise levels of objectives that bring their own, and the process that says them. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/train/trainer-parts.h"

/* Crops that distances are measured between: as many as this many numbers hold. */
#define MOST_CROPS   64
#define MOST_NUMBERS (16u << 20)

/* What is not known of the ladder, from the pictures. */
static gboolean
complete (DifTrainer *trainer, GError **error)
{
  const guint size = trainer->settings.cropping.size;
  const gsize numbers = 3 * (gsize) size * size;
  const gsize n = CLAMP (MOST_NUMBERS / numbers, 2, MOST_CROPS);
  g_auto (DifBatch) batch = { 0 };

  if (! dif_dataset_batch (trainer->dataset, trainer->context, trainer->settings.seed, 0, n,
                           &batch))
    {
      dif_context_take_error (trainer->context, error);
      return FALSE;
    }
  dif_ladder_complete (&trainer->settings.ladder, batch.x0, trainer->objective->one_level);
  return TRUE;
}

/* A network of a process of that kind keeps what was not asked for otherwise.  None of many levels
 * is the one to learn at, and one level is no ladder. */
static void
keep_own (DifLadder *ladder, const DifProcess *process, gboolean one_level)
{
  const double   least = dif_process_ratio (process, 0.0);
  const double   most = dif_process_ratio (process, 1.0);
  const gboolean asked_for = ladder->sigma_min > 0.0 || ladder->sigma_max > 0.0;

  if (one_level ? asked_for || least < most : ! (least < most))
    return;
  if (ladder->sigma_min == 0.0)
    ladder->sigma_min = least;
  if (ladder->sigma_max == 0.0)
    ladder->sigma_max = most;
  if (ladder->n_levels == 0)
    ladder->n_levels = process->n_train_steps;
}

static gboolean
check_order (const DifTrainer *trainer, GError **error)
{
  const DifLadder *ladder = &trainer->settings.ladder;
  const gboolean   one_level = trainer->objective->one_level;

  if (! one_level && ladder->n_levels < 2)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The objective “%s” learns at two noise levels or more."),
                   trainer->objective_id);
      return FALSE;
    }
  if (one_level ? ladder->sigma_min == ladder->sigma_max : ladder->sigma_min < ladder->sigma_max)
    return TRUE;
  if (one_level)
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("This objective learns at one noise level, not from %g to %g."),
                 ladder->sigma_min, ladder->sigma_max);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("The noise levels rise from %g to %g: the highest must be above the lowest."),
                 ladder->sigma_min, ladder->sigma_max);
  return FALSE;
}

/* Writes the ladder down as the network's process. */
static gboolean
become (DifTrainer *trainer, GError **error)
{
  const DifLadder *ladder = &trainer->settings.ladder;
  const double     lowest = dif_process_find (trainer->process, ladder->sigma_min);
  const double     highest = dif_process_find (trainer->process, ladder->sigma_max);
  json_t          *scheduler = json_deep_copy (trainer->checkpoint->scheduler);
  gboolean         done;

  json_object_set_new (scheduler, "num_train_timesteps", json_integer (ladder->n_levels));
  json_object_set_new (scheduler, "sigma_min", json_real (lowest));
  json_object_set_new (scheduler, "sigma_max", json_real (highest));
  done = dif_checkpoint_set_scheduler (trainer->checkpoint, scheduler, error);
  json_decref (scheduler);
  trainer->process = trainer->checkpoint->process;
  return done;
}

/* By the bridge a network of another process learns at the levels that it has too. */
static gboolean
cross (DifTrainer *trainer, gboolean given, GError **error)
{
  const double least = dif_process_ratio (trainer->process, 0.0);
  const double most = dif_process_ratio (trainer->process, 1.0);
  DifLadder   *ladder = &trainer->settings.ladder;

  if (! given && ! trainer->objective->one_level)
    {
      ladder->sigma_min = MAX (ladder->sigma_min, least);
      ladder->sigma_max = MIN (ladder->sigma_max, most);
    }
  if (ladder->sigma_min >= least && ladder->sigma_max <= most)
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
               _ ("The model's process (%s) has noise levels from %.4g to %.4g times the picture, "
                  "not from %.4g to %.4g: it cannot be taught by the objective “%s” there."),
               dif_process_name (trainer->process), least, most, ladder->sigma_min,
               ladder->sigma_max, trainer->objective_id);
  return FALSE;
}

gboolean
dif_trainer_set_ladder (DifTrainer *trainer, GError **error)
{
  const DifObjective *objective = trainer->objective;
  DifLadder          *ladder = &trainer->settings.ladder;
  const gboolean      given = ladder->sigma_min > 0.0 || ladder->sigma_max > 0.0;
  gboolean            own;

  if (! objective->process)
    {
      if (! given && ladder->n_levels == 0)
        return TRUE;
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The objective “%s” learns at the noise levels of the model's process: they "
                      "cannot be chosen."),
                   trainer->objective_id);
      return FALSE;
    }
  own = g_str_equal (objective->process, trainer->process->kind->id);
  if (own && ! trainer->new_process)
    keep_own (ladder, trainer->process, objective->one_level);
  if (! complete (trainer, error))
    return FALSE;
  return check_order (trainer, error) &&
         (own ? become (trainer, error) : cross (trainer, given, error));
}
