/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A whole run. */

#include "core/train/trainer.h"

static gboolean
save (DifTrainer *trainer, const char *folder, GError **error)
{
  g_autofree char *state = g_build_filename (folder, DIF_TRAIN_STATE_FILE, NULL);

  return dif_trainer_save (trainer, folder, error) &&
         dif_trainer_save_state (trainer, state, error);
}

gboolean
dif_train (DifTrainer *trainer, const char *folder, guint64 save_every, DifTrainFunc func,
           gpointer data, GError **error)
{
  DifTrainReport report;

  while (! dif_trainer_done (trainer))
    {
      if (! dif_trainer_step (trainer, error))
        return FALSE;
      dif_trainer_report (trainer, &report);
      if (func)
        func (trainer, &report, data);
      if (save_every > 0 && report.step % save_every == 0 && ! dif_trainer_done (trainer) &&
          ! save (trainer, folder, error))
        return FALSE;
    }
  return save (trainer, folder, error);
}
