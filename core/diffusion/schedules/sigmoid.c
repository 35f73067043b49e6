/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

#include <math.h>

#define REACH 6.0

static void
fill (guint n, double start, double end, double *betas)
{
  for (guint i = 0; i < n; i++)
    {
      double at = n == 1 ? -REACH : -REACH + 2.0 * REACH * i / (n - 1);

      betas[i] = start + (end - start) / (1.0 + exp (-at));
    }
}

const DifSchedule dif_schedule_sigmoid = {
  .id = "sigmoid",
  .label = "sigmoid",
  .citation = "Xu et al. 2022 (GeoDiff), code",
  .has_ends = TRUE,
  .fill = fill,
};
