/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/plan.h"

#include <math.h>

#include "core/diffusion/process.h"

static DifStep
end_of (const DifProcess *process, const DifSampler *sampler)
{
  const gboolean first_alpha = sampler->final_alpha && ! process->set_alpha_to_one;
  DifStep        lowest;

  if (! process->end_at_lowest && ! first_alpha)
    return (DifStep) { 0.0, 1.0, 0.0 };
  lowest = dif_process_step (process, dif_process_start (process, 0.0));
  return (DifStep) { 0.0, lowest.alpha, lowest.sigma };
}

/* Where all is noise, samplers that divide by alpha (and networks that predict the noise, which
 * says nothing of the picture there) begin a little below. */
static DifStep
level_at (const DifProcess *process, const DifSampler *sampler, double t)
{
  const DifStep step = dif_process_step (process, t);
  const double  most = dif_process_ratio (process, 1.0);
  const double  alpha = process->kind->alpha (most);

  if (step.sigma <= most * step.alpha * (1.0 + 1e-9) ||
      (sampler->pure_noise && process->prediction != DIF_PREDICTION_EPSILON))
    return step;
  return (DifStep) { t, alpha, alpha * most };
}

/* The nearest that the network was trained on. */
static double
trained (const DifProcess *process, double t)
{
  return CLAMP (t, dif_process_start (process, 0.0), process->kind->highest (process));
}

/* Timesteps to noise levels; those that do not fall (more steps than timesteps) are left
 * out, since no sampler can step from a level to itself. */
static DifPlan *
plan_from_timesteps (const DifProcess *process, const DifSampler *sampler, const double *t, guint n)
{
  DifPlan *plan = g_new0 (DifPlan, 1);

  plan->steps = g_new (DifStep, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const DifStep  own = level_at (process, sampler, trained (process, t[i]));
      const DifStep *before = plan->n > 0 ? &plan->steps[plan->n - 1] : NULL;

      if (! before || (own.t < before->t && own.sigma * before->alpha < before->sigma * own.alpha))
        plan->steps[plan->n++] = own;
    }
  plan->steps[plan->n] = end_of (process, sampler);
  return plan;
}

static double
told (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing, double ratio)
{
  double t = dif_process_find (process, ratio);

  if (! process->kind->has_steps ||
      ! (sampler->whole_steps || (sampler->whole_ladder && ! spacing->truncates)))
    return t;
  return spacing->truncates ? floor (t) : rint (t);
}

/* Noise levels from @high down to the lowest the process has.  Who works at one level alone stays
 * there for all its steps. */
static DifPlan *
plan_from_ratios (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
                  guint n, double high)
{
  const double       low = dif_process_ratio (process, 0.0);
  const guint        usable = high > low || sampler->one_level ? n : 1;
  g_autofree double *ratios = g_new (double, usable);
  DifPlan           *plan = g_new0 (DifPlan, 1);

  spacing->fill_ratios (usable, high, MIN (low, high), ratios);
  plan->steps = g_new (DifStep, usable + 1);
  for (guint i = 0; i < usable; i++)
    {
      const double alpha = process->kind->alpha (ratios[i]);

      plan->steps[i] =
          (DifStep) { told (process, sampler, spacing, ratios[i]), alpha, alpha * ratios[i] };
    }
  plan->n = usable;
  plan->steps[plan->n] = end_of (process, sampler);
  return plan;
}

static DifPlan *
plan_from_span (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
                guint n, guint span, gboolean from_span)
{
  guint                usable = MIN (n, sampler->drop_last ? MAX (span - 1, 1) : span);
  g_autofree double   *t = g_new (double, usable);
  const DifSpacingArgs args = { .span = span,
                                .n = usable,
                                .offset = process->steps_offset,
                                .whole = sampler->whole_steps,
                                .drop_last = sampler->drop_last,
                                .stride = process->n_train_steps / process->original_steps };

  spacing->fill (&args, t);
  if (from_span)
    t[0] = span - 1.0;
  for (guint i = 0; i < usable; i++)
    t[i] = dif_process_timestep (process, t[i]);
  return plan_from_timesteps (process, sampler, t, usable);
}

/* Samplers that stay at each level for a while go down at a constant ratio, those for distilled
 * networks where those were taught; processes without anything to count go down as they were meant
 * to. */
static const DifSpacing *
spacing_of (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing)
{
  if (sampler->geometric)
    return dif_spacing_find ("exponential");
  if (process->kind->spacing && ! spacing->fill_ratios)
    return dif_spacing_find (process->kind->spacing);
  if (sampler->spacing && process->kind->has_steps)
    return dif_spacing_find (sampler->spacing);
  return spacing;
}

/* How many timesteps there are to count up to a noise level. */
static guint
steps_to (const DifProcess *process, double level)
{
  return (guint) CLAMP (rint (level * process->n_train_steps), 1.0, (double) process->usable);
}

static DifPlan *
plan_new (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing, guint n,
          double level, gboolean whole)
{
  const DifSpacing *own = spacing_of (process, sampler, spacing);
  const double      ratio = dif_process_ratio (process, level);
  DifPlan          *plan;

  if (own->fill)
    return plan_from_span (process, sampler, own, n, steps_to (process, whole ? 1.0 : level),
                           ! whole);
  if (whole && sampler->geometric && ratio > DIF_TOP_RATIO)
    return plan_from_ratios (process, sampler, own, n, DIF_TOP_RATIO);
  plan = plan_from_ratios (process, sampler, own, n, ratio);
  plan->steps[0] = level_at (process, sampler, dif_process_start (process, level));
  return plan;
}

DifPlan *
dif_plan_new (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
              guint n)
{
  return plan_new (process, sampler, spacing, n, 1.0, TRUE);
}

DifPlan *
dif_plan_new_from (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
                   guint n, double noise_level)
{
  return plan_new (process, sampler, spacing, n, noise_level, FALSE);
}

DifPlan *
dif_plan_new_at (const DifProcess *process, const DifSampler *sampler, const double *t, guint n)
{
  return plan_from_timesteps (process, sampler, t, n);
}

DifPlan *
dif_plan_new_inverted (const DifPlan *plan)
{
  DifPlan *up = g_new0 (DifPlan, 1);

  up->n = plan->n;
  up->steps = g_new (DifStep, up->n + 1);
  for (guint i = 0; i <= up->n; i++)
    {
      up->steps[i] = plan->steps[plan->n - i];
      if (i < up->n)
        up->steps[i].t = plan->steps[plan->n - i - 1].t;
    }
  return up;
}

double *
dif_timesteps_parse (const char *text, guint *n)
{
  g_auto (GStrv) words = g_strsplit (text ? text : "", ",", -1);
  g_autofree double *t = g_new (double, g_strv_length (words) + 1);

  for (*n = 0; words[*n]; (*n)++)
    {
      const char *word = g_strstrip (words[*n]);
      char       *end;

      t[*n] = g_ascii_strtod (word, &end);
      if (end == word || *end || ! isfinite (t[*n]) || (*n > 0 && t[*n] >= t[*n - 1]))
        return NULL;
    }
  return *n > 0 ? g_steal_pointer (&t) : NULL;
}

void
dif_plan_free (DifPlan *plan)
{
  if (! plan)
    return;
  g_free (plan->steps);
  g_free (plan);
}
