/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/process.h"

#include <math.h>

#define LOWEST_SIGNAL 0x1p-24 /* stands for an alpha_bar of 0 where a ratio is needed */

static double
sigma_over_alpha (const DifProcess *process, guint t)
{
  double a = MAX (process->alphas_cumprod[t], LOWEST_SIGNAL);

  return sqrt ((1.0 - a) / a);
}

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
  guint  last = process->n_train_steps - 1;
  guint  below;
  double rest, a, ratio;

  if (process->kind == DIF_PROCESS_VE)
    return (DifStep) { t, 1.0, t };
  if (process->kind == DIF_PROCESS_EDM)
    return (DifStep) { t, 1.0, exp (4.0 * t) };
  below = (guint) CLAMP (floor (t), 0.0, (double) last);
  rest = MIN (t, (double) last) - below;
  a = process->alphas_cumprod[below];
  if (rest <= 0.0 || below == last)
    return (DifStep) { t, sqrt (a), sqrt (1.0 - a) };
  ratio = (1.0 - rest) * sigma_over_alpha (process, below) +
          rest * sigma_over_alpha (process, below + 1);
  return (DifStep) { t, 1.0 / hypot (1.0, ratio), ratio / hypot (1.0, ratio) };
}

double
dif_process_find (const DifProcess *process, double ratio)
{
  guint  low = 0;
  guint  high = process->n_train_steps - 1;
  double at_low, at_high;

  if (process->kind != DIF_PROCESS_DISCRETE)
    return process->kind == DIF_PROCESS_VE ? ratio : log (ratio) / 4.0;
  if (ratio <= sigma_over_alpha (process, low))
    return low;
  if (ratio >= sigma_over_alpha (process, high))
    return high;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (sigma_over_alpha (process, middle) <= ratio)
        low = middle;
      else
        high = middle;
    }
  at_low = log (sigma_over_alpha (process, low));
  at_high = log (sigma_over_alpha (process, high));
  return low + (log (ratio) - at_low) / (at_high - at_low);
}

static guint
timestep_at (const DifProcess *process, double level)
{
  const double n = process->n_train_steps;

  return (guint) (CLAMP (rint (level * n), 1.0, (double) process->usable) - 1.0);
}

double
dif_process_ratio (const DifProcess *process, double level)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return sigma_over_alpha (process, timestep_at (process, level));
  return process->sigma_min * pow (process->sigma_max / process->sigma_min, level);
}

double
dif_process_start (const DifProcess *process, double level)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return timestep_at (process, level);
  return dif_process_find (process, dif_process_ratio (process, level));
}

const char *
dif_process_name (const DifProcess *process)
{
  switch (process->kind)
    {
    case DIF_PROCESS_VE:
      return "VE";
    case DIF_PROCESS_EDM:
      return "EDM";
    case DIF_PROCESS_DISCRETE:
      break;
    }
  return process->schedule ? process->schedule->id : "trained_betas";
}

double
dif_process_height (const DifProcess *process, double ratio)
{
  if (process->kind == DIF_PROCESS_DISCRETE)
    return dif_process_find (process, ratio);
  return log (ratio / process->sigma_min);
}
