/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/langevin.h"

/* Always the lowest level: between regions of data far apart the score is no guide there, and from
 * noise it is a long way.  For networks that know no other. */
static DifLangevinLevel
level (const DifSampling *sampling, guint i G_GNUC_UNUSED)
{
  return (DifLangevinLevel) { &sampling->steps[sampling->n - 1], dif_langevin_size (sampling, 0),
                              1.0 };
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_langevin_run (sampling, context, x, level);
}

const DifSampler dif_sampler_langevin = {
  .id = "langevin",
  .label = N_ ("Plain Langevin (one noise level, 400 steps or more)"),
  .citation = "Song & Ermon 2019, eq. 4",
  .order = 1,
  .evals = 1,
  .least_evals = 400,
  .stochastic = TRUE,
  .geometric = TRUE,
  .stays = TRUE,
  .one_level = TRUE,
  .run = run,
};
