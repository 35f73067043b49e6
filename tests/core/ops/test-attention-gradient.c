/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back through attention. */

#include "core/ops/attention.h"

#include <math.h>

#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"

typedef struct
{
  gsize n, l_q, l_k, c;
  guint heads;
  float size; /* of queries: large ones make weights of nearly 0 and 1 */
} Case;

/* Single tokens and channels, keys of another number, tiles and chunks with a rest. */
static const Case cases[] = {
  { 1, 1, 1, 1, 1, 1.0f },  { 2, 5, 3, 6, 2, 1.0f },   { 1, 17, 9, 5, 5, 2.0f },
  { 3, 3, 21, 4, 1, 1.0f }, { 1, 70, 66, 2, 1, 1.0f }, { 2, 33, 7, 6, 3, 8.0f },
};

static const Case large[] = {
  { 1, 300, 300, 12, 1, 1.0f },
  { 3, 131, 67, 24, 2, 1.0f },
  { 1, 40, 3000, 8, 2, 1.0f },
};

static DifTensor *
attend (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_attention (context, x[0], x[1], x[2], ((const Case *) data)->heads);
}

/* One query of one head. */
static void
exact_query (const Case *c, const double *q, const double *k, const double *v, double *y)
{
  const gsize        head = c->c / c->heads;
  g_autofree double *weight = g_new0 (double, c->l_k);
  double             most = -INFINITY;
  double             sum = 0.0;

  for (gsize key = 0; key < c->l_k; key++)
    {
      for (gsize i = 0; i < head; i++)
        weight[key] += q[i] * k[key * c->c + i] / sqrt ((double) head);
      most = MAX (most, weight[key]);
    }
  for (gsize key = 0; key < c->l_k; key++)
    sum += exp (weight[key] - most);
  for (gsize i = 0; i < head; i++)
    {
      y[i] = 0.0;
      for (gsize key = 0; key < c->l_k; key++)
        y[i] += exp (weight[key] - most) / sum * v[key * c->c + i];
    }
}

static void
exact_attend (const double *const *x, double *y, gconstpointer data)
{
  const Case *c = data;

  for (gsize i = 0; i < c->n * c->l_q * c->heads; i++)
    {
      const gsize channel = i % c->heads * (c->c / c->heads);
      const gsize query = i / c->heads * c->c + channel;
      const gsize key = i / c->heads / c->l_q * c->l_k * c->c + channel;

      exact_query (c, x[0] + query, x[1] + key, x[2] + key, y + query);
    }
}

static void
inputs_new (const Case *c, DifContext *context, DifTensor **x)
{
  x[0] = test_random (context, 1, c->n, c->l_q, 1, c->c);
  x[1] = test_random (context, 2, c->n, c->l_k, 1, c->c);
  x[2] = test_random (context, 3, c->n, c->l_k, 1, c->c);
  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] *= c->size;
}

static void
inputs_free (DifTensor **x)
{
  for (guint i = 0; i < 3; i++)
    dif_tensor_unref (x[i]);
}

static void
test_differences (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  inputs_new (data, context, x);
  test_assert_gradients (attend, exact_attend, data, x, 3, 1e-5);
  inputs_free (x);
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  inputs_new (data, context, x);
  test_same_gradients_over_threads (attend, data, x, 3);
  inputs_free (x);
}

/* One tensor as queries, keys and values gets all three parts. */
static DifTensor *
attend_self (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_attention (context, x[0], x[0], x[0], ((const Case *) data)->heads);
}

static void
exact_self (const double *const *x, double *y, gconstpointer data)
{
  exact_attend ((const double *const[]) { x[0], x[0], x[0] }, y, data);
}

static void
test_self (void)
{
  const Case             c = { 2, 9, 9, 6, 2, 1.0f };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = test_random (context, 1, 2, 3, 3, 6);

  test_assert_gradients (attend_self, exact_self, &c, &x, 1, 1e-5);
  dif_tensor_unref (x);
}

/* Large ones against the definition, one weight after the other. */
static void
exact_gradients (const Case *c, DifTensor *const *x, const float *g, double *const *d)
{
  const gsize        head = c->c / c->heads;
  g_autofree double *p = g_new (double, c->l_k);
  g_autofree double *dp = g_new (double, c->l_k);

  for (gsize i = 0; i < c->n * c->l_q * c->heads; i++)
    {
      const gsize channel = i % c->heads * head;
      const gsize q = i / c->heads * c->c + channel;
      const gsize k = i / c->heads / c->l_q * c->l_k * c->c + channel;
      double      most = -INFINITY, sum = 0.0, less = 0.0;

      for (gsize key = 0; key < c->l_k; key++)
        {
          p[key] = dp[key] = 0.0;
          for (gsize e = 0; e < head; e++)
            {
              p[key] += (double) x[0]->data[q + e] * x[1]->data[k + key * c->c + e];
              dp[key] += (double) g[q + e] * x[2]->data[k + key * c->c + e];
            }
          most = MAX (most, p[key]);
        }
      for (gsize key = 0; key < c->l_k; key++)
        sum += p[key] = exp ((p[key] - most) / sqrt ((double) head));
      for (gsize key = 0; key < c->l_k; key++)
        less += (p[key] /= sum) * dp[key];
      for (gsize key = 0; key < c->l_k; key++)
        for (gsize e = 0; e < head; e++)
          {
            const double ds = p[key] * (dp[key] - less) / sqrt ((double) head);

            d[0][q + e] += ds * x[1]->data[k + key * c->c + e];
            d[1][k + key * c->c + e] += ds * x[0]->data[q + e];
            d[2][k + key * c->c + e] += p[key] * g[q + e];
          }
    }
}

static void
test_large (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  g = test_random (context, 4, c->n, c->l_q, 1, c->c);
  g_autoptr (DifTensor)  y = NULL;
  DifTensor             *x[3];
  double                *expected[3];

  inputs_new (c, context, x);
  for (guint i = 0; i < 3; i++)
    {
      expected[i] = g_new0 (double, x[i]->size);
      dif_tape_watch (tape, x[i]);
    }
  exact_gradients (c, x, g->data, expected);
  dif_context_set_tape (context, tape);
  y = attend (context, x, c);
  g_assert_true (dif_tape_backward (tape, context, y, dif_tensor_ref (g)));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (DifTensor) gradient = dif_tape_take (tape, x[i]);

      test_assert_near (gradient->data, expected[i], x[i]->size, 1e-5);
      g_free (expected[i]);
    }
  inputs_free (x);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/attention-gradient/differences/%u", i);

      g_test_add_data_func (name, &cases[i], test_differences);
    }
  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autofree char *name = g_strdup_printf ("/attention-gradient/large/%u", i);
      g_autofree char *threads = g_strdup_printf ("/attention-gradient/threads/%u", i);

      g_test_add_data_func (name, &large[i], test_large);
      g_test_add_data_func (threads, &large[i], test_threads);
    }
  g_test_add_func ("/attention-gradient/self", test_self);
  return g_test_run ();
}
