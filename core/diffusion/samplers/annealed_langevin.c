/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/diffusion/langevin.h"

/* A network believes x to be as noisy as the level it is told.  What is left over from the last
 * level therefore goes slowly, and it takes hundreds of evaluations to come down to a picture. */
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
  .citation = "Song & Ermon 2019, algorithm 1",
  .order = 1,
  .evals = 4,
  .stochastic = TRUE,
  .geometric = TRUE,
  .run = run,
};
