/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back through attention. */

#include "core/ops/attention/attention.h"

#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"

typedef struct
{
  ReferenceAttention op;
  float              size; /* of queries: large ones make weights of nearly 0 and 1 */
} Case;

/* Single tokens and channels, keys of another number, tiles and chunks with a rest. */
static const Case cases[] = {
  { { 1, 1, 1, 1, 1 }, 1.0f },  { { 2, 5, 3, 6, 2 }, 1.0f },   { { 1, 17, 9, 5, 5 }, 2.0f },
  { { 3, 3, 21, 4, 1 }, 1.0f }, { { 1, 70, 66, 2, 1 }, 1.0f }, { { 2, 33, 7, 6, 3 }, 8.0f },
};

static const Case large[] = {
  { { 1, 300, 300, 12, 1 }, 1.0f },
  { { 3, 131, 67, 24, 2 }, 1.0f },
  { { 1, 40, 3000, 8, 2 }, 1.0f },
};

static DifTensor *
attend (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_attention (context, x[0], x[1], x[2], (guint) ((const Case *) data)->op.heads);
}

static void
inputs_new (const Case *c, DifContext *context, DifTensor **x)
{
  x[0] = test_random (context, 1, c->op.n, c->op.l_q, 1, c->op.c);
  x[1] = test_random (context, 2, c->op.n, c->op.l_k, 1, c->op.c);
  x[2] = test_random (context, 3, c->op.n, c->op.l_k, 1, c->op.c);
  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] *= c->size;
}

static void
test_differences (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  inputs_new (data, context, x);
  test_assert_gradients (attend, &exact_attention, data, x, 3, 1e-5);
  test_unref_all (x, 3);
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  inputs_new (data, context, x);
  test_same_gradients_over_threads (attend, data, x, 3);
  test_unref_all (x, 3);
}

/* One tensor as queries, keys and values gets all three parts. */
static DifTensor *
attend_self (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_attention (context, x[0], x[0], x[0], (guint) ((const Case *) data)->op.heads);
}

static void
self_forward (const double *const *x, double *y, gconstpointer op)
{
  exact_attention.forward ((const double *const[]) { x[0], x[0], x[0] }, y, op);
}

static void
self_backward (const double *const *x, const double *dy, double *const *dx, gconstpointer op)
{
  exact_attention.backward ((const double *const[]) { x[0], x[0], x[0] }, dy,
                            (double *const[]) { dx[0], dx[0], dx[0] }, op);
}

static void
test_self (void)
{
  const Reference        exact_self = { self_forward, self_backward };
  const Case             c = { { 2, 9, 9, 6, 2 }, 1.0f };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = test_random (context, 1, 2, 3, 3, 6);

  test_assert_gradients (attend_self, &exact_self, &c, &x, 1, 1e-5);
  dif_tensor_unref (x);
}

/* Large ones, of which differences would take too long. */
static void
test_large (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  g = test_random (context, 4, c->op.n, c->op.l_q, 1, c->op.c);
  DifTensor             *x[3], *gradient[3];
  double                *expected[3];

  inputs_new (c, context, x);
  test_gradients_of (context, attend, c, x, (const gconstpointer *) x, 3, g, gradient);
  test_reference_gradients (&exact_attention, c, x, 3, g, expected);
  for (guint i = 0; i < 3; i++)
    {
      test_assert_near (gradient[i]->data, expected[i], x[i]->size, 1e-5);
      g_free (expected[i]);
    }
  test_unref_all (x, 3);
  test_unref_all (gradient, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/attention-backward/differences/%u", i);

      g_test_add_data_func (name, &cases[i], test_differences);
    }
  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autofree char *name = g_strdup_printf ("/attention-backward/large/%u", i);
      g_autofree char *threads = g_strdup_printf ("/attention-backward/threads/%u", i);

      g_test_add_data_func (name, &large[i], test_large);
      g_test_add_data_func (threads, &large[i], test_threads);
    }
  g_test_add_func ("/attention-backward/self", test_self);
  return g_test_run ();
}
