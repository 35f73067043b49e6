/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/scale.h"
#include "core/tensor/tape.h"
#include "tests/core/support/numbers.h"

static const double factors[] = { 0.5, -3.0, 100.0 };

static void
test_forward (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 3, 4, 5, 2);
  g_autoptr (DifTensor)  y = dif_scale_pictures (context, x, factors);

  g_assert_true (dif_tensor_same_shape (x, y));
  for (gsize i = 0; i < x->size; i++)
    g_assert_cmpfloat (y->data[i], ==, (float) factors[i / 40] * x->data[i]);
  g_assert_null (dif_scale_pictures (context, NULL, factors));
}

/* What is linear has itself as its way back. */
static void
test_backward (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = test_random (context, 1, 3, 4, 5, 2);
  g_autoptr (DifTensor)  y = NULL, dx = NULL;

  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  y = dif_scale_pictures (context, x, factors);
  dif_context_set_tape (context, NULL);
  g_assert_true (dif_tape_backward (tape, context, y, test_random (context, 2, 3, 4, 5, 2)));
  dx = dif_tape_take (tape, x);
  g_assert_nonnull (dx);
  {
    g_autoptr (DifTensor) dy = test_random (context, 2, 3, 4, 5, 2);

    for (gsize i = 0; dx && i < x->size; i++)
      g_assert_cmpfloat (dx->data[i], ==, (float) factors[i / 40] * dy->data[i]);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/scale/forward", test_forward);
  g_test_add_func ("/scale/backward", test_backward);
  return g_test_run ();
}
