/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/trainer-parts.h"

/* The averages where there are any. */
static const DifTensor *
saved_value (const DifTrainer *trainer, guint param)
{
  for (guint i = 0; i < trainer->n_slots; i++)
    if (trainer->slot_params[i] == param)
      return trainer->slots[i].average;
  return trainer->params[param].value;
}

void
dif_trainer_set_half (DifTrainer *trainer, gboolean half)
{
  trainer->half = half != FALSE;
}

gboolean
dif_trainer_save (DifTrainer *trainer, const char *folder, GError **error)
{
  g_autofree const DifTensor **values = g_new (const DifTensor *, trainer->n_params);

  for (guint i = 0; i < trainer->n_params; i++)
    values[i] = saved_value (trainer, i);
  return dif_checkpoint_save (trainer->checkpoint, values, trainer->half, folder, error);
}
