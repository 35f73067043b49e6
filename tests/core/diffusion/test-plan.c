/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/diffusion/plan.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

static const guint counts[] = { 1, 2, 3, 7, 20, 50, 999, 1000 };

static const char *const processes[] = {
  "{}",
  "{'beta_schedule': 'scaled_linear', 'steps_offset': 1, 'set_alpha_to_one': false}",
  "{'beta_schedule': 'squaredcos_cap_v2'}",
  "{'rescale_betas_zero_snr': true, 'prediction_type': 'v_prediction'}",
  "{'rescale_betas_zero_snr': true}",
  "{'lambda_min_clipped': -2.0}",
  "{'num_train_timesteps': 10}",
  "{'num_train_timesteps': 2}",
  "{'num_train_timesteps': 1}",
};

/* What holds for every plan: it falls, stays in range, and ends where its sampler ends. */
static void
check_plan (const DifPlan *plan, const DifProcess *process, const DifSampler *sampler, guint n)
{
  const DifStep *end = &plan->steps[plan->n];
  double         a = process->alphas_cumprod[0];
  gboolean       clean = process->set_alpha_to_one || ! sampler->final_alpha;

  g_assert_cmpuint (plan->n, >=, 1);
  g_assert_cmpuint (plan->n, <=, n);
  for (guint i = 0; i < plan->n; i++)
    {
      const DifStep *step = &plan->steps[i];

      g_assert_cmpfloat (step->t, >=, 0.0);
      g_assert_cmpfloat (step->t, <=, process->n_train_steps - 1.0);
      g_assert_cmpfloat (step->alpha, >=, 0.0);
      if (! sampler->pure_noise || process->prediction == DIF_PREDICTION_EPSILON || i > 0)
        g_assert_cmpfloat (step->alpha, >, 0.0);
      g_assert_cmpfloat (step->sigma, >, 0.0);
      if (sampler->whole_steps)
        g_assert_cmpfloat (step->t, ==, rint (step->t));
      if (i > 0)
        {
          /* whole timesteps of noise levels may be the same */
          g_assert_cmpfloat (step->t, <=, step[-1].t);
          g_assert_cmpfloat (step->sigma * step[-1].alpha, <, step[-1].sigma * step->alpha);
        }
    }
  g_assert_cmpfloat (end->alpha, ==, clean ? 1.0 : sqrt (a));
  g_assert_cmpfloat (end->sigma, ==, clean ? 0.0 : sqrt (1.0 - a));
}

typedef void (*Visit) (const DifProcess *process, const DifSampler *sampler,
                       const DifSpacing *spacing, guint n);

/* Whether a sampler's rules for steps are those of an earlier row. */
static gboolean
seen_before (const DifSampler *const *rows, guint i)
{
  for (guint k = 0; k < i; k++)
    if (rows[k]->whole_steps == rows[i]->whole_steps && rows[k]->drop_last == rows[i]->drop_last &&
        rows[k]->final_alpha == rows[i]->final_alpha &&
        rows[k]->pure_noise == rows[i]->pure_noise && rows[k]->geometric == rows[i]->geometric &&
        rows[k]->whole_ladder == rows[i]->whole_ladder &&
        g_strcmp0 (rows[k]->spacing, rows[i]->spacing) == 0)
      return TRUE;
  return FALSE;
}

/* Every process, kind of sampler, spacing and count. */
static void
visit_all (Visit visit)
{
  guint                    n_samplers, n_spacings;
  const DifSampler *const *samplers = dif_samplers (&n_samplers);
  const DifSpacing *const *spacings = dif_spacings (&n_spacings);

  for (guint p = 0; p < G_N_ELEMENTS (processes); p++)
    {
      g_autoptr (DifProcess) process = test_process (processes[p], NULL);

      for (guint i = 0; i < n_samplers; i++)
        for (guint k = 0; k < n_spacings && ! seen_before (samplers, i); k++)
          for (guint c = 0; c < G_N_ELEMENTS (counts); c++)
            visit (process, samplers[i], spacings[k], counts[c]);
    }
}

static void
whole (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing, guint n)
{
  g_autoptr (DifPlan) plan = dif_plan_new (process, sampler, spacing, n);

  check_plan (plan, process, sampler, n);
  if (n <= 50 && process->n_train_steps == 1000 && process->usable == 1000)
    g_assert_cmpuint (plan->n, ==, n);
}

static void
test_whole (void)
{
  visit_all (whole);
}

