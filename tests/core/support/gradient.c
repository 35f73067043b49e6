/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/gradient.h"

#include <math.h>
#include <string.h>

#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

#define STEP       1e-2 /* of floats: error and rounding are alike */
#define EXACT_STEP 1e-3 /* to its fourth power */
#define SEED       99

/* As random as the output is large. */
static DifTensor *
random_like (DifContext *context, const DifTensor *y)
{
  g_autoptr (DifTensor) numbers = test_random (context, SEED, 1, 1, 1, y->size);
  DifTensor            *dy = dif_context_like (context, y);

  memcpy (dy->data, numbers->data, y->size * sizeof (float));
  return dy;
}

void
test_gradients_of (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                   const gconstpointer *key, guint n, const DifTensor *dy, DifTensor **gradient)
{
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifTensor) y = NULL;

  for (guint i = 0; i < n; i++)
    if (key[i])
      dif_tape_watch (tape, key[i]);
  dif_context_set_tape (context, tape);
  y = layer (context, x, data);
  dif_context_set_tape (context, NULL);
  g_assert_nonnull (y);
  g_assert_true (dif_tape_backward (
      tape, context, y, dy ? dif_tensor_ref ((DifTensor *) dy) : random_like (context, y)));
  for (guint i = 0; i < n; i++)
    gradient[i] = key[i] ? dif_tape_take (tape, key[i]) : NULL;
}

void
test_gradients (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                guint n, DifTensor **gradient)
{
  test_gradients_of (context, layer, data, x, (const gconstpointer *) x, n, NULL, gradient);
  for (guint i = 0; i < n; i++)
    {
      if (gradient[i] || ! x[i])
        continue;
      gradient[i] = dif_context_like (context, x[i]);
      memset (gradient[i]->data, 0, gradient[i]->size * sizeof (float));
    }
}

void
test_unref_all (DifTensor **x, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&x[i], dif_tensor_unref);
}

DifTensor *
test_join (DifContext *context, DifTensor **x, guint n)
{
  DifTensor *all;
  gsize      size = 0;

  for (guint i = 0; i < n; i++)
    size += x[i] ? x[i]->size : 0;
  all = dif_context_tensor (context, 1, &size);
  size = 0;
  for (guint i = 0; i < n; i++)
    {
      if (! x[i])
        continue;
      memcpy (all->data + size, x[i]->data, x[i]->size * sizeof (float));
      size += x[i]->size;
    }
  test_unref_all (x, n);
  return all;
}

/* ---- in double ---- */

static void
free_all (double **x, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free (x[i]);
  g_free (x);
}

static double **
widen_all (DifTensor *const *x, guint n)
{
  double **wide = g_new (double *, n);

  for (guint i = 0; i < n; i++)
    wide[i] = reference_widen (x[i]);
  return wide;
}

void
test_reference_gradients (const Reference *reference, gconstpointer op, DifTensor *const *x,
                          guint n, const DifTensor *dy, double **gradient)
{
  double           **wide = widen_all (x, n);
  g_autofree double *g = reference_widen (dy);

  for (guint i = 0; i < n; i++)
    gradient[i] = x[i] ? g_new0 (double, x[i]->size) : NULL;
  reference->backward ((const double *const *) wide, g, gradient, op);
  free_all (wide, n);
}

/* Sum of y dy where one number of x is another. */
static double
exact_loss (const Reference *reference, gconstpointer op, double *const *x, double *number,
            double other, const DifTensor *dy)
{
  g_autofree double *y = g_new (double, dy->size);
  const double       was = *number;
  double             sum = 0.0;

  *number = other;
  reference->forward ((const double *const *) x, y, op);
  *number = was;
  for (gsize i = 0; i < dy->size; i++)
    sum += y[i] * dy->data[i];
  return sum;
}

/* Differences at one and two steps, so that the error is of fourth order. */
static double
exact_difference (const Reference *reference, gconstpointer op, double *const *x, double *number,
                  const DifTensor *dy)
{
  double difference[2];

  for (guint i = 0; i < 2; i++)
    {
      const double step = (i + 1) * EXACT_STEP;

      difference[i] = (exact_loss (reference, op, x, number, *number + step, dy) -
                       exact_loss (reference, op, x, number, *number - step, dy)) /
                      (2.0 * step);
    }
  return (4.0 * difference[0] - difference[1]) / 3.0;
}

