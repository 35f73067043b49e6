/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/attention/attention.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

typedef struct
{
  gsize n, l_q, l_k, c;
  guint heads;
  float factor; /* of the queries: large ones make weights sharp */
} Case;

/* Panels hold 32 queries, tiles up to 8 panels and 256 keys. */
static const Case cases[] = {
  { 1, 1, 1, 1, 1, 1.0f },      { 1, 1, 1, 6, 3, 1.0f },      { 2, 5, 9, 4, 1, 1.0f },
  { 2, 5, 9, 12, 4, 1.0f },     { 1, 64, 256, 8, 2, 1.0f },   { 1, 65, 257, 8, 2, 1.0f },
  { 2, 130, 600, 12, 3, 1.0f }, { 1, 300, 77, 16, 16, 1.0f }, { 1, 70, 520, 8, 1, 30.0f },
  { 1, 33, 77, 40, 1, 1.0f },   { 2, 31, 513, 80, 2, 1.0f },  { 1, 1030, 40, 64, 1, 1.0f },
  { 1, 257, 255, 96, 3, 4.0f }, { 1, 9, 300, 160, 1, 1.0f },  { 3, 1100, 3, 35, 7, 1.0f },
};

static DifTensor *
attend (DifContext *context, const Case *c, double **expected)
{
  g_autoptr (DifTensor) q = test_random (context, 1, c->n, c->l_q, 1, c->c);
  g_autoptr (DifTensor) k = test_random (context, 2, c->n, c->l_k, 1, c->c);
  g_autoptr (DifTensor) v = test_random (context, 3, c->n, c->l_k, 1, c->c);

  for (gsize i = 0; i < q->size; i++)
    q->data[i] *= c->factor;
  if (expected)
    *expected = reference_attention (q, k, v, c->heads);
  return dif_attention (context, q, k, v, c->heads);
}

static void
test_reference (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autofree double     *expected = NULL;
  g_autoptr (DifTensor)  y = attend (context, c, &expected);

  if (test_has_shape (y, c->n, c->l_q, 1, c->c)) /* scores of 100 have errors of 1e-5 */
    test_assert_near (y->data, expected, y->size, 1e-5 * c->factor);
}

static DifTensor *
any (DifContext *context, gconstpointer data)
{
  return attend (context, data, NULL);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (any, data);
}

/* Scores far apart: nothing overflows, and the largest takes all. */
static void
test_extreme (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  q = dif_context_tensor (context, 3, (gsize[]) { 1, 1, 1 });
  g_autoptr (DifTensor)  k = dif_context_tensor (context, 3, (gsize[]) { 1, 600, 1 });
  g_autoptr (DifTensor)  v = dif_context_tensor (context, 3, (gsize[]) { 1, 600, 1 });
  g_autoptr (DifTensor)  y = NULL;

  q->data[0] = 1000.0f;
  for (gsize i = 0; i < 600; i++)
    {
      k->data[i] = i == 400 ? 1000.0f : -1000.0f;
      v->data[i] = (float) i;
    }
  y = dif_attention (context, q, k, v, 1);
  g_assert_nonnull (y);
  g_assert_cmpfloat (y->data[0], ==, 400.0f);
}

static void
test_no_input (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 2, 2, 4);

  g_assert_null (dif_attention (context, NULL, x, x, 1));
  g_assert_null (dif_attention (context, x, NULL, x, 1));
  g_assert_null (dif_attention (context, x, x, NULL, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reference = g_strdup_printf ("/attention/reference/%u", i);
      g_autofree char *threads = g_strdup_printf ("/attention/threads/%u", i);

      g_test_add_data_func (reference, &cases[i], test_reference);
      g_test_add_data_func (threads, &cases[i], test_threads);
    }
  g_test_add_func ("/attention/extreme", test_extreme);
  g_test_add_func ("/attention/no-input", test_no_input);
  return g_test_run ();
}
