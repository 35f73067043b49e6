/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Noise levels by the rules of Song & Ermon 2020. */

#include <math.h>

#include "core/train/ladder.h"
#include "tests/core/support/numbers.h"

static double
below (double z)
{
  return 0.5 * erfc (-z / sqrt (2.0));
}

/* Their equation; for CIFAR-10, whose 232 levels from 50 to 0.01 have the ratio 1.0376, nearly. */
static void
test_ratio (void)
{
  static const gsize dimensions[] = { 192, 768, 3072, 12288 };

  for (guint i = 0; i < G_N_ELEMENTS (dimensions); i++)
    {
      const double ratio = dif_ladder_ratio (dimensions[i]);
      const double apart = sqrt (2.0 * (double) dimensions[i]) * (ratio - 1.0);

      g_assert_cmpfloat_with_epsilon (below (apart + 3.0 * ratio) - below (apart - 3.0 * ratio),
                                      0.5, 1e-9);
    }
  g_assert_cmpfloat_with_epsilon (dif_ladder_ratio (3072), 1.0376, 0.004);
  g_assert_cmpfloat_with_epsilon (dif_ladder_ratio (1), 10.0,
                                  1e-9); /* of one number all levels overlap */
}

static void
test_complete (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 5, 8, 8, 3);
  DifLadder              ladder = { 0 };
  DifLadder              given = { 0.05, 3.0, 7 };
  double                 longest = 0.0;

  for (gsize a = 0; a < 5; a++)
    for (gsize b = 0; b < 5; b++)
      {
        double squares = 0.0;

        for (gsize i = 0; i < 192; i++)
          squares += pow (x->data[a * 192 + i] - x->data[b * 192 + i], 2.0);
        longest = fmax (longest, sqrt (squares));
      }
  dif_ladder_complete (&ladder, x, FALSE);
  g_assert_cmpfloat_with_epsilon (ladder.sigma_max, longest, 1e-9 * longest);
  g_assert_cmpfloat (ladder.sigma_min, ==, 0.01);
  g_assert_cmpfloat (pow (ladder.sigma_max / ladder.sigma_min, 1.0 / (ladder.n_levels - 1.0)), <=,
                     dif_ladder_ratio (192));
  g_assert_cmpfloat (pow (ladder.sigma_max / ladder.sigma_min, 1.0 / (ladder.n_levels - 2.0)), >,
                     dif_ladder_ratio (192));
  dif_ladder_complete (&given, x, FALSE);
  g_assert_true (given.sigma_min == 0.05 && given.sigma_max == 3.0 && given.n_levels == 7);
}

static void
test_one_level (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 20, 16, 16, 3);
  DifLadder              ladder = { 0 };
  DifLadder              given = { .sigma_min = 0.3 };

  g_assert_cmpfloat_with_epsilon (dif_ladder_spread (x), 1.0, 0.05);
  dif_ladder_complete (&ladder, x, TRUE);
  g_assert_cmpfloat (ladder.sigma_min, ==, ladder.sigma_max);
  g_assert_cmpuint (ladder.n_levels, ==, 1);
  dif_ladder_complete (&given, x, TRUE);
  g_assert_true (given.sigma_min == 0.3 && given.sigma_max == 0.3 && given.n_levels == 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/ladder/ratio", test_ratio);
  g_test_add_func ("/ladder/complete", test_complete);
  g_test_add_func ("/ladder/one-level", test_one_level);
  return g_test_run ();
}
