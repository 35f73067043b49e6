/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/finite.h"

/* One bad number is found wherever it is, next to the ends of what a vector holds. */
static void
test_places (void)
{
  static const float bad[] = { INFINITY, -INFINITY, NAN, -NAN };
  float              x[70] = { 0 };

  for (gsize n = 0; n <= G_N_ELEMENTS (x); n++)
    {
      g_assert_true (dif_all_finite (x, n));
      for (gsize at = 0; at < n; at++)
        for (guint k = 0; k < G_N_ELEMENTS (bad); k++)
          {
            x[at] = bad[k];
            g_assert_false (dif_all_finite (x, n));
            g_assert_true (dif_all_finite (x, at));
            x[at] = 0.0f;
          }
    }
}

static void
test_extremes (void)
{
  const float x[] = { G_MAXFLOAT, -G_MAXFLOAT, G_MINFLOAT, 1e-45f, -0.0f };

  g_assert_true (dif_all_finite (x, G_N_ELEMENTS (x)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/finite/places", test_places);
  g_test_add_func ("/finite/extremes", test_extremes);
  return g_test_run ();
}
