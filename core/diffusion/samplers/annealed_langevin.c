/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/langevin.h"

/* A network believes x to be as noisy as the level it is told, but each step leaves some noise of
 * the last level and adds its own.  From 30 down to the 0.006 of the embedded model 400 steps keep
 * what it sees 12 per cent above that, and 60 would 42. */
static DifLangevinLevel
level (const DifSampling *sampling, guint i)
{
  return (DifLangevinLevel) { &sampling->steps[i], dif_langevin_size (sampling, i), 1.0 };
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_langevin_run (sampling, context, x, level);
}

const DifSampler dif_sampler_annealed_langevin = {
  .id = "annealed-langevin",
  .label = N_ ("Annealed Langevin (400 steps or more)"),
  .citation = "Song & Ermon 2019, algorithm 1; sizes as in Song & Ermon 2020, section 3.4",
  .order = 1,
  .evals = 1,
  .least_evals = 400,
  .stochastic = TRUE,
  .geometric = TRUE,
  .stays = TRUE,
  .run = run,
};
