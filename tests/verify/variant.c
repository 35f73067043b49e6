/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/variant.h"

#include <math.h>

static gboolean
same_level (const DifStep *a, const DifStep *b)
{
  return fabs (a->sigma - b->sigma) < 1e-9 && fabs (a->alpha - b->alpha) < 1e-9;
}

static DifStep
level_of (const Setup *setup, double t)
{
  const DifPlan *plan = setup->plan;
  DifStep        level = plan->steps[setup->inverse ? 0 : plan->n]; /* below all timesteps */

  if (t >= 0.0)
    level = dif_process_step (setup->process, t);
  level.t = t;
  return level;
}

DifStep *
variant_pairs (const Setup *setup, Case *c, guint from)
{
  const DifPlan      *plan = setup->plan;
  const double        stride = floor ((double) setup->process->n_train_steps / setup->n);
  g_autofree DifStep *pairs = g_new (DifStep, 2 * (gsize) plan->n);
  /* PNDM's half of an odd distance is another one from above than from below */
  gboolean same = ! g_str_equal (setup->sampler->id, "pndm") || fmod (stride, 2.0) == 0.0;

  if (! setup->strides)
    return NULL;
  for (guint i = from; i < plan->n; i++)
    {
      DifStep      *pair = pairs + 2 * (gsize) (i - from);
      const DifStep lower = level_of (setup, plan->steps[i].t - stride);

      pair[0] = setup->inverse ? lower : plan->steps[i];
      pair[0].t = plan->steps[i].t;
      pair[1] = setup->inverse ? plan->steps[i + 1] : lower;
      same = same && same_level (&pair[0], &plan->steps[i]) &&
             same_level (&pair[1], &plan->steps[i + 1]);
    }
  if (same)
    return NULL;
  if (! g_str_equal (setup->sampler->id, "ddim"))
    {
      case_unknown (c, "%s beside its own timesteps", setup->sampler->label);
      return NULL;
    }
  case_variant (c, "DDIM by floor (T / n), beside its own timesteps");
  return g_steal_pointer (&pairs);
}

/* The middle of a step of DPM2 ancestral is the level that the step leads to.  Its own timestep is
 * rounded where it is one of Karras's, and diffusers does not round that of the middle. */
DifStep
variant_told (const Setup *setup, Case *c, guint index, const DifStep *step)
{
  DifStep told = *step;

  if (! g_str_equal (setup->sampler->id, "dpm2-ancestral") || index % 2 == 0)
    return told;
  told.t = dif_process_find (setup->process, step->sigma / step->alpha);
  if (fabs (told.t - step->t) > 1e-3)
    case_variant (c, "DPM2 ancestral with one level at two timesteps");
  return told;
}
