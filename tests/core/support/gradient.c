/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/gradient.h"

#include <math.h>
#include <string.h>

#include "tests/core/support/numbers.h"

#define STEP       1e-2 /* of floats: error and rounding are alike */
#define EXACT_STEP 1e-5
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
test_gradients (DifContext *context, TestLayer layer, gconstpointer data, DifTensor *const *x,
                guint n, DifTensor **gradient)
{
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifTensor) y = NULL;

  for (guint i = 0; i < n; i++)
    dif_tape_watch (tape, x[i]);
  dif_context_set_tape (context, tape);
  y = layer (context, x, data);
  dif_context_set_tape (context, NULL);
  g_assert_nonnull (y);
  g_assert_true (dif_tape_backward (tape, context, y, random_like (context, y)));
  for (guint i = 0; i < n; i++)
    {
      gradient[i] = dif_tape_take (tape, x[i]);
      if (gradient[i])
        continue;
      gradient[i] = dif_context_like (context, x[i]);
      memset (gradient[i]->data, 0, gradient[i]->size * sizeof (float));
    }
}

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

      g_clear_pointer (&x[of]->moments, dif_tensor_unref);
      above = x[of]->data[i] = was + (float) STEP;
      expected[i] = loss_of (context, layer, data, x);
      g_clear_pointer (&x[of]->moments, dif_tensor_unref);
      below = x[of]->data[i] = was - (float) STEP;
      expected[i] = (expected[i] - loss_of (context, layer, data, x)) / ((double) above - below);
      x[of]->data[i] = was;
    }
  g_clear_pointer (&x[of]->moments, dif_tensor_unref);
  test_assert_near (gradient->data, expected, gradient->size, 1e-2);
}

static double
exact_loss (TestExact exact, gconstpointer data, double *const *x, const DifTensor *dy)
{
  g_autofree double *y = g_new0 (double, dy->size);
  double             sum = 0.0;

  exact ((const double *const *) x, y, data);
  for (gsize i = 0; i < dy->size; i++)
    sum += y[i] * dy->data[i];
  return sum;
}

static void
assert_exact (TestExact exact, gconstpointer data, double *const *x, guint of, const DifTensor *dy,
              const DifTensor *gradient, double tolerance)
{
  g_autofree double *expected = g_new (double, gradient->size);

  for (gsize i = 0; i < gradient->size; i++)
    {
      const double was = x[of][i];

      x[of][i] = was + EXACT_STEP;
      expected[i] = exact_loss (exact, data, x, dy);
      x[of][i] = was - EXACT_STEP;
      expected[i] = (expected[i] - exact_loss (exact, data, x, dy)) / (2.0 * EXACT_STEP);
      x[of][i] = was;
    }
  test_assert_near (gradient->data, expected, gradient->size, tolerance);
}

void
test_assert_gradients (TestLayer layer, TestExact exact, gconstpointer data, DifTensor *const *x,
                       guint n, double tolerance)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autofree DifTensor **gradient = g_new0 (DifTensor *, n);
  g_autofree double    **numbers = g_new (double *, n);
  g_autoptr (DifTensor)  y = layer (context, x, data);
  g_autoptr (DifTensor)  dy = random_like (context, y);

  test_gradients (context, layer, data, x, n, gradient);
  for (guint i = 0; i < n; i++)
    {
      numbers[i] = g_new (double, x[i]->size);
      for (gsize k = 0; k < x[i]->size; k++)
        numbers[i][k] = x[i]->data[k];
    }
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (gradient[i]->size, ==, x[i]->size);
      assert_differences (context, layer, data, x, i, gradient[i]);
      if (exact)
        assert_exact (exact, data, numbers, i, dy, gradient[i], tolerance);
    }
  for (guint i = 0; i < n; i++)
    {
      dif_tensor_unref (gradient[i]);
      g_free (numbers[i]);
    }
}

typedef struct
{
  TestLayer         layer;
  gconstpointer     data;
  DifTensor *const *x;
  guint             n;
} Layer;

/* All gradients in one. */
static DifTensor *
all_gradients (DifContext *context, gconstpointer data)
{
  const Layer           *layer = data;
  g_autofree DifTensor **gradient = g_new0 (DifTensor *, layer->n);
  gsize                  size = 0;
  DifTensor             *all;

  for (guint i = 0; i < layer->n; i++)
    {
      g_clear_pointer (&layer->x[i]->moments, dif_tensor_unref);
      size += layer->x[i]->size;
    }
  test_gradients (context, layer->layer, layer->data, layer->x, layer->n, gradient);
  all = dif_context_tensor (context, 1, &size);
  for (guint i = 0, at = 0; i < layer->n; at += (guint) layer->x[i++]->size)
    {
      memcpy (all->data + at, gradient[i]->data, gradient[i]->size * sizeof (float));
      dif_tensor_unref (gradient[i]);
    }
  return all;
}

void
test_same_gradients_over_threads (TestLayer layer, gconstpointer data, DifTensor *const *x, guint n)
{
  test_same_over_threads (all_gradients, &(Layer) { layer, data, x, n });
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&x[i]->moments, dif_tensor_unref);
}
