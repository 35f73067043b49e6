/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/product.h"

#include "core/base/rng.h"
#include "tests/core/support/numbers.h"

#define GAP 3 /* between rows, more than there are columns */

static float *
random_floats (guint64 stream, gsize n)
{
  float *x = g_new (float, n);

  dif_rng_normal (7, stream, 0, x, n);
  return x;
}

/* Packed and multiplied against the plain loop; what lies between the rows stays. */
static void
check (gsize m, gsize n, gsize k, gboolean add)
{
  const gsize        ldc = n + GAP;
  g_autofree float  *a = random_floats (1, m * (k + GAP));
  g_autofree float  *b = random_floats (2, k * n);
  g_autofree float  *c = g_new (float, m *ldc);
  g_autofree float  *panels = g_new (float, dif_panels_size (k, n));
  g_autofree double *expected = g_new0 (double, m *ldc);

  for (gsize row = 0; row < m; row++)
    for (gsize column = 0; column < ldc; column++)
      {
        double *sum = &expected[row * ldc + column];

        for (gsize i = 0; i < k && column < n; i++)
          *sum += (double) a[row * (k + GAP) + i] * b[i * n + column];
        c[row * ldc + column] = column >= n ? 0.0f : add ? 3.0f : -1e6f;
        *sum += add && column < n ? 3.0 : 0.0;
      }
  dif_panels_pack (k, n, b, panels);
  dif_product (m, n, k, a, k + GAP, panels, c, ldc, add);
  test_assert_near (c, expected, m * ldc, 1e-5);
}

static void
test_sizes (void)
{
  static const gsize ms[] = { 1, 2, 3, 5, 6, 7, 8, 9, 15, 64 };
  static const gsize ns[] = { 1, 3, 31, 32, 33, 96 };
  static const gsize ks[] = { 1, 2, 31, 1023, 1024, 1025, 2050 };

  for (guint i = 0; i < G_N_ELEMENTS (ms); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ns); j++)
      for (guint l = 0; l < G_N_ELEMENTS (ks); l++)
        {
          check (ms[i], ns[j], ks[l], FALSE);
          check (ms[i], ns[j], ks[l], TRUE);
        }
}

/* A row's bytes do not depend on the rows it is multiplied with. */
static void
test_rows (void)
{
  const gsize       m = 13, n = 40, k = 77;
  g_autofree float *a = random_floats (1, m * k);
  g_autofree float *b = random_floats (2, k * n);
  g_autofree float *panels = g_new (float, dif_panels_size (k, n));
  g_autofree float *together = g_new (float, m *n);
  float             alone[40];

  dif_panels_pack (k, n, b, panels);
  dif_product (m, n, k, a, k, panels, together, n, FALSE);
  for (gsize row = 0; row < m; row++)
    {
      dif_product (1, n, k, a + row * k, k, panels, alone, n, FALSE);
      g_assert_cmpmem (alone, sizeof alone, together + row * n, sizeof alone);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/product/sizes", test_sizes);
  g_test_add_func ("/product/rows", test_rows);
  return g_test_run ();
}
