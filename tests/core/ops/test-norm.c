/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/ops/norm/group-norm.h"
#include "core/ops/norm/layer-norm.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

typedef struct
{
  gsize         n, h, w, c;
  guint         groups;
  double        mean; /* far from 0, sums of squares lose digits */
  gboolean      modulated;
  DifActivation activation;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 4, 2, 0.0, FALSE, DIF_ACTIVATION_NONE },
  { 1, 1, 1, 3, 3, 0.0, FALSE, DIF_ACTIVATION_NONE },
  { 2, 7, 5, 6, 3, 0.0, FALSE, DIF_ACTIVATION_SILU },
  { 2, 7, 5, 6, 1, 0.0, TRUE, DIF_ACTIVATION_SILU },
  { 3, 9, 1, 10, 10, 0.0, TRUE, DIF_ACTIVATION_NONE },
  { 2, 61, 67, 16, 4, 0.0, TRUE, DIF_ACTIVATION_GELU },
  { 1, 130, 129, 5, 5, 3.0, FALSE, DIF_ACTIVATION_MISH },
  { 2, 30, 30, 96, 8, 50.0, FALSE, DIF_ACTIVATION_RELU },
  { 1, 33, 31, 35, 7, 0.0, FALSE, DIF_ACTIVATION_SILU },
  { 1, 5, 3, 320, 32, 0.0, TRUE, DIF_ACTIVATION_GELU },
  { 3, 15, 17, 37, 1, 0.0, FALSE, DIF_ACTIVATION_MISH },
};

static DifTensor *
normalize (DifContext *context, const Case *c, double **expected)
{
  g_autoptr (DifTensor) x = test_random (context, 1, c->n, c->h, c->w, c->c);
  g_autoptr (DifTensor) gamma = test_random (context, 2, 1, 1, 1, c->c);
  g_autoptr (DifTensor) beta = test_random (context, 3, 1, 1, 1, c->c);
  g_autoptr (DifTensor) modulation = test_random (context, 4, 1, 1, c->n, 2 * c->c);
  const DifTensor      *used = c->modulated ? modulation : NULL;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) c->mean;
  if (expected)
    *expected = reference_group_norm (x, c->groups, gamma, beta, 1e-5, used, c->activation);
  return dif_group_norm (context, x, c->groups, gamma, beta, 1e-5, used, c->activation);
}

static void
test_reference (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autofree double     *expected = NULL;
  g_autoptr (DifTensor)  y = normalize (context, c, &expected);

  if (test_has_shape (y, c->n, c->h, c->w, c->c))
    test_assert_near (y->data, expected, y->size, 1e-5 * MAX (1.0, c->mean / 4.0));
}

static DifTensor *
any (DifContext *context, gconstpointer data)
{
  return normalize (context, data, NULL);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (any, data);
}

/* A group without any spread is finite: eps keeps it so. */
static void
test_constant (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 5, 5, 4);
  g_autoptr (DifTensor)  ones = test_random (context, 1, 1, 1, 1, 4);
  g_autoptr (DifTensor)  y = NULL;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = 1234.5f;
  for (gsize i = 0; i < 4; i++)
    ones->data[i] = 1.0f;
  y = dif_group_norm (context, x, 2, ones, ones, 1e-5, NULL, DIF_ACTIVATION_NONE);
  if (test_has_shape (y, 1, 5, 5, 4))
    for (gsize i = 0; i < y->size; i++)
      g_assert_cmpfloat_with_epsilon (y->data[i], 1.0f, 0.05f); /* of 1234.5 x 316 */
}

/* Numbers around a mean far larger than their deviation, every tenth of them far out: the
 * normalized are as exact as single numbers at that mean are. */
