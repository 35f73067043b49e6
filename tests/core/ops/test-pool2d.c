/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/pool2d.h"
#include "tests/core/support/numbers.h"

static const gsize shapes[][4] = { { 1, 1, 1, 1 },
                                   { 2, 3, 5, 4 },
                                   { 1, 8, 6, 3 },
                                   { 3, 2, 2, 1 },
                                   { 2, 37, 41, 5 } };

static float
at (const DifTensor *x, gsize n, gsize h, gsize w, gsize c)
{
  return x->data[((n * x->dim[1] + h) * x->dim[2] + w) * x->dim[3] + c];
}

/* All numbers of @y by the indices they have there. */
#define EACH(y)                               \
  for (gsize n = 0; n < (y)->dim[0]; n++)     \
    for (gsize h = 0; h < (y)->dim[1]; h++)   \
      for (gsize w = 0; w < (y)->dim[2]; w++) \
        for (gsize c = 0; c < (y)->dim[3]; c++)

static DifTensor *
upsample (DifContext *context, gconstpointer data)
{
  const gsize          *s = data;
  g_autoptr (DifTensor) x = test_random (context, 1, s[0], s[1], s[2], s[3]);

  return dif_upsample_nearest2d (context, x);
}

static DifTensor *
pool (DifContext *context, gconstpointer data)
{
  const gsize          *s = data;
  g_autoptr (DifTensor) x = test_random (context, 1, s[0], s[1], s[2], s[3]);

  return dif_avg_pool2d (context, x);
}

static void
test_upsample (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const gsize          *s = shapes[i];
      g_autoptr (DifTensor) x = test_random (context, 1, s[0], s[1], s[2], s[3]);
      g_autoptr (DifTensor) y = dif_upsample_nearest2d (context, x);

      if (test_has_shape (y, s[0], 2 * s[1], 2 * s[2], s[3]))
        EACH (y) g_assert_cmpfloat (at (y, n, h, w, c), ==, at (x, n, h / 2, w / 2, c));
      test_same_over_threads (upsample, s);
    }
  g_assert_null (dif_upsample_nearest2d (context, NULL));
}

/* An odd last row or column is left out. */
static void
test_pool (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);

  for (guint i = 1; i < G_N_ELEMENTS (shapes); i++)
    {
      const gsize          *s = shapes[i];
      g_autoptr (DifTensor) x = test_random (context, 1, s[0], s[1], s[2], s[3]);
      g_autoptr (DifTensor) y = dif_avg_pool2d (context, x);

      if (test_has_shape (y, s[0], s[1] / 2, s[2] / 2, s[3]))
        EACH (y)
        {
          double sum = 0.0;

          for (gsize k = 0; k < 4; k++)
            sum += at (x, n, 2 * h + k / 2, 2 * w + k % 2, c);
          g_assert_cmpfloat_with_epsilon (at (y, n, h, w, c), sum / 4.0, 1e-6);
        }
      test_same_over_threads (pool, s);
    }
  g_assert_null (dif_avg_pool2d (context, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pool2d/upsample", test_upsample);
  g_test_add_func ("/pool2d/pool", test_pool);
  return g_test_run ();
}