/* Starts exactly at the level that was asked for, whatever the number of steps. */
static void
from_level (const DifProcess *process, const DifSampler *sampler, const DifSpacing *spacing,
            guint n)
{
  static const double levels[] = { 1e-6, 0.001, 0.05, 0.3, 0.5, 0.777, 0.999, 1.0 };
  const double        steps = process->n_train_steps;

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_autoptr (DifPlan) plan = dif_plan_new_from (process, sampler, spacing, n, levels[i]);
      double              top = CLAMP (rint (levels[i] * steps), 1.0, process->usable) - 1.0;
      DifStep             start = dif_process_step (process, top);

      check_plan (plan, process, sampler, n);
      g_assert_cmpfloat (plan->steps[0].t, ==, top);
      if (start.alpha > 0x1p-12 || plan->steps[0].alpha < 0x1p-13)
        {
          g_assert_cmpfloat (plan->steps[0].alpha, ==, start.alpha);
          g_assert_cmpfloat (plan->steps[0].sigma, ==, start.sigma);
        }
      else /* just below pure noise */
        g_assert_cmpfloat_with_epsilon (plan->steps[0].alpha, 0x1p-12, 1e-6);
      if (n <= 50 && steps == 1000 && levels[i] >= 0.3)
        g_assert_cmpuint (plan->n, ==, n);
    }
}

static void
test_from_level (void)
{
  visit_all (from_level);
}

/* Lin et al. 2024, table 2, for T = 1000 and 10 steps; dpmpp-2m as diffusers spaces it. */
static void
test_known (void)
{
  static const struct
  {
    const char *sampler;
    const char *spacing;
    double      t[10];
  } known[] = {
    { "ddim", "leading", { 900, 800, 700, 600, 500, 400, 300, 200, 100, 0 } },
    { "ddim", "linspace", { 999, 888, 777, 666, 555, 444, 333, 222, 111, 0 } },
    { "ddim", "trailing", { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99 } },
    { "dpmpp-2m", "leading", { 900, 810, 720, 630, 540, 450, 360, 270, 180, 90 } },
    { "dpmpp-2m", "linspace", { 999, 899, 799, 699, 599, 500, 400, 300, 200, 100 } },
    { "dpmpp-2m", "trailing", { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99 } },
    { "euler", "lcm", { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99 } },
  };
  g_autoptr (DifProcess) process = test_process ("{}", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (DifPlan) plan = dif_plan_new (process, dif_sampler_find (known[i].sampler),
                                               dif_spacing_find (known[i].spacing), 10);

      g_assert_cmpuint (plan->n, ==, 10);
      for (guint k = 0; k < plan->n && k < 10; k++)
        g_assert_cmpfloat (plan->steps[k].t, ==, known[i].t[k]);
    }
}

/* Levels at one ratio, from where all is noise (or the level asked for) to the lowest. */
static void
test_geometric (void)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);
  guint                    n_geometric = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DifProcess) process =
          test_process ("{'beta_schedule': 'squaredcos_cap_v2'}", NULL);
      g_autoptr (DifPlan) plan = dif_plan_new (process, rows[i], dif_spacing_find ("trailing"), 15);
      double              ratio = 0.0;

      if (! rows[i]->geometric)
        continue;
      n_geometric++;
      g_assert_cmpuint (plan->n, ==, 15);
      g_assert_cmpfloat_with_epsilon (plan->steps[0].sigma / plan->steps[0].alpha, 30.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (plan->steps[14].t, 0.0, 1e-9);
      for (guint k = 1; k < plan->n; k++)
        {
          const DifStep *s = &plan->steps[k];
          double         own = s->sigma / s->alpha * s[-1].alpha / s[-1].sigma;

          if (k > 1)
            g_assert_cmpfloat_with_epsilon (own, ratio, 1e-6);
          ratio = own;
        }
    }
  g_assert_cmpuint (n_geometric, >=, 1);
}

/* Karras et al. 2022, table 1: from sigma_max to sigma_min in the seventh root; the others by their
 * definition. */