static void
test_far_mean (void)
{
  const gsize            n = 61, groups = 3, c = 12;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 2, n, n, c);
  g_autoptr (DifTensor)  gamma = test_random (context, 2, 1, 1, 1, c);
  g_autoptr (DifTensor)  beta = test_random (context, 3, 1, 1, 1, c);
  g_autoptr (DifTensor)  y = NULL;
  g_autofree double     *expected = NULL;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = 1000.0f + x->data[i] * (i % 10 == 0 ? 20.0f : 1.0f);
  expected = reference_group_norm (x, groups, gamma, beta, 1e-5, NULL, DIF_ACTIVATION_NONE);
  y = dif_group_norm (context, x, groups, gamma, beta, 1e-5, NULL, DIF_ACTIVATION_NONE);
  if (test_has_shape (y, 2, n, n, c))
    test_assert_near (y->data, expected, y->size, 1e-5);
}

/* The variance itself: the normalized numbers have the variance 1 to 1e-5, at a mean of 1000. */
static void
test_variance (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 100, 100, 1);
  g_autoptr (DifTensor)  one = test_random (context, 2, 1, 1, 1, 1);
  g_autoptr (DifTensor)  zero = test_random (context, 3, 1, 1, 1, 1);
  g_autoptr (DifTensor)  y = NULL;
  double                 sum = 0.0;
  double                 squares = 0.0;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] += 1000.0f;
  one->data[0] = 1.0f;
  zero->data[0] = 0.0f;
  y = dif_group_norm (context, x, 1, one, zero, 0.0, NULL, DIF_ACTIVATION_NONE);
  for (gsize i = 0; i < y->size; i++)
    {
      sum += y->data[i];
      squares += (double) y->data[i] * y->data[i];
    }
  g_assert_cmpfloat (fabs (sum / y->size), <=, 1e-4); /* the shift of 1000 is a float */
  g_assert_cmpfloat (fabs (squares / y->size - 1.0), <=, 1e-6);
}

/* ---- layer norm ---- */

typedef struct
{
  gsize  rows, c;
  double mean;
} RowsCase;

static const RowsCase rows_cases[] = {
  { 1, 1, 0.0 },     { 3, 5, 0.0 },     { 7, 16, 0.0 },       { 9, 17, 3.0 },
  { 100, 320, 0.0 }, { 33, 641, -2.0 }, { 40, 1280, 1000.0 },
};

static DifTensor *
normalize_rows (DifContext *context, gconstpointer data)
{
  const RowsCase       *c = data;
  g_autoptr (DifTensor) x = test_random (context, 1, c->rows, 1, 1, c->c);
  g_autoptr (DifTensor) gamma = test_random (context, 2, 1, 1, 1, c->c);
  g_autoptr (DifTensor) beta = test_random (context, 3, 1, 1, 1, c->c);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) c->mean;
  return dif_layer_norm (context, x, gamma, beta, 1e-5);
}

/* A row is a picture of one pixel with all channels in one group. */
static void
test_rows (gconstpointer data)
{
  const RowsCase        *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, c->rows, 1, 1, c->c);
  g_autoptr (DifTensor)  gamma = test_random (context, 2, 1, 1, 1, c->c);
  g_autoptr (DifTensor)  beta = test_random (context, 3, 1, 1, 1, c->c);
  g_autoptr (DifTensor)  y = normalize_rows (context, c);
  g_autofree double     *expected = NULL;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) c->mean;
  expected = reference_group_norm (x, 1, gamma, beta, 1e-5, NULL, DIF_ACTIVATION_NONE);
  if (test_has_shape (y, c->rows, 1, 1, c->c))
    test_assert_near (y->data, expected, y->size, 2e-6);
  test_same_over_threads (normalize_rows, c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reference = g_strdup_printf ("/norm/reference/%u", i);
      g_autofree char *threads = g_strdup_printf ("/norm/threads/%u", i);

      g_test_add_data_func (reference, &cases[i], test_reference);
      g_test_add_data_func (threads, &cases[i], test_threads);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows_cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm/layer/%u", i);

      g_test_add_data_func (name, &rows_cases[i], test_rows);
    }
  g_test_add_func ("/norm/constant", test_constant);
  g_test_add_func ("/norm/far-mean", test_far_mean);
  g_test_add_func ("/norm/variance", test_variance);
  return g_test_run ();
}
