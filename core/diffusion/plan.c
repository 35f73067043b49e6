/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/plan.h"

#include <math.h>

#define TOP_RATIO 30.0

static DifStep
end_of (const DifProcess *process, const DifSampler *sampler)
{
  double a = process->alphas_cumprod[0];

  if (sampler->final_alpha && ! process->set_alpha_to_one)
    return (DifStep) { 0.0, sqrt (a), sqrt (1.0 - a) };
  return (DifStep) { 0.0, 1.0, 0.0 };
}

/* Timesteps to noise levels; those that do not fall (more steps than timesteps) are left
 * out, since no sampler can step from a level to itself. */
static DifPlan *
plan_from_timesteps (const DifProcess *process, const DifSampler *sampler, const double *t, guint n)
{
  DifPlan *plan = g_new0 (DifPlan, 1);
  double   last = process->n_train_steps - 1.0;

  plan->steps = g_new (DifStep, n + 1);
  for (guint i = 0; i < n; i++)
    {
      double own = CLAMP (t[i], 0.0, last);

      if (plan->n == 0 || own < plan->steps[plan->n - 1].t)
        plan->steps[plan->n++] = dif_process_step (process, own);
    }
  plan->steps[plan->n] = end_of (process, sampler);
  return plan;
}

/* Levels at a constant ratio, down to the lowest the process has.  Above TOP_RATIO all is
 * noise: samplers that stay at each level for a while would only lose time there. */
static DifPlan *
geometric_plan (const DifProcess *process, const DifSampler *sampler, guint n, double t_start)
{
  g_autofree double *t = g_new (double, n);
  const DifStep      top = dif_process_step (process, t_start);
  const DifStep      bottom = dif_process_step (process, 0.0);
  const double       low = log (bottom.sigma / bottom.alpha);
  const double       high = log (top.sigma / top.alpha);

  t[0] = t_start;
  for (guint i = 1; i < n; i++)
    t[i] = dif_process_find (process, exp (high + (low - high) * i / (n - 1)));
  return plan_from_timesteps (process, sampler, t, n);
}

static DifPlan *
plan_over (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing, guint n,
           guint span, gboolean from_span)
{
  guint                usable = MIN (n, sampler->drop_last ? MAX (span - 1, 1) : span);
  g_autofree double   *t = g_new (double, usable);
  const DifSpacingArgs args = { .span = span,
                                .n = usable,
                                .offset = process->steps_offset,
                                .whole = sampler->whole_steps,
                                .drop_last = sampler->drop_last };

  spacing->fill (&args, t);
  if (from_span)
    t[0] = span - 1.0;
  return plan_from_timesteps (process, sampler, t, usable);
}

DifPlan *
dif_plan_new (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
              guint n)
{
  const double last = process->n_train_steps - 1.0;

  if (sampler->geometric)
    return geometric_plan (process, sampler, n, MIN (dif_process_find (process, TOP_RATIO), last));
  return plan_over (process, sampler, spacing, n, process->n_train_steps, FALSE);
}

DifPlan *
dif_plan_new_from (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
                   guint n, double noise_level)
{
  double span =
      CLAMP (rint (noise_level * process->n_train_steps), 1.0, (double) process->n_train_steps);

  if (sampler->geometric)
    return geometric_plan (process, sampler, n, span - 1.0);
  return plan_over (process, sampler, spacing, n, (guint) span, TRUE);
}

void
dif_plan_free (DifPlan *plan)
{
  if (! plan)
    return;
  g_free (plan->steps);
  g_free (plan);
}
