/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/io/safetensors.h"
#include "core/nn/params.h"
#include "core/ops/conv/conv.h"
#include "core/ops/product.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

static char *folder;
static char *path;
static float numbers[54];

/* a.weight is a convolution, b.weight a linear layer or a table, b.bias a vector */
static void
set_up (void)
{
  const DifTensorOut tensors[] = {
    { "a.weight", DIF_DTYPE_F32, 4, { 3, 2, 3, 3 }, numbers },
    { "b.weight", DIF_DTYPE_F32, 2, { 4, 5 }, numbers },
    { "b.bias", DIF_DTYPE_F32, 1, { 7 }, numbers },
  };

  folder = test_folder_new ();
  path = g_build_filename (folder, "weights.safetensors", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = (float) i;
  g_assert_true (dif_safetensors_write (path, tensors, G_N_ELEMENTS (tensors), NULL));
}

/* [o][i][y][x] of files becomes [y][x][i][o], in one panel. */
static void
assert_conv (const DifWeight *conv)
{
  g_assert_cmpuint (conv->k, ==, 18);
  g_assert_cmpuint (conv->n, ==, 3);
  for (gsize o = 0; o < 3; o++)
    for (gsize i = 0; i < 2; i++)
      for (gsize k = 0; k < 9; k++)
        g_assert_cmpfloat (conv->panels->data[(k * 2 + i) * DIF_PANEL + o], ==,
                           numbers[(o * 2 + i) * 9 + k]);
}

static void
test_take (void)
{
  g_autoptr (DifParams) params = dif_params_open (path, FALSE, NULL);
  const DifWeight      *conv = dif_params_conv (params, "a", 3, 2, 3, 1);
  const DifTensor      *table = dif_params_table (params, "b", 4, 5);
  const DifWeight      *linear = dif_params_linear (params, "b", 4, 5);
  const DifTensor      *vector = dif_params_vector (params, "b", "bias", 7);

  g_assert_true (dif_params_finish (params, NULL));
  g_assert_true (dif_params_has (params, "b", "bias"));
  g_assert_false (dif_params_has (params, "b", "gain"));
  g_assert_cmpuint (dif_params_count (params), ==, 54 + 20 + 7);
  if (! conv || ! table || ! linear || ! vector)
    {
      g_test_fail ();
      return;
    }
  assert_conv (conv);
  g_assert_cmpuint (linear->k, ==, 5);
  g_assert_cmpuint (linear->n, ==, 4);
  for (gsize o = 0; o < 4; o++)
    for (gsize k = 0; k < 5; k++)
      g_assert_cmpfloat (linear->panels->data[k * DIF_PANEL + o], ==, numbers[o * 5 + k]);
  g_assert_cmpmem (table->data, 4 * table->size, numbers, 4 * 20);
  g_assert_cmpmem (vector->data, 4 * vector->size, numbers, 4 * 7);
}

static void
assert_failed (DifParams *params, gint code, const char *word)
{
  GError *error = NULL;

  g_assert_null (dif_params_vector (params, "b", "bias", 7)); /* sticky */
  g_assert_false (dif_params_finish (params, &error));
  test_assert_error (error, code, word, path, NULL);
  dif_params_free (params);
}

static void
test_wrong (void)
{
  for (gboolean shapes_only = FALSE; shapes_only <= TRUE; shapes_only++)
    {
      DifParams *params = dif_params_open (path, shapes_only, NULL);

      g_assert_null (dif_params_linear (params, "c", 4, 5));
      assert_failed (params, DIF_ERROR_MISSING, "c.weight");

      params = dif_params_open (path, shapes_only, NULL);
      g_assert_null (dif_params_linear (params, "b", 5, 4));
      assert_failed (params, DIF_ERROR_MISMATCH, "[5, 4]");

      params = dif_params_open (path, shapes_only, NULL);
      g_assert_null (dif_params_vector (params, "b", "weight", 20)); /* as many numbers */
      assert_failed (params, DIF_ERROR_MISMATCH, "[20]");

      params = dif_params_open (path, shapes_only, NULL);
      g_assert_null (dif_params_conv (params, "a", 3, 2, 1, 1));
      assert_failed (params, DIF_ERROR_MISMATCH, "[3, 2, 1, 1]");
    }
}

/* With so many bytes: how weights are held, and what a convolution makes of them. */
static DifTensor *
convolve (DifContext *context, const char *file, const DifTensor *x, gsize budget,
          DifWeightType type, gboolean stored)
{
  const DifConvShape    shape = { 3, 1, 1, 1, 0, 0 };
  g_autoptr (DifParams) params = dif_params_open (file, FALSE, NULL);
  const DifWeight      *weight;
  DifTensor            *y;

  dif_params_set_budget (params, budget);
  weight = dif_params_conv (params, "a", 64, 32, 3, 1);
  g_assert_cmpint (weight->type, ==, type);
  y = dif_conv (context, &(DifConvInput) { x, NULL, NULL }, weight, &shape, NULL);
  g_assert_cmpint (weight->forms->winograd[DIF_WINOGRAD_F6] != NULL, ==, stored);
  return y;
}

/* The writer writes no halves. */
static void
write_halves (const char *file, const char *dtype, const guint16 *halves, gsize n)
{
  g_autofree char *header = g_strdup_printf (
      "{\"a.weight\":{\"dtype\":\"%s\",\"shape\":[64,32,3,3],\"data_offsets\":[0,%zu]}}", dtype,
      2 * n);
  const guint64       length = GUINT64_TO_LE (strlen (header));
  g_autoptr (GString) bytes = g_string_new_len ((const char *) &length, sizeof length);

  g_string_append (bytes, header);
  g_string_append_len (bytes, (const char *) halves, (gssize) (2 * n));
  g_assert_true (g_file_set_contents (file, bytes->str, (gssize) bytes->len, NULL));
}

static void
test_budget (gconstpointer data)
{
  const gboolean         f16 = data != NULL;
  const gsize            floats = 64 * 32 * 9 * sizeof (float);
  g_autofree char       *file = g_build_filename (folder, "halves.safetensors", NULL);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, 60, 60, 32);
  g_autoptr (DifTensor)  raw = test_random (context, 2, 64, 32, 3, 3);
  g_autofree guint16    *halves = g_new (guint16, raw->size);
  g_autoptr (DifTensor)  rich = NULL;
  g_autoptr (DifTensor)  modest = NULL;
  g_autoptr (DifTensor)  poor = NULL;

  (f16 ? dif_narrow_f16 : dif_narrow_bf16) (raw->data, halves, raw->size);
  write_halves (file, f16 ? "F16" : "BF16", halves, raw->size);
  rich = convolve (context, file, x, 10 * floats, DIF_WEIGHT_F32, TRUE);
  modest = convolve (context, file, x, floats, DIF_WEIGHT_F32, FALSE);
  poor = convolve (context, file, x, floats - 1, f16 ? DIF_WEIGHT_F16 : DIF_WEIGHT_BF16, FALSE);
  g_assert_cmpmem (rich->data, rich->size * sizeof (float), modest->data,
                   modest->size * sizeof (float));
  g_assert_cmpmem (rich->data, rich->size * sizeof (float), poor->data,
                   poor->size * sizeof (float));
}

