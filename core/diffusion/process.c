/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/process.h"

#include <math.h>

void
dif_process_free (DifProcess *process)
{
  if (! process)
    return;
  g_free (process->alphas_cumprod);
  g_free (process);
}

DifStep
dif_process_step (const DifProcess *process, double t)
{
  return process->kind->step (process, t);
}

double
dif_process_find (const DifProcess *process, double ratio)
{
  return process->kind->find (process, ratio);
}

double
dif_process_ratio (const DifProcess *process, double level)
{
  return process->kind->ratio (process, level);
}

gboolean
dif_process_is_one_level (const DifProcess *process)
{
  return dif_process_ratio (process, 0.0) >= dif_process_ratio (process, 1.0);
}

double
dif_process_told (const DifProcess *process, double level)
{
  const double t = process->kind->time (process, level);

  return process->kind->has_steps ? rint (t) - 1.0 : t;
}

/* Timestep t stands for the levels above t / T. */
double
dif_process_above (const DifProcess *process, double level)
{
  return process->kind->time (process, level);
}

double
dif_process_start (const DifProcess *process, double level)
{
  const double t = dif_process_told (process, level);

  if (process->kind->has_steps)
    return CLAMP (t, 0.0, process->usable - 1.0);
  return MAX (t, dif_process_find (process, dif_process_ratio (process, 0.0)));
}

double
dif_process_timestep (const DifProcess *process, double index)
{
  if (process->kind->has_steps)
    return index;
  return dif_process_told (process, (index + 1.0) / process->n_train_steps);
}

DifStep
dif_process_draw (const DifProcess *process, double u)
{
  const double t = floor (u * process->n_train_steps);

  if (! process->kind->has_steps)
    return dif_process_step (process, dif_process_start (process, u));
  return dif_process_step (process, fmin (t, process->n_train_steps - 1));
}

const char *
dif_process_name (const DifProcess *process)
{
  if (process->kind->name)
    return process->kind->name;
  return process->schedule ? process->schedule->id : "trained_betas";
}

double
dif_process_height (const DifProcess *process, double ratio)
{
  return process->kind->height (process, ratio);
}
