/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm/moments.h"

#include <math.h>

#include "core/ops/conv/prologue-apply.h"
#include "core/ops/elementwise.h"
#include "core/ops/norm/group-norm.h"
#include "tests/core/support/numbers.h"

typedef struct
{
  gsize  n, h, w, c;
  double mean; /* the deviation is 1 */
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1, 0.0 },     { 1, 3, 5, 7, 0.0 },       { 2, 9, 4, 16, 1.0 },
  { 3, 17, 19, 33, -2.0 }, { 1, 64, 64, 40, 1000.0 }, { 2, 70, 50, 3, -1e4 },
};

static DifTensor *
make (DifContext *context, const Case *c)
{
  DifTensor *x = test_random (context, 1, c->n, c->h, c->w, c->c);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) c->mean;
  return x;
}

static DifMoments
plain_moments (const DifTensor *x, gsize picture, gsize channel)
{
  const gsize  c = x->dim[3];
  const gsize  n = x->dim[1] * x->dim[2];
  const float *own = x->data + picture * n * c + channel;
  DifMoments   m = { 0.0, 0.0 };

  for (gsize i = 0; i < n; i++)
    m.mean += (double) own[i * c] / n;
  for (gsize i = 0; i < n; i++)
    m.m2 += ((double) own[i * c] - m.mean) * ((double) own[i * c] - m.mean);
  return m;
}

static void
check (const DifTensor *x)
{
  const gsize n = x->dim[1] * x->dim[2];

  for (gsize picture = 0; picture < x->dim[0]; picture++)
    for (gsize channel = 0; channel < x->dim[3]; channel++)
      {
        DifMoments expected = plain_moments (x, picture, channel);
        DifMoments actual = dif_moments_of (x->summary, picture)[channel];

        g_assert_cmpfloat (fabs (actual.mean - expected.mean), <=,
                           1e-5 * sqrt (expected.m2 / n) + 1e-9 * fabs (expected.mean));
        g_assert_cmpfloat (fabs (actual.m2 - expected.m2), <=, 1e-5 * (n + expected.m2));
      }
}

static void
test_fill (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  x = make (context, data);

  g_assert_true (dif_moments_fill (context, x));
  check (x);
}

/* What was known of the parts is known of the whole. */
static void
test_concat (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  a = make (context, data);
  g_autoptr (DifTensor)  b = make (context, data);
  g_autoptr (DifTensor)  y = NULL;

  y = dif_concat_channels (context, a, b);
  g_assert_null (y->summary);
  g_clear_pointer (&y, dif_tensor_unref);
  g_assert_true (dif_moments_fill (context, a) && dif_moments_fill (context, b));
  y = dif_concat_channels (context, a, b);
  check (y);
}

/* Folded and applied, against the norm itself. */
static void
test_fold (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  x = make (context, c);
  g_autoptr (DifTensor)  vectors = test_random (context, 2, 1, 1, 2, c->c);
  g_autoptr (DifTensor)  gamma = dif_context_tensor (context, 1, &c->c);
  g_autoptr (DifTensor)  beta = dif_context_tensor (context, 1, &c->c);
  g_autoptr (DifTensor)  modulation = test_random (context, 3, 1, 1, c->n, 2 * c->c);
  const guint            groups[] = { 1, (guint) c->c };

  memcpy (gamma->data, vectors->data, c->c * sizeof (float));
  memcpy (beta->data, vectors->data + c->c, c->c * sizeof (float));
  for (guint i = 0; i < 4; i++)
    {
      const DifTensor *own = i / 2 ? modulation : NULL;
      g_auto (DifPrologue) prologue = { NULL };
      g_autoptr (DifTensor) actual = NULL;
      g_autoptr (DifTensor) expected = NULL;
      g_autofree double    *numbers = g_new (double, x->size);

      g_assert_true (dif_group_norm_fold (context, x, NULL, groups[i % 2], gamma, beta, 1e-5, own,
                                          DIF_ACTIVATION_SILU, &prologue));
      actual = dif_prologue_apply (context, x, &prologue);
      expected =
          dif_group_norm (context, x, groups[i % 2], gamma, beta, 1e-5, own, DIF_ACTIVATION_SILU);
      for (gsize at = 0; at < x->size; at++)
        numbers[at] = expected->data[at];
      test_assert_near (actual->data, numbers, x->size, fabs (c->mean) > 100.0 ? 2e-3 : 1e-5);
    }
}

static DifTensor *
moments_of_random (DifContext *context, gconstpointer data)
{
  g_autoptr (DifTensor) x = make (context, data);

  g_assert_true (dif_moments_fill (context, x));
  return dif_tensor_ref (x->summary);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (moments_of_random, data);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char   *name;
    GTestDataFunc test;
  } tests[] = {
    { "fill", test_fill },
    { "concat", test_concat },
    { "fold", test_fold },
    { "threads", test_threads },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path = g_strdup_printf ("/moments/%s/%u", tests[j].name, i);

        g_test_add_data_func (path, &cases[i], tests[j].test);
      }
  return g_test_run ();
}
