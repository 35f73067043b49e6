/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/exploding.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

static double
read_number (DifJsonReader *r, const char *key, double missing)
{
  return dif_json_double_or_null (r, key, missing, missing, 1e-9, 1e9);
}

void
dif_exploding_read (DifProcess *p, DifJsonReader *r, double lowest, double highest)
{
  p->sigma_min = read_number (r, "sigma_min", lowest);
  p->sigma_max = read_number (r, "sigma_max", highest);
  p->sigma_data = read_number (r, "sigma_data", 0.5);
  p->usable = p->n_train_steps;
  p->set_alpha_to_one = TRUE; /* there is no first timestep to end at */
  if (! r->error && p->sigma_min > p->sigma_max)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "sigma_min", _ ("%g must not be above sigma_max %g"),
                          p->sigma_min, p->sigma_max);
}

double
dif_exploding_ratio (const DifProcess *process, double level)
{
  return process->sigma_min * pow (process->sigma_max / process->sigma_min, level);
}

double
dif_exploding_height (const DifProcess *process, double ratio)
{
  return log (ratio / process->sigma_min);
}

double
dif_exploding_alpha (double ratio G_GNUC_UNUSED)
{
  return 1.0;
}
