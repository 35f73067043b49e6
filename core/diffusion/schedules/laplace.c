/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

#include <math.h>

#define MAX_BETA 0.999
#define HAIR     1e-6 /* keeps the logarithm finite at the ends */

/* alpha_bar at a fraction of the whole time, up to a factor; most time goes to the middle noise
 * levels */
static double
alpha_bar (double fraction)
{
  const double tail = 0.5 * log (1.0 - 2.0 * fabs (0.5 - fraction) + HAIR);
  const double snr = exp (fraction <= 0.5 ? -tail : tail);

  return sqrt (snr / (1.0 + snr));
}

static void
fill (guint n, double start G_GNUC_UNUSED, double end G_GNUC_UNUSED, double *betas)
{
  for (guint i = 0; i < n; i++)
    betas[i] = MIN (1.0 - alpha_bar ((i + 1.0) / n) / alpha_bar ((double) i / n), MAX_BETA);
}

const DifSchedule dif_schedule_laplace = {
  .id = "laplace",
  .label = "Laplace",
  .citation = "Hang & Gu 2024, section 3.2, as in diffusers",
  .fill = fill,
};
