/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of linear layers from the tape, against the way back in double; and the product under
 * them. */

#include "core/ops/linear.h"
#include "core/ops/outer.h"
#include "tests/core/support/gradient-conv.h"
#include "tests/core/support/numbers.h"

#define N_INPUTS REFERENCE_CONV_INPUTS

typedef struct
{
  gsize    n, rows, c_in, c_out;
  gboolean plain;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1, FALSE },     { 3, 1, 5, 7, FALSE },     { 2, 9, 4, 1, TRUE },
  { 2, 300, 65, 130, TRUE }, { 2, 2050, 3, 5, FALSE },  { 1, 17, 513, 200, FALSE },
  { 8, 1, 128, 96, FALSE },  { 2, 129, 64, 64, FALSE },
};

/* As a convolution of single pixels. */
static TestConv
conv_of (const Case *c)
{
  return (TestConv) { c->n,
                      c->rows,
                      1,
                      c->c_in,
                      0,
                      c->c_out,
                      { .kernel = 1, .stride = 1 },
                      c->plain ? 0 : TEST_CONV_EPILOGUE };
}

typedef struct
{
  DifWeight *weight;
  DifTensor *rows; /* [n, rows, c_in] */
  double     scale;
} Op;

static DifTensor *
op_run (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  const Op         *op = data;
  const DifEpilogue epilogue = { x[REFERENCE_CONV_BIAS], x[REFERENCE_CONV_SHIFT],
                                 x[REFERENCE_CONV_RESIDUAL], (float) op->scale,
                                 DIF_ACTIVATION_NONE };

  return dif_linear (context, op->rows, op->weight, epilogue.bias ? &epilogue : NULL);
}

static void
differentiate (DifContext *context, const Case *c, DifTensor **gradient)
{
  const TestConv        conv = conv_of (c);
  DifAllocator         *allocator = dif_context_allocator (context);
  DifTensor            *x[N_INPUTS];
  g_autoptr (DifTensor) dy = test_conv_inputs (context, &conv, x);
  g_autoptr (DifTensor) rows =
      dif_tensor_view (x[REFERENCE_CONV_X], 3, (gsize[]) { c->n, c->rows, c->c_in });
  const float          *raw = x[REFERENCE_CONV_WEIGHT]->data;
  g_autoptr (DifWeight) weight =
      dif_weight_new_linear (allocator, raw, c->c_out, c->c_in, DIF_WEIGHT_F32, NULL);
  const Op      op = { weight, rows, test_conv_reference (&conv).scale };
  gconstpointer key[N_INPUTS];

  weight->backward =
      dif_weight_new_conv_backward (allocator, raw, c->c_out, c->c_in, 1, DIF_WEIGHT_F32, NULL);
  for (guint i = 0; i < N_INPUTS; i++)
    key[i] = x[i];
  key[REFERENCE_CONV_X] = rows;
  key[REFERENCE_CONV_WEIGHT] = weight;
  test_gradients_of (context, op_run, &op, x, key, N_INPUTS, dy, gradient);
  test_unref_all (x, N_INPUTS);
}

static DifTensor *
gradients (DifContext *context, gconstpointer data)
{
  DifTensor *gradient[N_INPUTS];

  differentiate (context, data, gradient);
  return test_join (context, gradient, N_INPUTS);
}

static void
test_reference (gconstpointer data)
{
  const TestConv         conv = conv_of (data);
  const ReferenceConv    op = test_conv_reference (&conv);
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  DifTensor             *x[N_INPUTS], *gradient[N_INPUTS];
  g_autoptr (DifTensor)  dy = test_conv_inputs (context, &conv, x);
  double                *expected[N_INPUTS];

  differentiate (context, data, gradient);
  test_reference_gradients (&exact_conv, &op, x, N_INPUTS, dy, expected);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      g_assert_true (! gradient[i] == ! expected[i]);
      if (gradient[i])
        {
          g_assert_cmpuint (gradient[i]->size, ==, x[i]->size);
          test_assert_near (gradient[i]->data, expected[i], x[i]->size, 1e-5);
        }
      g_free (expected[i]);
    }
  test_unref_all (x, N_INPUTS);
  test_unref_all (gradient, N_INPUTS);
  test_same_over_threads (gradients, data);
}

/* Gates have no gradient. */
static void
test_gate (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 2, 1, 3);
  g_autoptr (DifTensor)  raw = test_random (context, 2, 1, 1, 4, 3);
  g_autoptr (DifTensor)  bias = test_random (context, 3, 1, 1, 1, 4);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifWeight)  weight = dif_weight_new_linear (dif_context_allocator (context), raw->data,
                                                         4, 3, DIF_WEIGHT_F32, NULL);

  dif_context_set_tape (context, tape);
  y = dif_linear_gated (context, x, weight, bias, DIF_ACTIVATION_GELU);
  g_assert_nonnull (y);
  dif_tape_watch (tape, bias);
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*nothing_wanted*");
  g_assert_null (dif_linear_gated (context, x, weight, bias, DIF_ACTIVATION_GELU));
  g_test_assert_expected_messages ();
  dif_context_set_tape (context, NULL);
}

/* Sums of outer products of rows that are further apart than they are long. */
static void
check_outer (gsize m, gsize n, gsize k, gboolean add)
{
  const gsize            lda = m + 3;
  const gsize            ldb = n + 5;
  const gsize            ldc = n + 1;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  a = test_random (context, 1, 1, 1, k, lda);
  g_autoptr (DifTensor)  b = test_random (context, 2, 1, 1, k, ldb);
  g_autoptr (DifTensor)  c = test_random (context, 3, 1, 1, m, ldc);
  g_autofree double     *expected = g_new (double, m *ldc);

  for (gsize i = 0; i < m * ldc; i++)
    {
      expected[i] = add || i % ldc == n ? c->data[i] : 0.0;
      for (gsize r = 0; i % ldc < n && r < k; r++)
        expected[i] += (double) a->data[r * lda + i / ldc] * b->data[r * ldb + i % ldc];
    }
  dif_outer (m, n, k, a->data, lda, b->data, ldb, c->data, ldc, add);
  test_assert_near (c->data, expected, m * ldc, 1e-6);
}

static void
test_outer (void)
{
  for (gsize m = 1; m < 20; m++)
    for (gsize n = 16; n <= 80; n += 16)
      check_outer (m, n, 1 + m * n % 37, (m + n / 16) % 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/linear-backward/reference/%u", i);

      g_test_add_data_func (name, &cases[i], test_reference);
    }
  g_test_add_func ("/linear-backward/gate", test_gate);
  g_test_add_func ("/linear-backward/outer", test_outer);
  return g_test_run ();
}
