/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/ops/activate.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

static const DifActivation all[] = { DIF_ACTIVATION_NONE, DIF_ACTIVATION_SILU, DIF_ACTIVATION_GELU,
                                     DIF_ACTIVATION_MISH, DIF_ACTIVATION_RELU };

static DifTensor *
activate (DifContext *context, gconstpointer data)
{
  g_autoptr (DifTensor) x = test_random (context, 1, 2, 67, 71, 3);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= 6.0f;
  return dif_activate (context, x, *(const DifActivation *) data);
}

static void
test_threads (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    test_same_over_threads (activate, &all[i]);
}

/* Each number by itself, so that small results are right too. */
static void
test_reference (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (float x = -12.0f; x <= 12.0f; x += 0.0137f)
      {
        double expected = reference_activation (all[i], x);
        float  y = x;

        dif_activate_row (all[i], &y, 1);
        g_assert_cmpfloat (fabs (y - expected), <=, 2e-6 * fabs (expected) + 2e-6);
      }
}

/* The vector loop against the same numbers one by one, at odd lengths and places. */
static void
test_rows (void)
{
  float row[71];

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (gsize first = 0; first < 5; first++)
      for (gsize n = 0; n + first <= G_N_ELEMENTS (row); n += 3)
        {
          for (gsize k = 0; k < G_N_ELEMENTS (row); k++)
            row[k] = 0.31f * (float) k - 9.7f;
          dif_activate_row (all[i], row + first, n);
          for (gsize k = 0; k < G_N_ELEMENTS (row); k++)
            {
              float  x = 0.31f * (float) k - 9.7f;
              double expected = k < first || k >= first + n ? x : reference_activation (all[i], x);

              g_assert_cmpfloat (fabs (row[k] - expected), <=, 1e-6 * fabs (expected) + 1e-6);
            }
        }
}

/* An error in the picture is not hidden. */
static void
test_nan (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i] != DIF_ACTIVATION_RELU)
      {
        float y = NAN;

        dif_activate_row (all[i], &y, 1);
        g_assert_true (isnan (y));
      }
}

static void
test_extremes (void)
{
  static const float ends[] = { -1e5f, -1000.0f, -88.0f, 0.0f, 88.0f, 1000.0f, 3e38f };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint k = 0; k < G_N_ELEMENTS (ends); k++)
      {
        float y = ends[k];

        dif_activate_row (all[i], &y, 1);
        if (ends[k] >= 0.0f || all[i] == DIF_ACTIVATION_NONE)
          g_assert_cmpfloat (fabs (y - ends[k]), <=, 1e-6 * fabs (ends[k]));
        else
          g_assert_cmpfloat (fabsf (y), <=, 1e-30f);
      }
}

static void
test_parse (void)
{
  DifActivation activation = DIF_ACTIVATION_NONE;

  g_assert_true (dif_activation_parse ("swish", &activation));
  g_assert_cmpint (activation, ==, DIF_ACTIVATION_SILU);
  g_assert_true (dif_activation_parse ("silu", &activation));
  g_assert_cmpint (activation, ==, DIF_ACTIVATION_SILU);
  g_assert_true (dif_activation_parse ("gelu", &activation));
  g_assert_cmpint (activation, ==, DIF_ACTIVATION_GELU);
  g_assert_true (dif_activation_parse ("mish", &activation));
  g_assert_cmpint (activation, ==, DIF_ACTIVATION_MISH);
  g_assert_true (dif_activation_parse ("relu", &activation));
  g_assert_cmpint (activation, ==, DIF_ACTIVATION_RELU);
  g_assert_false (dif_activation_parse ("SiLU", &activation));
  g_assert_false (dif_activation_parse ("", &activation));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/activation/reference", test_reference);
  g_test_add_func ("/activation/rows", test_rows);
  g_test_add_func ("/activation/nan", test_nan);
  g_test_add_func ("/activation/threads", test_threads);
  g_test_add_func ("/activation/extremes", test_extremes);
  g_test_add_func ("/activation/parse", test_parse);
  return g_test_run ();
}
