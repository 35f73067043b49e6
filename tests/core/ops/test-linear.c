/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Linear layers, the tiles of products under them, and the door to BLAS. */

#include "core/ops/gemm.h"
#include "core/ops/linear.h"

#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"
#include <math.h>

typedef struct
{
  gsize         n, rows, c_in, c_out;
  DifActivation activation;
} Case;

static const Case cases[] = {
  { 1, 1, 1, 1 },
  { 3, 1, 5, 7 },
  { 2, 9, 4, 1 },
  { 2, 300, 65, 130 },
  { 1, 64, 64, 64 },
  { 2, 2050, 3, 5 },
  { 1, 17, 513, 200 },
  { 5, 1, 128, 1024 },
  { 1, 130, 1025, 96 },
  { 1, 3, 2050, 33, DIF_ACTIVATION_SILU },
  { 2, 100, 37, 65, DIF_ACTIVATION_GELU },
  { 3, 7, 600, 31, DIF_ACTIVATION_MISH },
  { 1, 1030, 19, 66, DIF_ACTIVATION_RELU },
  { 1, 600, 530, 70, DIF_ACTIVATION_SILU },
};

static DifTensor *
multiply (DifContext *context, const Case *c, double **expected)
{
  g_autoptr (DifTensor) x = test_random (context, 1, c->n, c->rows, 1, c->c_in);
  g_autoptr (DifTensor) raw = test_random (context, 2, 1, 1, c->c_out, c->c_in);
  g_autoptr (DifTensor) bias = test_random (context, 3, 1, 1, 1, c->c_out);
  g_autoptr (DifTensor) shift = test_random (context, 4, 1, 1, c->n, c->c_out);
  g_autoptr (DifTensor) residual = test_random (context, 5, c->n, c->rows, 1, c->c_out);
  g_autoptr (DifWeight) weight = dif_weight_new_linear (dif_context_allocator (context), raw->data,
                                                        c->c_out, c->c_in, DIF_WEIGHT_F32, NULL);
  const DifEpilogue     epilogue = { bias, shift, residual, 0.5f, c->activation };

  if (expected)
    *expected = reference_linear (x, raw->data, c->c_out, &epilogue);
  return dif_linear (context, x, weight, &epilogue);
}

static void
test_reference (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autofree double     *expected = NULL;
  g_autoptr (DifTensor)  y = multiply (context, c, &expected);

  if (test_has_shape (y, c->n, c->rows, 1, c->c_out))
    test_assert_near (y->data, expected, y->size, 1e-5);
}

static DifTensor *
any (DifContext *context, gconstpointer data)
{
  return multiply (context, data, NULL);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (any, data);
}

/* ---- gates ---- */

static const Case gated[] = {
  { 1, 1, 1, 1, DIF_ACTIVATION_GELU },     { 1, 7, 33, 32, DIF_ACTIVATION_GELU },
  { 2, 65, 129, 40, DIF_ACTIVATION_GELU }, { 1, 300, 600, 97, DIF_ACTIVATION_SILU },
  { 3, 5, 20, 640, DIF_ACTIVATION_NONE },  { 1, 900, 64, 350, DIF_ACTIVATION_GELU },
};

static DifTensor *
gate (DifContext *context, const Case *c, double **expected)
{
  g_autoptr (DifTensor) x = test_random (context, 1, c->n, c->rows, 1, c->c_in);
  g_autoptr (DifTensor) raw = test_random (context, 2, 1, 1, 2 * c->c_out, c->c_in);
  g_autoptr (DifTensor) bias = test_random (context, 3, 1, 1, 1, 2 * c->c_out);
  g_autoptr (DifWeight) weight = dif_weight_new_linear (
      dif_context_allocator (context), raw->data, 2 * c->c_out, c->c_in, DIF_WEIGHT_F32, NULL);
  const DifEpilogue epilogue = { .bias = bias };

  if (expected)
    {
      g_autofree double *both = reference_linear (x, raw->data, 2 * c->c_out, &epilogue);

      *expected = g_new (double, c->n * c->rows * c->c_out);
      for (gsize row = 0; row < c->n * c->rows; row++)
        for (gsize i = 0; i < c->c_out; i++)
          (*expected)[row * c->c_out + i] =
              both[row * 2 * c->c_out + i] *
              reference_activation (c->activation, both[(row * 2 + 1) * c->c_out + i]);
    }
  return dif_linear_gated (context, x, weight, bias, c->activation);
}

