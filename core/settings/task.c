/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/task.h"

static const DifTaskRow rows[DIF_N_TASKS] = {
  [DIF_TASK_GENERATE] = { "generate", .denoises = TRUE },
  [DIF_TASK_REIMAGINE] = { "reimagine", .reads_pixels = TRUE, .denoises = TRUE },
  [DIF_TASK_INPAINT] = { "inpaint", .reads_pixels = TRUE, .fills = TRUE, .denoises = TRUE },
  [DIF_TASK_NOISE] = { "noise", .reads_pixels = TRUE },
};

const DifTaskRow *
dif_task_row (DifTask task)
{
  g_return_val_if_fail (task < DIF_N_TASKS, NULL);
  return &rows[task];
}

gboolean
dif_task_find (const char *id, DifTask *task)
{
  for (guint i = 0; i < DIF_N_TASKS; i++)
    if (g_strcmp0 (id, rows[i].id) == 0)
      {
        *task = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
dif_task_reworks (DifTask task)
{
  return rows[task].reads_pixels && rows[task].denoises;
}
