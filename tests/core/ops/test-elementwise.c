/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ops/elementwise.h"
#include "tests/core/support/numbers.h"

static const double factors[] = { 0.5, -2.0, 1.0 / 3.0, 1.0 };

static DifTensor *
sum (DifContext *context, gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  DifTerm     terms[4] = { 0 };
  DifTensor  *y;

  for (guint i = 0; i < n; i++)
    terms[i] = (DifTerm) { factors[i], test_random (context, i, 2, 61, 53, 3) };
  y = dif_sum (context, n, terms);
  for (guint i = 0; i < n; i++)
    dif_tensor_unref ((DifTensor *) terms[i].x);
  return y;
}

static void
test_sum (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);

  for (guint n = 1; n <= 4; n++)
    {
      g_autoptr (DifTensor) y = sum (context, GUINT_TO_POINTER (n));
      g_autofree double    *expected = g_new0 (double, 2 * 61 * 53 * 3);

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (DifTensor) x = test_random (context, i, 2, 61, 53, 3);

          for (gsize k = 0; k < x->size; k++)
            expected[k] += factors[i] * x->data[k];
        }
      if (test_has_shape (y, 2, 61, 53, 3))
        test_assert_near (y->data, expected, y->size, 1e-6);
      test_same_over_threads (sum, GUINT_TO_POINTER (n));
    }
  g_assert_null (dif_sum (context, 1, (DifTerm[]) { { 1.0, NULL } }));
}

static void
test_clamp (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 9, 7, 3);
  g_autoptr (DifTensor)  y = dif_clamp_over (context, dif_tensor_ref (x), -0.5f, 0.25f);
  const float           *own;

  g_assert_true (y != x);
  if (test_has_shape (y, 1, 9, 7, 3))
    for (gsize i = 0; i < x->size; i++)
      g_assert_cmpfloat (y->data[i], ==, CLAMP (x->data[i], -0.5f, 0.25f));
  own = x->data;
  x = dif_clamp_over (context, x, -0.5f, 0.25f); /* nobody else's now */
  g_assert_true (x->data == own);
  g_assert_cmpmem (x->data, x->size * sizeof (float), y->data, y->size * sizeof (float));
  g_assert_null (dif_clamp_over (context, NULL, 0.0f, 1.0f));
}

/* Whichever term is written over, the bytes are the same, and old moments are not kept. */
static void
test_sum_over (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);

  for (guint over = 0; over < 3; over++)
    for (guint shared = 0; shared < 2; shared++)
      {
        DifTensor            *x[3];
        DifTerm               terms[3];
        g_autoptr (DifTensor) expected = NULL;
        g_autoptr (DifTensor) y = NULL;
        const float          *own;

        for (guint i = 0; i < 3; i++)
          {
            x[i] = test_random (context, i, 2, 61, 53, 3);
            terms[i] = (DifTerm) { factors[i], x[i] };
          }
        expected = dif_sum (context, 3, terms);
        dif_tensor_set_summary (x[over], dif_context_nhwc (context, 1, 1, 1, 3));
        own = x[over]->data;
        y = dif_sum_over (context, shared ? dif_tensor_ref (x[over]) : x[over], 3, terms);
        g_assert_true ((y->data == own) == ! shared);
        g_assert_null (y->summary);
        g_assert_cmpmem (y->data, y->size * sizeof (float), expected->data,
                         expected->size * sizeof (float));
        for (guint i = 0; i < 3; i++)
          if (shared || i != over)
            dif_tensor_unref (x[i]);
      }
  g_assert_null (dif_sum_over (context, dif_context_nhwc (context, 1, 2, 2, 3), 1,
                               (DifTerm[]) { { 1.0, NULL } }));
}

static void
test_mix_over (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  mask = dif_context_nhwc (context, 1, 5, 7, 1);

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = (float) (i % 4) / 3.0f;
  for (guint over = 0; over < 2; over++)
    {
      DifTensor            *x[] = { test_random (context, 1, 1, 5, 7, 3),
                                    test_random (context, 2, 1, 5, 7, 3) };
      g_autoptr (DifTensor) expected = dif_mix (context, x[0], x[1], mask);
      const float          *own = x[over]->data;
      g_autoptr (DifTensor) y = dif_mix_over (context, x[over], x[0], x[1], mask);

      g_assert_true (y->data == own);
      g_assert_cmpmem (y->data, y->size * sizeof (float), expected->data,
                       expected->size * sizeof (float));
      dif_tensor_unref (x[! over]);
    }
}

