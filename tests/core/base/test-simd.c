/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/simd.h"

/* A loop as ops have them, in every version the compiler makes. */
DIF_INLINE void
exp_all_body (const float *x, float *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = dif_expf (x[i]);
}

DIF_VARIANTS (static, void, exp_all, (const float *x, float *y, gsize n), (x, y, n))

DIF_INLINE void
exp2_all_body (const float *x, float *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = dif_exp2f_falling (x[i]);
}

DIF_VARIANTS (static, void, exp2_all, (const float *x, float *y, gsize n), (x, y, n))

DIF_INLINE void
erfc_all_body (const float *x, float *y, gsize n)
{
  for (gsize i = 0; i < n; i++)
    y[i] = dif_erfcf (x[i]);
}

DIF_VARIANTS (static, void, erfc_all, (const float *x, float *y, gsize n), (x, y, n))

static double
ulps (float actual, double expected)
{
  double ulp = nextafterf ((float) expected, INFINITY) - (double) (float) expected;

  return fabs (actual - expected) / ulp;
}

static void
test_accuracy (void)
{
  const gsize       n = 1000003;
  g_autofree float *x = g_new (float, n);
  g_autofree float *y = g_new (float, n);
  double            worst = 0.0;

  for (gsize i = 0; i < n; i++)
    x[i] = (float) (-87.0 + 175.0 * i / (n - 1));
  exp_all (x, y, n);
  for (gsize i = 0; i < n; i++)
    worst = MAX (worst, ulps (y[i], exp (x[i])));
  g_test_message ("worst %.3f ulp", worst);
  g_assert_cmpfloat (worst, <=, 2.0);
}

static void
test_ends (void)
{
  const float x[] = { -87.5f, -1000.0f, -G_MAXFLOAT, -INFINITY, 88.0f,
                      89.0f,  1000.0f,  INFINITY,    0.0f,      -0.0f };
  float       y[G_N_ELEMENTS (x)];

  exp_all (x, y, G_N_ELEMENTS (x));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (y[i], ==, 0.0f);
  for (guint i = 4; i < 8; i++)
    {
      g_assert_true (isfinite (y[i]));
      g_assert_cmpfloat (y[i], ==, y[4]);
    }
  g_assert_cmpfloat (y[4], >=, 1.6e38f);
  g_assert_cmpfloat (y[8], ==, 1.0f);
  g_assert_cmpfloat (y[9], ==, 1.0f);
}

/* Small steps up never go down by more than rounding. */
static void
test_monotonic (void)
{
  float last = 0.0f;

  for (float x = -87.0f; x < 88.0f; x += 0.001f)
    {
      float y = dif_expf (x);

      g_assert_cmpfloat (y, >, last);
      last = y;
    }
}

static void
test_exp2_accuracy (void)
{
  const gsize       n = 1000003;
  g_autofree float *x = g_new (float, n);
  g_autofree float *y = g_new (float, n);
  double            worst = 0.0;

  for (gsize i = 0; i < n; i++)
    x[i] = (float) (-126.0 * i / (n - 1));
  exp2_all (x, y, n);
  g_assert_cmpfloat (y[0], ==, 1.0f);
  for (gsize i = 0; i < n; i++)
    worst = MAX (worst, ulps (y[i], exp2 (x[i])));
  g_test_message ("worst %.3f ulp", worst);
  g_assert_cmpfloat (worst, <=, 2.0);
}

static void
test_exp2_ends (void)
{
  const float x[] = { -126.5f, -1000.0f, -G_MAXFLOAT, -INFINITY, NAN };
  float       y[G_N_ELEMENTS (x)];

  exp2_all (x, y, G_N_ELEMENTS (x));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (y[i], ==, G_MINFLOAT);
  g_assert_true (isnan (y[4]));
}

static void
test_erfc_accuracy (void)
{
  const gsize       n = 1000003;
  g_autofree float *x = g_new (float, n);
  g_autofree float *y = g_new (float, n);
  double            worst = 0.0;

  for (gsize i = 0; i < n; i++)
    x[i] = (float) (10.0 * i / (n - 1));
  erfc_all (x, y, n);
  g_assert_cmpfloat (y[0], ==, 1.0f);
  for (gsize i = 0; i < n; i++)
    worst = MAX (worst, fabs (y[i] - erfc (x[i])));
  g_test_message ("worst %.3g", worst);
  g_assert_cmpfloat (worst, <=, 2e-7);
}

static void
test_erfc_ends (void)
{
  const float x[] = { 15.0f, 1000.0f, G_MAXFLOAT, INFINITY, NAN };
  float       y[G_N_ELEMENTS (x)];

  erfc_all (x, y, G_N_ELEMENTS (x));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (y[i], <=, 1e-37f);
  g_assert_true (isnan (y[4]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/simd/exp/accuracy", test_accuracy);
  g_test_add_func ("/simd/exp/ends", test_ends);
  g_test_add_func ("/simd/exp/monotonic", test_monotonic);
  g_test_add_func ("/simd/exp2/accuracy", test_exp2_accuracy);
  g_test_add_func ("/simd/exp2/ends", test_exp2_ends);
  g_test_add_func ("/simd/erfc/accuracy", test_erfc_accuracy);
  g_test_add_func ("/simd/erfc/ends", test_erfc_ends);
  return g_test_run ();
}
