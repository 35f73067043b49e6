/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Plans of an explicit list. */

#include "core/diffusion/plan.h"
#include "tests/core/support/process.h"

/* A list of what the network is told, of each kind of process; what does not fall is left out, and
 * what is beyond its levels is brought to the nearest. */
static void
test_list (void)
{
  static const struct
  {
    const char *json;
    double      t[6];
    guint       n;
    double      expected[4];
    double      sigma; /* at the first */
  } lists[] = {
    { "{}", { 900, 900, 500.5, 700, 20, -3 }, 4, { 900, 500.5, 20, 0 }, 0.9998649 },
    { "{}", { 2000, 1500, 999.5, 998, 0.25, 0 }, 4, { 999, 998, 0.25, 0 }, 0.9999798 },
    { "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_max': 2000}",
      { 3000, 1348, 1348, 0.5, 0.01, 0.001 },
      4,
      { 2000, 1348, 0.5, 0.01 },
      2000.0 },
    { "{'_class_name': 'ScoreSdeVeScheduler'}",
      { 80, 20, 5, 7, 5, 0.05 },
      4,
      { 80, 20, 5, 0.05 },
      80.0 },
    { "{'_class_name': 'EDMEulerScheduler', 'sigma_min': 0.1353352832366127}",
      { 2, 0.5, 0, -0.25, -0.5, -1 },
      5,
      { 1.0955066586, 0.5, 0, -0.25 },
      80.0 },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler'}",
      { 2000, 1000, 500.5, 700, 20, 0.5 },
      4,
      { 1000, 500.5, 20, 1 },
      1.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (DifProcess) process = test_process (lists[i].json, NULL);
      g_autoptr (DifPlan)    plan =
          dif_plan_new_at (process, dif_sampler_find ("ddim"), lists[i].t, 6);

      g_assert_cmpuint (plan->n, ==, lists[i].n);
      g_assert_cmpfloat_with_epsilon (plan->steps[0].sigma, lists[i].sigma, 1e-6);
      for (guint k = 0; k < MIN (plan->n, 4); k++)
        g_assert_cmpfloat_with_epsilon (plan->steps[k].t, lists[i].expected[k], 1e-9);
      g_assert_cmpfloat (plan->steps[plan->n].sigma, ==, 0.0);
    }
}

static void
test_parse (void)
{
  static const char *const bad[] = { NULL,  "",      "karras", "1,",  "5,5",
                                     "5,6", "-2,-1", "3;2",    "nan", "1e999" };
  guint                    n;
  g_autofree double       *t = dif_timesteps_parse ("999, 750.5,20 ,0,-0.5", &n);

  g_assert_nonnull (t);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpfloat (t[1], ==, 750.5);
  g_assert_cmpfloat (t[3], ==, 0.0);
  g_assert_cmpfloat (t[4], ==, -0.5);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (dif_timesteps_parse (bad[i], &n));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/plan-list/list", test_list);
  g_test_add_func ("/plan-list/parse", test_parse);
  return g_test_run ();
}
