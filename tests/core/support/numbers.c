/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/numbers.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/rng.h"

DifTensor *
test_random (DifContext *context, guint64 seed, gsize n, gsize h, gsize w, gsize c)
{
  DifTensor *x = dif_context_nhwc (context, n, h, w, c);

  g_assert_nonnull (x);
  dif_rng_normal (seed, 77, 0, x->data, x->size);
  return x;
}

void
test_assert_near (const float *actual, const double *expected, gsize n, double tolerance)
{
  double largest = 0.0;
  double worst = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double off = fabs (actual[i] - expected[i]);

      largest = MAX (largest, fabs (expected[i]));
      worst = off <= worst ? worst : off; /* NaN stays */
    }
  g_assert_cmpfloat (worst, <=, tolerance * largest);
}

void
test_same_over_threads (TestOp op, gconstpointer data)
{
  static const guint     threads[] = { 2, 3, 4, 8 };
  g_autoptr (DifContext) single = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  expected = op (single, data);

  g_assert_nonnull (expected);
  for (guint i = 0; expected && i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (DifContext) context = dif_context_new (threads[i], NULL);
      g_autoptr (DifTensor)  actual = op (context, data);

      g_assert_nonnull (actual);
      if (actual)
        g_assert_cmpmem (actual->data, actual->size * sizeof (float), expected->data,
                         expected->size * sizeof (float));
    }
}

gboolean
test_has_shape (const DifTensor *x, gsize n, gsize h, gsize w, gsize c)
{
  g_assert_nonnull (x);
  if (! x)
    return FALSE;
  g_assert_cmpuint (x->n_dims, ==, 4);
  g_assert_cmpuint (x->dim[0], ==, n);
  g_assert_cmpuint (x->dim[1], ==, h);
  g_assert_cmpuint (x->dim[2], ==, w);
  g_assert_cmpuint (x->dim[3], ==, c);
  return x->size == n * h * w * c;
}

void
test_assert_failed (DifContext *context, gint code)
{
  g_autoptr (GError) error = NULL;

  dif_context_ok (context);
  g_assert_true (dif_context_take_error (context, &error));
  g_assert_error (error, DIF_ERROR, code);
}

void
test_assert_error (GError *error, gint code, ...)
{
  const char *word;
  va_list     words;

  g_assert_error (error, DIF_ERROR, code);
  va_start (words, code);
  while (error && (word = va_arg (words, const char *)))
    {
      if (! strstr (error->message, word))
        g_test_message ("no “%s” in: %s", word, error->message);
      g_assert_nonnull (strstr (error->message, word));
    }
  va_end (words);
  g_clear_error (&error);
}

void
test_assert_setting (GError *error, const char *setting)
{
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_assert_cmpstr (dif_error_setting (error), ==, setting);
  g_assert_true (error && *error->message);
  g_clear_error (&error);
}