void
test_assert_reference (const Reference *reference, gconstpointer op, DifTensor *const *x, guint n,
                       const DifTensor *dy)
{
  double **wide = widen_all (x, n);
  double **gradient = g_new (double *, n);

  test_reference_gradients (reference, op, x, n, dy, gradient);
  for (guint i = 0; i < n; i++)
    {
      double largest = 0.0, worst = 0.0;

      for (gsize k = 0; x[i] && k < x[i]->size; k++)
        {
          const double expected = exact_difference (reference, op, wide, &wide[i][k], dy);
          const double off = fabs (gradient[i][k] - expected);

          largest = MAX (largest, fabs (expected));
          worst = off <= worst ? worst : off; /* NaN stays */
        }
      g_assert_cmpfloat (worst, <=, 1e-6 * largest);
    }
  free_all (gradient, n);
  free_all (wide, n);
}

/* ---- in float ---- */

/* Sum of y dy. */
static double
loss_of (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x)
{
  g_autoptr (DifTensor) y = layer (context, x, data);
  g_autoptr (DifTensor) dy = random_like (context, y);
  double                sum = 0.0;

  for (gsize i = 0; i < y->size; i++)
    sum += (double) y->data[i] * dy->data[i];
  return sum;
}

static void
assert_differences (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                    guint of, const DifTensor *gradient)
{
  g_autofree double *expected = g_new (double, x[of]->size);

  for (gsize i = 0; i < x[of]->size; i++)
    {
      const float was = x[of]->data[i];
      float       above, below;

      dif_tensor_set_summary (x[of], NULL);
      above = x[of]->data[i] = was + (float) STEP;
      expected[i] = loss_of (context, layer, data, x);
      dif_tensor_set_summary (x[of], NULL);
      below = x[of]->data[i] = was - (float) STEP;
      expected[i] = (expected[i] - loss_of (context, layer, data, x)) / ((double) above - below);
      x[of]->data[i] = was;
    }
  dif_tensor_set_summary (x[of], NULL);
  test_assert_near (gradient->data, expected, gradient->size, 1e-2);
}

void
test_assert_gradients (TestLayer layer, const Reference *reference, gconstpointer data,
                       DifTensor *const *x, guint n, double tolerance)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autofree DifTensor **gradient = g_new0 (DifTensor *, n);
  double               **expected = g_new0 (double *, n);
  g_autoptr (DifTensor)  y = layer (context, x, data);
  g_autoptr (DifTensor)  dy = random_like (context, y);

  test_gradients (context, layer, data, x, n, gradient);
  test_reference_gradients (reference, data, x, n, dy, expected);
  test_assert_reference (reference, data, x, n, dy);
  for (guint i = 0; i < n; i++)
    {
      if (! x[i])
        continue;
      g_assert_cmpuint (gradient[i]->size, ==, x[i]->size);
      assert_differences (context, layer, data, x, i, gradient[i]);
      test_assert_near (gradient[i]->data, expected[i], x[i]->size, tolerance);
    }
  test_unref_all (gradient, n);
  free_all (expected, n);
}

typedef struct
{
  TestLayer         layer;
  gconstpointer     data;
  DifTensor *const *x;
  guint             n;
} Layer;

static void
forget_moments (const Layer *layer)
{
  for (guint i = 0; i < layer->n; i++)
    if (layer->x[i])
      dif_tensor_set_summary (layer->x[i], NULL);
}

/* All gradients in one. */
static DifTensor *
all_gradients (DifContext *context, gconstpointer data)
{
  const Layer           *layer = data;
  g_autofree DifTensor **gradient = g_new0 (DifTensor *, layer->n);

  forget_moments (layer);
  test_gradients (context, layer->layer, layer->data, layer->x, layer->n, gradient);
  return test_join (context, gradient, layer->n);
}

void
test_same_gradients_over_threads (TestLayer layer, gconstpointer data, DifTensor *const *x, guint n)
{
  const Layer all = { layer, data, x, n };

  test_same_over_threads (all_gradients, &all);
  forget_moments (&all);
}
