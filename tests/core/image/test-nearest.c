/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/nearest.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"

static const struct
{
  guint  w, h;
  double above; /* pixels are set where normal numbers are above it */
} cases[] = { { 1, 1, 9.0 },   { 1, 1, -9.0 },  { 1, 40, 1.0 },  { 40, 1, 1.0 },
              { 17, 13, 0.0 }, { 17, 13, 2.0 }, { 40, 33, 2.5 }, { 40, 33, -2.0 } };

/* Looks at every pair of pixels. */
static double
by_hand (const guint8 *set, guint w, guint h, gsize at)
{
  double least = INFINITY;

  for (gsize i = 0; i < (gsize) w * h; i++)
    if (set[i])
      {
        double dx = (double) (i % w) - (double) (at % w);
        double dy = (double) (i / w) - (double) (at / w);

        least = MIN (least, hypot (dx, dy));
      }
  return least;
}

static void
test_exact (void)
{
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    for (guint seed = 0; seed < 4; seed++)
      {
        const guint         w = cases[k].w;
        const gsize         n = (gsize) w * cases[k].h;
        g_autofree float   *numbers = g_new (float, n);
        g_autofree guint8  *set = g_new (guint8, n);
        g_autofree guint32 *nearest = g_new (guint32, n);

        dif_rng_normal (seed, k, 0, numbers, n);
        for (gsize i = 0; i < n; i++)
          set[i] = numbers[i] > cases[k].above;
        dif_nearest (set, w, cases[k].h, nearest);
        for (gsize i = 0; i < n; i++)
          {
            g_assert_cmpfloat (dif_nearest_distance (nearest, w, i), ==,
                               by_hand (set, w, cases[k].h, i));
            if (nearest[i] == DIF_NEAREST_NONE)
              continue;
            g_assert_cmpuint (nearest[i], <, n);
            g_assert_true (set[nearest[i]]);
          }
      }
}

/* Distances far beyond what single precision tells apart. */
static void
test_far (void)
{
  const guint         w = 40000;
  g_autofree guint8  *set = g_new0 (guint8, w);
  g_autofree guint32 *nearest = g_new (guint32, w);

  set[w - 1] = 1;
  dif_nearest (set, w, 1, nearest);
  for (guint i = 0; i < w; i++)
    g_assert_cmpfloat (dif_nearest_distance (nearest, w, i), ==, w - 1.0 - i);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/nearest/exact", test_exact);
  g_test_add_func ("/nearest/far", test_far);
  return g_test_run ();
}
