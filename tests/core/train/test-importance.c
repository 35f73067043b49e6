/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How often terms of a sum are drawn. */

#include <math.h>

#include "core/train/importance.h"

#define N       100
#define N_DRAWS 100000

/* The draws of evenly spread numbers come as often as their chances say, and these add up to 1. */
static void
test_chances (void)
{
  static const guint        at[] = { 1, 10, 100 };
  static const double       squares[] = { 1.0, 1e-2, 1e-4 };
  g_autoptr (DifImportance) importance = dif_importance_new (N, 3, at, squares);
  double                    chances[N + 1] = { 0.0 };
  guint                     counts[N + 1] = { 0 };
  double                    sum = 0.0;

  for (guint k = 0; k < N_DRAWS; k++)
    {
      double      chance;
      const guint term = dif_importance_draw (importance, (k + 0.5) / N_DRAWS, &chance);

      g_assert_cmpuint (term, >=, 1);
      g_assert_cmpuint (term, <=, N);
      counts[term]++;
      chances[term] = chance;
    }
  for (guint t = 1; t <= N; t++)
    {
      g_assert_cmpfloat_with_epsilon (counts[t] / (double) N_DRAWS, chances[t], 2.0 / N_DRAWS);
      sum += chances[t];
    }
  g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-12);
  /* the roots of the squares are 1 / t, nine tenths of the way */
  for (guint t = 2; t <= N; t++)
    g_assert_cmpfloat_with_epsilon ((chances[t] - 0.1 / N) * t, chances[1] - 0.1 / N, 1e-12);
}

/* One term, terms beyond those that were looked at, and terms that are 0. */
static void
test_ends (void)
{
  g_autoptr (DifImportance) one =
      dif_importance_new (1, 1, (const guint[]) { 1 }, (const double[]) { 4.0 });
  g_autoptr (DifImportance) few =
      dif_importance_new (9, 1, (const guint[]) { 4 }, (const double[]) { 4.0 });
  g_autoptr (DifImportance) zeros =
      dif_importance_new (4, 2, (const guint[]) { 1, 4 }, (const double[]) { 0.0, 0.0 });
  double chance;

  g_assert_cmpuint (dif_importance_draw (one, 0.999999, &chance), ==, 1);
  g_assert_cmpfloat (chance, ==, 1.0);
  g_assert_cmpuint (dif_importance_draw (few, 0.999999, &chance), ==, 9);
  g_assert_cmpfloat_with_epsilon (chance, 1.0 / 9.0, 1e-12);
  g_assert_cmpuint (dif_importance_draw (zeros, 0.3, &chance), ==, 2);
  g_assert_cmpfloat_with_epsilon (chance, 0.25, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/importance/chances", test_chances);
  g_test_add_func ("/importance/ends", test_ends);
  return g_test_run ();
}
