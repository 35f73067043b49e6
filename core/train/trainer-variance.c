/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Networks that say how much noise DDPM needs, in as many channels again as they have for the mean.
 */

#include <string.h>

#include "core/train/trainer-parts.h"

#define CHANNELS 3 /* of pictures */

/* Most schedulers do not have the key; to them it does no harm. */
static void
say_variance (json_t *scheduler, const char *type)
{
  json_object_set_new (scheduler, "variance_type", json_string (type));
}

void
dif_trainer_fit_outputs (const char *objective, json_t *config, json_t *scheduler)
{
  const DifObjective *row = dif_objective_find (objective);
  json_t             *out = json_object_get (config, "out_channels");

  if (! row || ! row->needs_variance || json_integer_value (out) != CHANNELS)
    return;
  json_object_set_new (config, "out_channels", json_integer (2 * CHANNELS));
  say_variance (scheduler, "learned_range");
}

/* The numbers of the smaller network, and zeros behind them: outputs come first in a file's order.
 * Both networks list their tensors as they are built, and differ in the last layer alone. */
static gboolean
copy_values (DifModel *from, DifModel *to, DifPool *pool, GError **error)
{
  guint           n, n_to;
  const DifParam *own = dif_params_list (dif_model_params (from), &n);
  const DifParam *grown = dif_params_list (dif_model_params (to), &n_to);

  g_return_val_if_fail (n == n_to, FALSE);
  for (guint i = 0; i < n; i++)
    {
      const DifTensor *value = own[i].value;
      DifTensor       *room = grown[i].value;

      g_return_val_if_fail (value->size <= room->size, FALSE);
      memcpy (room->data, value->data, value->size * sizeof (float));
      memset (room->data + value->size, 0, (room->size - value->size) * sizeof (float));
    }
  return dif_params_update (dif_model_params (to), pool, error);
}

gboolean
dif_trainer_grow_outputs (DifTrainer *trainer, GError **error)
{
  const DifObjective       *objective = dif_objective_find (trainer->objective_id);
  DifCheckpoint            *own = trainer->checkpoint;
  const guint               channels = own->codec->channels;
  g_autoptr (DifCheckpoint) grown = NULL;
  json_t                   *config, *labels;

  if (! objective || ! objective->needs_variance || ! dif_codec_is_pixels (own->codec) ||
      dif_model_facts (own->model)->out_channels != channels)
    return TRUE;
  config = json_deep_copy (own->config);
  labels = own->labels ? dif_labels_to_json (own->labels) : NULL;
  json_object_set_new (config, "out_channels", json_integer (2 * channels));
  grown = dif_checkpoint_new (config, own->scheduler, labels, "config.json", 0, error);
  json_decref (config);
  json_decref (labels);
  if (! grown ||
      ! copy_values (own->model, grown->model, dif_context_pool (trainer->context), error))
    return FALSE;
  dif_checkpoint_free (own);
  trainer->checkpoint = g_steal_pointer (&grown);
  return TRUE;
}

gboolean
dif_trainer_set_variance (DifTrainer *trainer, GError **error)
{
  const DifCheckpoint *checkpoint = trainer->checkpoint;
  const DifModelFacts *facts = dif_model_facts (trainer->model);

  if (! dif_checkpoint_check_output (checkpoint, error))
    return FALSE;
  if (facts->out_channels != 2 * checkpoint->codec->channels)
    return TRUE;
  if (trainer->objective->learns_variance)
    {
      trainer->args.variance = DIF_VARIANCE_LEARNED_RANGE;
      say_variance (checkpoint->scheduler, "learned_range");
    }
  else if (trainer->new_process) /* or the outputs would be taken for it */
    say_variance (checkpoint->scheduler, "fixed_small");
  return TRUE;
}
