/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/langevin.h"

#define LATE 4.0

/* Annealed Langevin whose noise cools as well, to nothing at the last level.  At temperature T a
 * level's density is raised to the power 1 / T: what is likely becomes likelier still, and the last
 * steps only climb.  It cools late: evenly, the likeliest picture of a texture is one color. */
static DifLangevinLevel
level (const DifSampling *sampling, guint i)
{
  const double temperature = 1.0 - pow ((i + 1.0) / sampling->n, LATE);

  return (DifLangevinLevel) { &sampling->steps[i], dif_langevin_size (sampling, i), temperature };
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_langevin_run (sampling, context, x, level);
}

const DifSampler dif_sampler_simulated_annealing = {
  .id = "simulated-annealing",
  .label = N_ ("Simulated annealing (400 steps or more)"),
  .citation = "Kirkpatrick et al. 1983, of Langevin steps at the levels of Song & Ermon 2019",
  .order = 1,
  .evals = 1,
  .least_evals = 400,
  .stochastic = TRUE,
  .geometric = TRUE,
  .stays = TRUE,
  .seeks_modes = TRUE,
  .run = run,
};
