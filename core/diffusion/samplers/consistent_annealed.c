/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/langevin.h"

/* Between the 1 of DDIM, which adds no noise, and the 2 of the posterior, all of whose noise is
 * fresh.  The paper's own search, with 232 levels from 50 down to 0.01, gave epsilon 5.6e-6, and
 * 1.1e-6 with each level taken five times: 1.56 and 1.50. */
#define OWN_POWER 1.5

/* What is left of the noise, z - x0, after a Langevin step whose level falls to the @fall-th part.
 * More than that part cannot be made up for by adding noise. */
static double
left_of (const DifSampling *s, double fall)
{
  const double asked = 1.0 - s->langevin_step / 2.0;

  return s->langevin_step > 0.0 ? CLAMP (asked, -fall, fall) : pow (fall, OWN_POWER);
}

/* Algorithm 2 in z = x / alpha: a Langevin step z + r s² score, which leaves (1 - r) s of the
 * noise, and just as much fresh noise as is missing to the next level s'.  So x is as noisy as the
 * network is told, after every step and with any number of them. */
static DifTensor *
step (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifPrediction *p,
      gpointer state G_GNUC_UNUSED)
{
  const DifStep *from = &s->steps[i];
  const DifStep *to = from + 1;
  const double   ratio = from->sigma / from->alpha;
  const double   next = to->sigma / to->alpha;
  double         left;

  if (to->sigma == 0.0)
    return dif_sum_over (context, x, 1, (DifTerm[]) { { to->alpha, p->x0 } });
  left = left_of (s, next / ratio);
  return dif_sampling_draw (
      s, context, x, 2,
      (DifTerm[]) { { left * to->alpha / from->alpha, x }, { (1.0 - left) * to->alpha, p->x0 } },
      to->alpha * sqrt (MAX (next * next - left * left * ratio * ratio, 0.0)));
}

static DifTensor *
run (const DifSampling *sampling, DifContext *context, DifTensor *x)
{
  return dif_sampling_walk (sampling, context, x, step, NULL);
}

const DifSampler dif_sampler_consistent_annealed = {
  .id = "consistent-annealed",
  .label = N_ ("Consistent annealed sampling (20 steps or more)"),
  .citation = "Jolicoeur-Martineau et al. 2021, algorithm 2",
  .order = 1,
  .evals = 1,
  .least_evals = 20,
  .stochastic = TRUE,
  .geometric = TRUE,
  .run = run,
};
