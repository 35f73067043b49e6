/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/schedule.h"

static void
fill (guint n, double start, double end, double *betas)
{
  for (guint i = 0; i < n; i++)
    betas[i] = n == 1 ? start : start + (end - start) * i / (n - 1);
}

const DifSchedule dif_schedule_linear = {
  .id = "linear",
  .label = "linear",
  .citation = "Ho et al. 2020, section 4",
  .has_ends = TRUE,
  .fill = fill,
};
