/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of linear layers from the tape, against plain loops; and of the product under them. */

#include <string.h>

#include "core/ops/linear.h"
#include "core/ops/outer.h"
#include "core/tensor/tape.h"
#include "tests/core/support/numbers.h"

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

enum
{
  X,
  WEIGHT,
  BIAS,
  SHIFT,
  RESIDUAL,
  N_INPUTS
};

static const double scale = 0.625;

static void
make_inputs (DifContext *context, const Case *c, DifTensor *input[N_INPUTS])
{
  input[X] = test_random (context, 1, c->n, c->rows, 1, c->c_in);
  input[WEIGHT] = test_random (context, 2, 1, 1, c->c_out, c->c_in);
  input[BIAS] = test_random (context, 3, 1, 1, 1, c->c_out);
  input[SHIFT] = test_random (context, 4, 1, 1, c->n, c->c_out);
  input[RESIDUAL] = test_random (context, 5, c->n, c->rows, 1, c->c_out);
}

/* All that are wanted, one after another; [3, rows] of a tensor of other dimensions. */
static DifTensor *
gradients (DifContext *context, gconstpointer data)
{
  const Case           *c = data;
  DifAllocator         *allocator = dif_context_allocator (context);
  DifTensor            *input[N_INPUTS];
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifWeight) weight = NULL;
  g_autoptr (DifTensor) y = NULL;
  g_autoptr (DifTensor) rows = NULL;
  DifTensor            *all;
  gsize                 size = 0;

  make_inputs (context, c, input);
  rows = dif_tensor_view (input[X], 3, (gsize[]) { c->n, c->rows, c->c_in });
  weight = dif_weight_new_linear (allocator, input[WEIGHT]->data, c->c_out, c->c_in, DIF_WEIGHT_F32,
                                  NULL);
  weight->backward = dif_weight_new_conv_backward (allocator, input[WEIGHT]->data, c->c_out,
                                                   c->c_in, 1, DIF_WEIGHT_F32, NULL);
  dif_tape_watch (tape, rows);
  dif_tape_watch (tape, weight);
  for (guint i = BIAS; i < N_INPUTS; i++)
    dif_tape_watch (tape, input[i]);
  dif_context_set_tape (context, tape);
  y = dif_linear (context, rows, weight,
                  c->plain ? NULL :
                             &(DifEpilogue) { input[BIAS], input[SHIFT], input[RESIDUAL],
                                              (float) scale, DIF_ACTIVATION_NONE });
  dif_context_set_tape (context, NULL);
  g_assert_true (
      dif_tape_backward (tape, context, y, test_random (context, 6, c->n, c->rows, 1, c->c_out)));
  for (guint i = 0; i < N_INPUTS; i++)
    size += input[i]->size;
  all = dif_context_tensor (context, 1, &size);
  size = 0;
  for (guint i = 0; i < N_INPUTS; i++)
    {
      const gconstpointer   keys[] = { rows, weight, input[BIAS], input[SHIFT], input[RESIDUAL] };
      g_autoptr (DifTensor) gradient = dif_tape_take (tape, keys[i]);

      g_assert_true (! gradient == (c->plain && i >= BIAS));
      memset (all->data + size, 0, input[i]->size * sizeof (float));
      if (gradient)
        {
          g_assert_cmpuint (gradient->size, ==, input[i]->size);
          memcpy (all->data + size, gradient->data, gradient->size * sizeof (float));
        }
      size += input[i]->size;
    }
  for (guint i = 0; i < N_INPUTS; i++)
    dif_tensor_unref (input[i]);
  return all;
}

static void
differentiate_plainly (DifContext *context, const Case *c, DifTensor *const *input,
                       double *expected[N_INPUTS])
{
  g_autoptr (DifTensor) dy = test_random (context, 6, c->n, c->rows, 1, c->c_out);

  for (guint i = 0; i < N_INPUTS; i++)
    expected[i] = g_new0 (double, input[i]->size);
  for (gsize at = 0; at < dy->size; at++)
    {
      const gsize  out = at % c->c_out;
      const gsize  row = at / c->c_out;
      const double g = dy->data[at] * (c->plain ? 1.0 : scale);

      for (gsize i = 0; i < c->c_in; i++)
        {
          expected[X][row * c->c_in + i] += g * input[WEIGHT]->data[out * c->c_in + i];
          expected[WEIGHT][out * c->c_in + i] += g * input[X]->data[row * c->c_in + i];
        }
      if (c->plain)
        continue;
      expected[BIAS][out] += g;
      expected[SHIFT][row / c->rows * c->c_out + out] += g;
      expected[RESIDUAL][at] += g;
    }
}

static void
test_loops (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  actual = gradients (context, c);
  DifTensor             *input[N_INPUTS];
  double                *expected[N_INPUTS];
  gsize                  at = 0;

  make_inputs (context, c, input);
  differentiate_plainly (context, c, input, expected);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      test_assert_near (actual->data + at, expected[i], input[i]->size, 1e-5);
      at += input[i]->size;
      g_free (expected[i]);
      dif_tensor_unref (input[i]);
    }
  test_same_over_threads (gradients, c);
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
      g_autofree char *name = g_strdup_printf ("/backward/linear/loops/%u", i);

      g_test_add_data_func (name, &cases[i], test_loops);
    }
  g_test_add_func ("/backward/linear/gate", test_gate);
  g_test_add_func ("/backward/linear/outer", test_outer);
  return g_test_run ();
}