static void
test_left_over (void)
{
  g_autoptr (DifParams) params = dif_params_open (path, FALSE, NULL);
  GError               *error = NULL;

  dif_params_conv (params, "a", 3, 2, 3, 1);
  dif_params_linear (params, "b", 4, 5);
  g_assert_false (dif_params_finish (params, &error));
  test_assert_error (error, DIF_ERROR_MISMATCH, "b.bias", path, NULL);
}

static void
test_changed (void)
{
  g_autoptr (DifParams) params = dif_params_open (path, FALSE, NULL);
  GError               *error = NULL;

  dif_params_conv (params, "a", 3, 2, 3, 1);
  dif_params_linear (params, "b", 4, 5);
  dif_params_vector (params, "b", "bias", 7);
  test_folder_write (folder, "weights.safetensors", "something else");
  g_assert_false (dif_params_finish (params, &error));
  test_assert_error (error, DIF_ERROR_CHANGED, path, NULL);
}

/* Even numbers up to @bound, not all alike. */
static void
assert_spread (const float *x, gsize n, double bound)
{
  float most = 0.0f;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, ABS (x[i]));
  g_assert_cmpfloat (most, <=, bound);
  g_assert_cmpfloat (most, >, 0.9 * bound);
}

static float *
random_numbers (guint64 seed)
{
  g_autoptr (DifParams) params = dif_params_new_random (seed);
  double                squares = 0.0;
  const DifParam       *list;
  guint                 n;

  dif_params_conv (params, "a", 16, 4, 3, 1);
  dif_params_vector (params, "a", "bias", 16);
  dif_params_linear (params, "b", 20, 64);
  dif_params_vector (params, "n", "weight", 8);
  dif_params_vector (params, "n", "bias", 8);
  dif_params_table (params, "t", 100, 30);
  g_assert_true (dif_params_has (params, "b", "weight"));
  g_assert_false (dif_params_has (params, "b", "bias"));
  g_assert_cmpuint (dif_params_count (params), ==, 576 + 16 + 1280 + 8 + 8 + 3000);
  g_assert_true (dif_params_finish (params, NULL));
  list = dif_params_list (params, &n);
  g_assert_cmpuint (n, ==, 6);
  assert_spread (list[0].value->data, 576, 1.0 / 6.0);
  assert_spread (list[1].value->data, 16, 1.0 / 6.0);
  assert_spread (list[2].value->data, 1280, 1.0 / 8.0);
  g_assert_nonnull (list[0].weight->backward);
  g_assert_cmpfloat (list[3].value->data[7], ==, 1.0);
  g_assert_cmpfloat (list[4].value->data[7], ==, 0.0);
  g_assert_cmpstr (list[5].name, ==, "t.weight");
  for (gsize i = 0; i < 3000; i++)
    squares += list[5].value->data[i] * list[5].value->data[i];
  g_assert_cmpfloat_with_epsilon (squares / 3000, 1.0, 0.15);
  return g_memdup2 (list[0].value->data, 576 * sizeof (float));
}

static void
test_made (void)
{
  g_autofree float *one = random_numbers (1);
  g_autofree float *again = random_numbers (1);
  g_autofree float *other = random_numbers (2);

  g_assert_cmpmem (one, 576 * sizeof (float), again, 576 * sizeof (float));
  g_assert_cmpint (memcmp (one, other, 576 * sizeof (float)), !=, 0);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  set_up ();
  g_test_add_func ("/params/take", test_take);
  g_test_add_func ("/params/wrong", test_wrong);
  g_test_add_data_func ("/params/budget/f16", "f16", test_budget);
  g_test_add_data_func ("/params/budget/bf16", NULL, test_budget);
  g_test_add_func ("/params/made", test_made);
  g_test_add_func ("/params/left-over", test_left_over);
  g_test_add_func ("/params/changed", test_changed); /* last: the file is gone then */
  result = g_test_run ();
  test_folder_free (folder);
  g_free (path);
  return result;
}
