/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

#include <math.h>

static void
fill (guint n, double start, double end, double *betas)
{
  const double a = sqrt (start);
  const double b = sqrt (end);

  for (guint i = 0; i < n; i++)
    {
      double root = n == 1 ? a : a + (b - a) * i / (n - 1);

      betas[i] = root * root;
    }
}

const DifSchedule dif_schedule_scaled_linear = {
  .id = "scaled_linear",
  .label = "scaled linear",
  .citation = "Rombach et al. 2022, code",
  .has_ends = TRUE,
  .fill = fill,
};