/* At 0 and 1 the bytes are those of one side, whatever the other holds. */
static void
test_mix (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  a = test_random (context, 1, 2, 5, 7, 3);
  g_autoptr (DifTensor)  b = test_random (context, 2, 2, 5, 7, 3);

  for (gsize pictures = 1; pictures <= 2; pictures++)
    {
      g_autoptr (DifTensor) mask = dif_context_nhwc (context, pictures, 5, 7, 1);
      g_autoptr (DifTensor) y = NULL;

      for (gsize i = 0; i < mask->size; i++)
        mask->data[i] = (float) (i % 4) / 3.0f;
      a->data[3] = 1e38f * 10.0f; /* infinite, at mask 1 / 3 … */
      b->data[0] = 1e38f * 10.0f; /* … and at mask 0 */
      y = dif_mix (context, a, b, mask);
      if (! test_has_shape (y, 2, 5, 7, 3))
        return;
      for (gsize i = 0; i < y->size; i++)
        {
          float m = mask->data[i / 3 % mask->size];

          if (m == 0.0f)
            g_assert_cmpmem (&y->data[i], 4, &a->data[i], 4);
          else if (m == 1.0f)
            g_assert_cmpmem (&y->data[i], 4, &b->data[i], 4);
          else if (i != 3)
            g_assert_cmpfloat_with_epsilon (y->data[i], (1 - m) * a->data[i] + m * b->data[i],
                                            1e-6f);
        }
    }
}

static void
test_channels (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  a = test_random (context, 1, 2, 3, 5, 4);
  g_autoptr (DifTensor)  b = test_random (context, 2, 2, 3, 5, 1);
  g_autoptr (DifTensor)  both = dif_concat_channels (context, a, b);
  g_autoptr (DifTensor)  first = dif_slice_channels (context, both, 0, 4);
  g_autoptr (DifTensor)  last = dif_slice_channels (context, both, 4, 1);

  if (test_has_shape (both, 2, 3, 5, 5))
    for (gsize i = 0; i < both->size; i++)
      g_assert_cmpfloat (both->data[i], ==,
                         i % 5 < 4 ? a->data[i / 5 * 4 + i % 5] : b->data[i / 5]);
  if (test_has_shape (first, 2, 3, 5, 4))
    g_assert_cmpmem (first->data, 4 * first->size, a->data, 4 * a->size);
  if (test_has_shape (last, 2, 3, 5, 1))
    g_assert_cmpmem (last->data, 4 * last->size, b->data, 4 * b->size);
  g_assert_null (dif_concat_channels (context, a, NULL));
  g_assert_null (dif_concat_channels (context, NULL, a));
  g_assert_null (dif_slice_channels (context, NULL, 0, 1));
}

static void
test_layouts (void)
{
  const gsize n = 2, c = 3, h = 4, w = 5;
  float       nchw[2 * 3 * 4 * 5];
  float       nhwc[G_N_ELEMENTS (nchw)];
  float       back[G_N_ELEMENTS (nchw)];

  for (gsize i = 0; i < G_N_ELEMENTS (nchw); i++)
    nchw[i] = (float) i;
  dif_nchw_to_nhwc (nchw, n, c, h, w, nhwc);
  for (gsize i = 0; i < G_N_ELEMENTS (nchw); i++)
    {
      gsize channel = i % c, x = i / c % w, y = i / c / w % h, picture = i / c / w / h;

      g_assert_cmpfloat (nhwc[i], ==, (float) (((picture * c + channel) * h + y) * w + x));
    }
  dif_nhwc_to_nchw (nhwc, n, c, h, w, back);
  g_assert_cmpmem (back, sizeof back, nchw, sizeof nchw);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/elementwise/sum", test_sum);
  g_test_add_func ("/elementwise/clamp", test_clamp);
  g_test_add_func ("/elementwise/sum-over", test_sum_over);
  g_test_add_func ("/elementwise/mix-over", test_mix_over);
  g_test_add_func ("/elementwise/mix", test_mix);
  g_test_add_func ("/elementwise/channels", test_channels);
  g_test_add_func ("/elementwise/layouts", test_layouts);
  return g_test_run ();
}
