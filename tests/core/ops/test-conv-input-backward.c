/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradient of a convolution's input, against the way back in double. */

#include "core/base/error.h"
#include "core/ops/conv/conv-input-backward.h"
#include "tests/core/support/gradient-conv.h"
#include "tests/core/support/numbers.h"

/* As convolutions are read: all channels together, and not resized. */
static DifTensor *
conv_op (DifContext *context, gconstpointer data)
{
  const TestConv       *c = data;
  const gsize           c_in = c->c_own + c->c_beside;
  DifTensor            *x[REFERENCE_CONV_INPUTS];
  g_autoptr (DifTensor) dy = test_conv_inputs (context, c, x);
  g_autoptr (DifWeight) weight =
      dif_weight_new_conv_backward (dif_context_allocator (context), x[REFERENCE_CONV_WEIGHT]->data,
                                    c->c_out, c_in, c->shape.kernel, DIF_WEIGHT_F32, NULL);
  DifTensor *dx;

  dx = dif_conv_input_backward (context, dy, weight, &c->shape, c->h, c->w);
  test_unref_all (x, REFERENCE_CONV_INPUTS);
  return dx;
}

static void
test_conv (gconstpointer data)
{
  TestConv               c = *(const TestConv *) data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  DifTensor             *x[REFERENCE_CONV_INPUTS];
  g_autoptr (DifTensor)  dy = NULL;
  g_autoptr (DifTensor)  dx = NULL;
  double                *expected[REFERENCE_CONV_INPUTS];
  ReferenceConv          op;

  c.c_own += c.c_beside;
  c.c_beside = 0;
  c.what = 0;
  op = test_conv_reference (&c);
  dy = test_conv_inputs (context, &c, x);
  dx = conv_op (context, &c);
  test_reference_gradients (&exact_conv, &op, x, REFERENCE_CONV_INPUTS, dy, expected);
  if (test_has_shape (dx, c.n, c.h, c.w, c.c_own))
    test_assert_near (dx->data, expected[REFERENCE_CONV_X], dx->size, 2e-5);
  test_same_over_threads (conv_op, &c);
  test_unref_all (x, REFERENCE_CONV_INPUTS);
  for (guint i = 0; i < REFERENCE_CONV_INPUTS; i++)
    g_free (expected[i]);
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  dy = test_random (context, 1, 1, 2, 2, 3);

  g_assert_null (dif_conv_input_backward (context, NULL, NULL, &test_convs[0].shape, 1, 1));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_conv_input_backward (context, dy, NULL, &test_convs[0].shape, 2, 2));
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_CONVS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/conv-input-backward/%u", i);

      if (! test_convs[i].shape.up_h)
        g_test_add_data_func (name, &test_convs[i], test_conv);
    }
  g_test_add_func ("/conv-input-backward/failure", test_failure);
  return g_test_run ();
}