static void
test_ladders (void)
{
  guint                    n;
  const DifSpacing *const *rows = dif_spacings (&n);
  double                   r[5];

  for (guint i = 0; i < n; i++)
    {
      if (! rows[i]->fill_ratios)
        continue;
      rows[i]->fill_ratios (1, 80.0, 0.002, r);
      g_assert_cmpfloat (r[0], ==, 80.0);
      rows[i]->fill_ratios (5, 80.0, 0.002, r);
      g_assert_cmpfloat_with_epsilon (r[0], 80.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (r[4], 0.002, 1e-9);
      for (guint k = 1; k < 5; k++)
        g_assert_cmpfloat (r[k], <, r[k - 1]);
      if (g_str_equal (rows[i]->id, "karras"))
        g_assert_cmpfloat_with_epsilon (
            r[2], pow ((pow (80.0, 1 / 7.0) + pow (0.002, 1 / 7.0)) / 2.0, 7.0), 1e-9);
      else if (g_str_equal (rows[i]->id, "beta"))
        g_assert_cmpfloat_with_epsilon (r[2], (80.0 + 0.002) / 2.0, 1e-9); /* it is symmetric */
      else
        g_assert_cmpfloat_with_epsilon (r[2], sqrt (80.0 * 0.002), 1e-9);
    }
}

/* Distilled networks are asked where they were taught: every 20 of 1000, or every 25. */
static void
test_taught (void)
{
  static const struct
  {
    const char *json;
    double      t[4];
  } known[] = {
    { "{}", { 999, 759, 499, 259 } },
    { "{'original_inference_steps': 40}", { 999, 749, 499, 249 } },
    { "{'original_inference_steps': 30}", { 989, 758, 494, 263 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (DifProcess) process = test_process (known[i].json, NULL);
      g_autoptr (DifPlan)    plan =
          dif_plan_new (process, dif_sampler_find ("lcm"), dif_spacing_find ("karras"), 4);

      g_assert_cmpuint (plan->n, ==, 4);
      for (guint k = 0; k < plan->n && k < 4; k++)
        g_assert_cmpfloat (plan->steps[k].t, ==, known[i].t[k]);
    }
}

/* Of levels that are not whole timesteps DPM2 is told the nearest whole one, but not of those that
 * are cut off, and not of timesteps. */
static void
test_whole_ladder (void)
{
  g_autoptr (DifProcess) process = test_process ("{}", NULL);
  const char *const      spacings[] = { "karras", "exponential", "linspace" };

  for (guint i = 0; i < G_N_ELEMENTS (spacings); i++)
    {
      const DifSpacing   *spacing = dif_spacing_find (spacings[i]);
      g_autoptr (DifPlan) rounded = dif_plan_new (process, dif_sampler_find ("dpm2"), spacing, 7);
      g_autoptr (DifPlan) plain = dif_plan_new (process, dif_sampler_find ("euler"), spacing, 7);

      g_assert_cmpuint (rounded->n, ==, plain->n);
      for (guint k = 0; k < plain->n; k++)
        {
          const double t = plain->steps[k].t;

          g_assert_cmpfloat (rounded->steps[k].sigma, ==, plain->steps[k].sigma);
          g_assert_cmpfloat (rounded->steps[k].t, ==, i == 0 ? rint (t) : t);
        }
    }
}

/* The levels of the way down, with the timestep that is told between the same two. */
static void
test_inverted (void)
{
  g_autoptr (DifProcess) process = test_process ("{'set_alpha_to_one': false}", NULL);
  g_autoptr (DifPlan)    down =
      dif_plan_new (process, dif_sampler_find ("ddim"), dif_spacing_find ("leading"), 10);
  g_autoptr (DifPlan) up = dif_plan_new_inverted (down);

  g_assert_cmpuint (up->n, ==, 10);
  for (guint i = 0; i <= up->n; i++)
    {
      g_assert_cmpfloat (up->steps[i].alpha, ==, down->steps[10 - i].alpha);
      g_assert_cmpfloat (up->steps[i].sigma, ==, down->steps[10 - i].sigma);
      if (i < 10)
        g_assert_cmpfloat (up->steps[i].t, ==, down->steps[9 - i].t);
    }
}

static void
test_rows (void)
{
  guint                    n;
  const DifSpacing *const *rows = dif_spacings (&n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (dif_spacing_find (rows[i]->id) == rows[i]);
      g_assert_true (*rows[i]->label && *rows[i]->citation);
      g_assert_true (! rows[i]->fill != ! rows[i]->fill_ratios);
    }
  g_assert_null (dif_spacing_find ("leaning"));
  g_assert_null (dif_spacing_find (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/plan/rows", test_rows);
  g_test_add_func ("/plan/whole", test_whole);
  g_test_add_func ("/plan/from-level", test_from_level);
  g_test_add_func ("/plan/known", test_known);
  g_test_add_func ("/plan/geometric", test_geometric);
  g_test_add_func ("/plan/ladders", test_ladders);
  g_test_add_func ("/plan/taught", test_taught);
  g_test_add_func ("/plan/whole-ladder", test_whole_ladder);
  g_test_add_func ("/plan/inverted", test_inverted);
  return g_test_run ();
}
