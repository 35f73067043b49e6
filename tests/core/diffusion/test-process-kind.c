/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What kinds of process promise: that noise levels and what the network is told belong together. */

#include <math.h>

#include "core/diffusion/process.h"
#include "tests/core/support/process.h"

static void
test_continuous (void)
{
  g_autoptr (DifProcess) ve = test_process (
      "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 100}", NULL);
  g_autoptr (DifProcess) edm = test_process ("{'_class_name': 'EDMEulerScheduler'}", NULL);
  DifStep                step;

  g_assert_true (ve && edm);
  g_assert_cmpstr (dif_process_name (ve), ==, "VE");
  g_assert_cmpstr (dif_process_name (edm), ==, "EDM");
  step = dif_process_step (ve, 3.0);
  g_assert_cmpfloat (step.alpha, ==, 1.0);
  g_assert_cmpfloat (step.sigma, ==, 3.0);
  g_assert_cmpfloat_with_epsilon (dif_process_ratio (ve, 0.5), 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dif_process_start (ve, 1.0), 100.0, 1e-9);
  step = dif_process_step (edm, dif_process_find (edm, 7.0));
  g_assert_cmpfloat_with_epsilon (step.sigma, 7.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (step.t, log (7.0) / 4.0, 1e-12);
}

/* In proportion to the noise level, whatever the network is told. */
static void
test_height (void)
{
  g_autoptr (DifProcess) discrete = test_process ("{}", NULL);
  g_autoptr (DifProcess) edm = test_process ("{'_class_name': 'EDMEulerScheduler'}", NULL);
  const double           top = dif_process_height (edm, dif_process_ratio (edm, 1.0));

  for (double t = 0.0; t <= 999.0; t += 27.0)
    {
      DifStep step = dif_process_step (discrete, t);

      g_assert_cmpfloat_with_epsilon (dif_process_height (discrete, step.sigma / step.alpha), t,
                                      1e-11);
    }
  g_assert_cmpfloat (dif_process_height (discrete, INFINITY), ==, 999.0);
  g_assert_cmpfloat (dif_process_height (edm, 0.002), ==, 0.0);
  for (double level = 0.1; level < 1.0; level += 0.1)
    g_assert_cmpfloat_with_epsilon (dif_process_height (edm, dif_process_ratio (edm, level)),
                                    level * top, 1e-12);
}

/* Ends of intervals of noise levels, told as the network is: sigma, log (sigma) / 4, timesteps. */
static void
test_told (void)
{
  g_autoptr (DifProcess) discrete = test_process ("{'lambda_min_clipped': -2}", NULL);
  g_autoptr (DifProcess) ve = test_process (
      "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.01, 'sigma_max': 100}", NULL);
  g_autoptr (DifProcess) edm = test_process ("{'_class_name': 'EDMEulerScheduler'}", NULL);

  for (double level = 0.05; level < 1.0; level += 0.05)
    {
      const double sigma = 0.002 * pow (80.0 / 0.002, level);

      g_assert_cmpfloat (dif_process_told (discrete, level), ==, rint (1000.0 * level) - 1.0);
      g_assert_cmpfloat (dif_process_above (discrete, level), ==, 1000.0 * level);
      g_assert_cmpfloat_with_epsilon (dif_process_told (ve, level), pow (10.0, 4.0 * level - 2.0),
                                      1e-9);
      g_assert_cmpfloat (dif_process_above (ve, level), ==, dif_process_told (ve, level));
      g_assert_cmpfloat_with_epsilon (dif_process_told (edm, level), log (sigma) / 4.0, 1e-12);
      g_assert_cmpfloat (dif_process_start (edm, level), ==, dif_process_told (edm, level));
      g_assert_cmpfloat (dif_process_above (edm, level), ==, dif_process_told (edm, level));
    }
  g_assert_cmpuint (discrete->usable, <, 900);
  g_assert_cmpfloat (dif_process_start (discrete, 0.9), ==, discrete->usable - 1.0);
  g_assert_cmpfloat (dif_process_told (discrete, 0.9), ==, 899.0);
  g_assert_cmpfloat (dif_process_told (discrete, 0.0001), ==, -1.0);
  g_assert_cmpfloat (dif_process_start (discrete, 0.0001), ==, 0.0);
}

/* What every kind promises, one that is added later too. */
static void
test_kinds (void)
{
  guint                        n;
  const DifProcessKind *const *rows = dif_process_kinds (&n);

  g_assert_cmpuint (n, >=, 4);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (dif_process_kind_find (rows[i]->id) == rows[i]);
      g_assert_true (*rows[i]->citation && rows[i]->n_train_steps > 0);
      g_assert_true (! rows[i]->spacing || dif_spacing_find (rows[i]->spacing)->fill_ratios);
      g_assert_cmpfloat (rows[i]->alpha (0.0), ==, 1.0);
    }
  g_assert_null (dif_process_kind_find ("nonsense"));
  g_assert_null (dif_process_kind_find (NULL));
}

static void
check_levels (const DifProcess *p)
{
  const DifProcessKind *kind = p->kind;
  DifStep               before = { -INFINITY, 1.0, 0.0 };
  double                height = -1.0;

  for (double level = 0.05; level < 1.0; level += 0.05)
    {
      const double  ratio = dif_process_ratio (p, level);
      const DifStep step = dif_process_step (p, dif_process_start (p, level));

      g_assert_cmpfloat_with_epsilon (step.sigma, ratio * step.alpha, 1e-9 * (1.0 + ratio));
      g_assert_cmpfloat_with_epsilon (step.alpha, kind->alpha (ratio), 1e-12);
      g_assert_cmpfloat_with_epsilon (dif_process_find (p, ratio), step.t, 1e-9 * p->n_train_steps);
      g_assert_cmpfloat (step.t, >, before.t);
      g_assert_cmpfloat (step.t, <=, kind->highest (p));
      g_assert_cmpfloat (step.sigma * before.alpha, >, before.sigma * step.alpha);
      g_assert_cmpfloat (dif_process_height (p, ratio), >, height);
      height = dif_process_height (p, ratio);
      before = step;
    }
  g_assert_true (isfinite (dif_process_ratio (p, 1.0)));
  g_assert_cmpfloat (dif_process_ratio (p, 0.0), >, 0.0);
  g_assert_cmpfloat (dif_process_ratio (p, 0.0), <, dif_process_ratio (p, 0.05));
}

/* Levels, what is told and its inverse agree for each kind, and rise. */
static void
test_levels (void)
{
  static const char *const jsons[] = {
    "{}",
    "{'beta_schedule': 'squaredcos_cap_v2'}",
    "{'_class_name': 'ScoreSdeVeScheduler'}",
    "{'_class_name': 'EDMEulerScheduler'}",
    "{'_class_name': 'FlowMatchEulerDiscreteScheduler'}",
    "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 3}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (jsons); i++)
    {
      g_autoptr (DifProcess) p = test_process (jsons[i], NULL);

      check_levels (p);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/process-kind/continuous", test_continuous);
  g_test_add_func ("/process-kind/height", test_height);
  g_test_add_func ("/process-kind/told", test_told);
  g_test_add_func ("/process-kind/kinds", test_kinds);
  g_test_add_func ("/process-kind/levels", test_levels);
  return g_test_run ();
}