static DifTensor *
any_gate (DifContext *context, gconstpointer data)
{
  return gate (context, data, NULL);
}

static void
test_gate (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autofree double     *expected = NULL;
  g_autoptr (DifTensor)  y = gate (context, c, &expected);

  if (test_has_shape (y, c->n, c->rows, 1, c->c_out))
    test_assert_near (y->data, expected, y->size, 1e-5);
  test_same_over_threads (any_gate, c);
}

/* Rows of any width have their own distance, and beta 0 does not read what was there. */
static void
test_gemm (void)
{
  const float a[2][4] = { { 1, 2, 3, 99 }, { 4, 5, 6, 99 } };
  const float b[3][3] = { { 1, 0, 99 }, { 0, 1, 99 }, { 1, 1, 99 } };
  const float b_rows[2][3] = { { 1, 0, 1 }, { 0, 1, 1 } };
  float       c[2][3] = { { G_MAXFLOAT, -G_MAXFLOAT, 7 }, { 1, 1, 7 } };

  c[0][0] *= 2.0f; /* infinite */
  dif_sgemm (FALSE, 2, 2, 3, 1.0f, a[0], 4, b[0], 3, 0.0f, c[0], 3);
  g_assert_cmpfloat (c[0][0], ==, 4);
  g_assert_cmpfloat (c[0][1], ==, 5);
  g_assert_cmpfloat (c[1][0], ==, 10);
  g_assert_cmpfloat (c[1][1], ==, 11);
  dif_sgemm (TRUE, 2, 2, 3, 2.0f, a[0], 4, b_rows[0], 3, 1.0f, c[0], 3);
  g_assert_cmpfloat (c[0][0], ==, 12);
  g_assert_cmpfloat (c[1][1], ==, 33);
  g_assert_cmpfloat (c[0][2], ==, 7);
  g_assert_cmpfloat (c[1][2], ==, 7);
}

static void
test_count (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  y = multiply (context, &cases[3], NULL);

  g_assert_nonnull (y);
  g_assert_cmpfloat (dif_context_operations (context), ==, 2.0 * 600 * 65 * 130);
}

/* Numbers that halves hold exactly give the same bytes, held as halves or as floats. */
static void
test_halves (void)
{
  const gsize            n = 9, k = 1300, c_out = 70;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, n, 1, k);
  g_autoptr (DifTensor)  raw = test_random (context, 2, 1, 1, c_out, k);
  DifTensor             *y[3];

  for (gsize i = 0; i < raw->size; i++)
    raw->data[i] = floorf (raw->data[i] * 16.0f) / 16.0f;
  for (guint type = DIF_WEIGHT_F32; type <= DIF_WEIGHT_BF16; type++)
    {
      g_autoptr (DifWeight) weight =
          dif_weight_new_linear (dif_context_allocator (context), raw->data, c_out, k, type, NULL);

      y[type] = dif_linear (context, x, weight, NULL);
      g_assert_cmpmem (y[type]->data, y[type]->size * sizeof (float), y[0]->data,
                       y[0]->size * sizeof (float));
    }
  for (guint type = DIF_WEIGHT_F32; type <= DIF_WEIGHT_BF16; type++)
    dif_tensor_unref (y[type]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reference = g_strdup_printf ("/linear/reference/%u", i);
      g_autofree char *threads = g_strdup_printf ("/linear/threads/%u", i);

      g_test_add_data_func (reference, &cases[i], test_reference);
      g_test_add_data_func (threads, &cases[i], test_threads);
    }
  for (guint i = 0; i < G_N_ELEMENTS (gated); i++)
    {
      g_autofree char *name = g_strdup_printf ("/linear/gate/%u", i);

      g_test_add_data_func (name, &gated[i], test_gate);
    }
  g_test_add_func ("/linear/halves", test_halves);
  g_test_add_func ("/linear/gemm", test_gemm);
  g_test_add_func ("/linear/count", test_count);
  return g_test_run ();
}
