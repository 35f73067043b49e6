/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

#include <math.h>

#define MAX_BETA 0.999

/* alpha_bar at a fraction of the whole time, up to a factor */
static double
alpha_bar (double fraction)
{
  double cosine = cos ((fraction + 0.008) / 1.008 * G_PI / 2.0);

  return cosine * cosine;
}

static void
fill (guint n, double start G_GNUC_UNUSED, double end G_GNUC_UNUSED, double *betas)
{
  for (guint i = 0; i < n; i++)
    betas[i] = MIN (1.0 - alpha_bar ((i + 1.0) / n) / alpha_bar ((double) i / n), MAX_BETA);
}

const DifSchedule dif_schedule_squaredcos_cap_v2 = {
  .id = "squaredcos_cap_v2",
  .label = "cosine",
  .citation = "Nichol & Dhariwal 2021, eq. 17",
  .fill = fill,
};
