/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of a convolution's input and of a scale, shift and activation's, against the way back
 * in double. */

#include "core/base/error.h"
#include "core/ops/conv/conv-backward.h"
#include "core/ops/conv/prologue.h"
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

  dx = dif_conv_backward (context, dy, weight, &c->shape, c->h, c->w,
                          c->what & TEST_CONV_RESIDUAL ? x[REFERENCE_CONV_X] : NULL);
  test_unref_all (x, REFERENCE_CONV_INPUTS);
  return dx;
}

/* What a tensor in the residual's place is added to. */
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
  c.what &= TEST_CONV_RESIDUAL;
  op = test_conv_reference (&c);
  dy = test_conv_inputs (context, &c, x);
  dx = conv_op (context, &c);
  test_reference_gradients (&exact_conv, &op, x, REFERENCE_CONV_INPUTS, dy, expected);
  for (gsize i = 0; c.what && i < dx->size; i++)
    expected[REFERENCE_CONV_X][i] += x[REFERENCE_CONV_X]->data[i];
  if (test_has_shape (dx, c.n, c.h, c.w, c.c_own))
    test_assert_near (dx->data, expected[REFERENCE_CONV_X], dx->size, 2e-5);
  test_same_over_threads (conv_op, &c);
  test_unref_all (x, REFERENCE_CONV_INPUTS);
  for (guint i = 0; i < REFERENCE_CONV_INPUTS; i++)
    g_free (expected[i]);
}

/* ---- scale, shift, activation ---- */

typedef struct
{
  gsize         n, h, w, c;
  DifActivation activation;
} Prologue;

static DifTensor *
row (DifContext *context, guint64 seed, const Prologue *p)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, p->n, p->c);

  return dif_tensor_view (x, 2, (gsize[]) { p->n, p->c });
}

static DifTensor *
prologue_op (DifContext *context, gconstpointer data)
{
  const Prologue       *p = data;
  g_autoptr (DifTensor) x = test_random (context, 1, p->n, p->h, p->w, p->c);
  g_auto (DifPrologue) prologue = { row (context, 3, p), row (context, 4, p), p->activation };

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= 5.0f;
  return dif_prologue_backward (context, test_random (context, 2, p->n, p->h, p->w, p->c), x,
                                &prologue);
}

static void
check_prologue (const Prologue *p)
{
  const ReferencePrologue op = { p->n, p->h * p->w, p->c, p->activation };
  g_autoptr (DifContext)  context = dif_context_new (2, NULL);
  DifTensor *x[] = { test_random (context, 1, p->n, p->h, p->w, p->c), row (context, 3, p),
                     row (context, 4, p) };
  g_autoptr (DifTensor) dy = test_random (context, 2, p->n, p->h, p->w, p->c);
  g_autoptr (DifTensor) dx = prologue_op (context, p);
  double               *expected[REFERENCE_PROLOGUE_INPUTS];

  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] *= 5.0f;
  test_reference_gradients (&exact_prologue, &op, x, REFERENCE_PROLOGUE_INPUTS, dy, expected);
  if (test_has_shape (dx, p->n, p->h, p->w, p->c))
    test_assert_near (dx->data, expected[0], dx->size, 1e-6);
  test_same_over_threads (prologue_op, p);
  test_unref_all (x, REFERENCE_PROLOGUE_INPUTS);
  for (guint i = 0; i < REFERENCE_PROLOGUE_INPUTS; i++)
    g_free (expected[i]);
}

static void
test_prologue (void)
{
  check_prologue (&(Prologue) { 1, 1, 1, 1, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 9, 7, 5, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 41, 37, 33, DIF_ACTIVATION_SILU });
  check_prologue (&(Prologue) { 2, 9, 7, 5, DIF_ACTIVATION_NONE });
}

/* Far from 0 its slope is 0 or 1, and never not a number. */
static void
test_far (void)
{
  static const float     far[] = { -1e30f, -200.0f, -90.0f, 90.0f, 200.0f, 1e30f };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Prologue         p = { 1, 1, 6, 1, DIF_ACTIVATION_SILU };
  g_auto (DifPrologue)
      prologue = { row (context, 3, &p), row (context, 4, &p), DIF_ACTIVATION_SILU };
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 1, 6, 1);
  g_autoptr (DifTensor) dy = test_random (context, 1, 1, 1, 6, 1);
  g_autoptr (DifTensor) dx = NULL;

  prologue.scale->data[0] = 1.0f;
  prologue.shift->data[0] = 0.0f;
  for (guint i = 0; i < 6; i++)
    {
      x->data[i] = far[i];
      dy->data[i] = 2.0f;
    }
  dx = dif_prologue_backward (context, dif_tensor_ref (dy), x, &prologue);
  for (guint i = 0; dx && i < 6; i++)
    g_assert_cmpfloat_with_epsilon (dx->data[i], i < 3 ? 0.0 : 2.0, 1e-6);
  g_assert_cmpfloat (dy->data[0], ==, 2.0f); /* held by others: not written to */
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Prologue         p = { 1, 2, 2, 3, DIF_ACTIVATION_SILU };
  g_auto (DifPrologue) prologue = { row (context, 3, &p), row (context, 4, &p), p.activation };
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 2, 2, 3);

  g_assert_null (dif_prologue_backward (context, NULL, x, &prologue));
  g_assert_null (dif_prologue_backward (context, dif_tensor_ref (x), NULL, &prologue));
  g_assert_null (dif_conv_backward (context, NULL, NULL, &test_convs[0].shape, 1, 1, NULL));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_prologue_backward (context, dif_tensor_ref (x), x, &prologue));
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_CONVS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/backward/conv/%u", i);

      if (! test_convs[i].shape.up_h)
        g_test_add_data_func (name, &test_convs[i], test_conv);
    }
  g_test_add_func ("/backward/prologue", test_prologue);
  g_test_add_func ("/backward/far", test_far);
  g_test_add_func ("/backward/failure", test_failure);
  return g_test_run ();
}
