/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

#include <math.h>

#define RATE     12.0 /* alpha_bar falls to exp (-12) */
#define MAX_BETA 0.999

static void
fill (guint n, double start G_GNUC_UNUSED, double end G_GNUC_UNUSED, double *betas)
{
  for (guint i = 0; i < n; i++)
    betas[i] = MIN (1.0 - exp (-RATE / n), MAX_BETA);
}

const DifSchedule dif_schedule_exp = {
  .id = "exp",
  .label = "exponential",
  .citation = "diffusers, HeunDiscreteScheduler",
  .fill = fill,
};
