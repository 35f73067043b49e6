/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of a scale, a shift and an activation, against the way back in double. */

#include "core/base/error.h"
#include "core/ops/conv/prologue-backward.h"
#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"

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

static void
go_back (DifContext *context, const Prologue *p, DifPrologueGradient *gradient)
{
  g_autoptr (DifTensor) x = test_random (context, 1, p->n, p->h, p->w, p->c);
  g_auto (DifPrologue) prologue = { row (context, 3, p), row (context, 4, p), p->activation };

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= 5.0f;
  g_assert_true (dif_prologue_backward (context, test_random (context, 2, p->n, p->h, p->w, p->c),
                                        x, NULL, &prologue, TRUE, gradient));
}

static DifTensor *
prologue_op (DifContext *context, gconstpointer data)
{
  g_auto (DifPrologueGradient) gradient = { NULL };

  go_back (context, data, &gradient);
  return g_steal_pointer (&gradient.x);
}

static void
check_prologue (const Prologue *p)
{
  const ReferencePrologue op = { p->n, p->h * p->w, p->c, p->activation };
  g_autoptr (DifContext)  context = dif_context_new (2, NULL);
  DifTensor *x[] = { test_random (context, 1, p->n, p->h, p->w, p->c), row (context, 3, p),
                     row (context, 4, p) };
  g_autoptr (DifTensor) dy = test_random (context, 2, p->n, p->h, p->w, p->c);
  g_auto (DifPrologueGradient) gradient = { NULL };
  double *expected[REFERENCE_PROLOGUE_INPUTS];

  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] *= 5.0f;
  go_back (context, p, &gradient);
  test_reference_gradients (&exact_prologue, &op, x, REFERENCE_PROLOGUE_INPUTS, dy, expected);
  if (test_has_shape (gradient.x, p->n, p->h, p->w, p->c))
    test_assert_near (gradient.x->data, expected[0], gradient.x->size, 1e-6);
  g_assert_true (gradient.scale && dif_tensor_same_shape (gradient.scale, x[1]));
  g_assert_true (gradient.shift && dif_tensor_same_shape (gradient.shift, x[2]));
  test_assert_near (gradient.scale->data, expected[1], p->n * p->c, 1e-5);
  test_assert_near (gradient.shift->data, expected[2], p->n * p->c, 1e-5);
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
  check_prologue (&(Prologue) { 1, 8, 9, 70, DIF_ACTIVATION_GELU });
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
  g_auto (DifPrologueGradient) gradient = { NULL };
  gboolean done;

  prologue.scale->data[0] = 1.0f;
  prologue.shift->data[0] = 0.0f;
  for (guint i = 0; i < 6; i++)
    {
      x->data[i] = far[i];
      dy->data[i] = 2.0f;
    }
  done = dif_prologue_backward (context, dif_tensor_ref (dy), x, NULL, &prologue, TRUE, &gradient);
  g_assert_true (done);
  for (guint i = 0; done && i < 6; i++)
    g_assert_cmpfloat_with_epsilon (gradient.x->data[i], i < 3 ? 0.0 : 2.0, 1e-6);
  g_assert_cmpfloat (dy->data[0], ==, 2.0f); /* held by others: not written to */
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const Prologue         p = { 1, 2, 2, 3, DIF_ACTIVATION_SILU };
  g_auto (DifPrologue) prologue = { row (context, 3, &p), row (context, 4, &p), p.activation };
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 2, 2, 3);
  DifPrologueGradient   gradient;

  g_assert_false (dif_prologue_backward (context, NULL, x, NULL, &prologue, TRUE, &gradient));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_false (
      dif_prologue_backward (context, dif_tensor_ref (x), x, NULL, &prologue, TRUE, &gradient));
  g_assert_null (gradient.x);
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/prologue-backward/reference", test_prologue);
  g_test_add_func ("/prologue-backward/far", test_far);
  g_test_add_func ("/prologue-backward/failure", test_failure);
  return g_test_run ();
}
