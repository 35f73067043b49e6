/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tape on an op of the test's own: y = a², and on sums of such. */

#include "core/tensor/tape.h"
#include "tests/core/support/numbers.h"

static guint n_backward;

typedef struct
{
  DifTensor *x;
} Square;

static void
square_clear (gpointer record)
{
  dif_tensor_unref (((Square *) record)->x);
}

static void
square_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Square *record = data;
  DifTensor    *dx = dif_context_like (context, dy);

  n_backward++;
  g_assert_null (dif_context_tape (context));
  for (gsize i = 0; i < dx->size; i++)
    dx->data[i] = 2.0f * record->x->data[i] * dy->data[i];
  dif_tensor_unref (dy);
  dif_tape_add (tape, context, record->x, dx);
}

static DifTensor *
square (DifContext *context, DifTensor *x)
{
  DifTensor *y = dif_context_like (context, x);
  Square    *record;

  for (gsize i = 0; i < y->size; i++)
    y->data[i] = x->data[i] * x->data[i];
  record = dif_tape_record (context, y, (gconstpointer[]) { NULL, x }, 2, sizeof *record,
                            square_backward, square_clear);
  if (record)
    record->x = dif_tensor_ref (x);
  return y;
}

static DifTensor *
constant (DifContext *context, float value)
{
  DifTensor *x = dif_context_nhwc (context, 1, 2, 3, 4);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = value;
  return x;
}

static void
assert_all (const DifTensor *x, float value)
{
  g_assert_nonnull (x);
  for (gsize i = 0; i < x->size; i++)
    g_assert_cmpfloat (x->data[i], ==, value);
}

/* ((x²)²): 4 x³; nothing is recorded without a tape, or of what nobody wants. */
static void
test_chain (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = constant (context, 3.0f);
  g_autoptr (DifTensor)  other = constant (context, 5.0f);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  z = NULL;
  g_autoptr (DifTensor)  unwanted = NULL;
  g_autoptr (DifTensor)  dx = NULL;

  dif_tape_watch (tape, x);
  y = square (context, x);
  g_assert_false (dif_tape_wants (tape, y));
  g_clear_pointer (&y, dif_tensor_unref);
  dif_context_set_tape (context, tape);
  unwanted = square (context, other);
  g_assert_false (dif_tape_wants (tape, unwanted));
  y = square (context, x);
  z = square (context, y);
  g_assert_true (dif_tape_wants (tape, z));
  n_backward = 0;
  g_assert_true (dif_tape_backward (tape, context, z, constant (context, 1.0f)));
  g_assert_cmpuint (n_backward, ==, 2);
  g_assert_true (dif_context_tape (context) == tape);
  dx = dif_tape_take (tape, x);
  assert_all (dx, 4.0f * 27.0f);
  g_assert_null (dif_tape_take (tape, x));
  g_assert_null (dif_tape_take (tape, other));
}

/* What is read twice gets both parts, without a part that others hold being written over. */
static void
test_fan_out (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = constant (context, 2.0f);
  g_autoptr (DifTensor)  a = constant (context, 10.0f);
  g_autoptr (DifTensor)  b = constant (context, 1.0f);
  g_autoptr (DifTensor)  sum = NULL;

  dif_tape_watch (tape, x);
  dif_tape_add (tape, context, x, dif_tensor_ref (a));
  dif_tape_add (tape, context, x, dif_tensor_ref (b));
  dif_tape_add (tape, context, x, constant (context, 100.0f));
  dif_tape_add (tape, context, b, constant (context, 7.0f)); /* not wanted */
  dif_tape_add (tape, context, NULL, constant (context, 7.0f));
  dif_tape_add (tape, context, x, NULL);
  sum = dif_tape_take (tape, x);
  assert_all (sum, 111.0f);
  assert_all (a, 10.0f);
  assert_all (b, 1.0f);
}

/* Records after the output, or beside it, are let go of unused. */
static void
test_beside (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = constant (context, 3.0f);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  beside = NULL;
  g_autoptr (DifTensor)  after = NULL;
  g_autoptr (DifTensor)  dx = NULL;

  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  beside = square (context, x);
  y = square (context, x);
  after = square (context, y);
  n_backward = 0;
  g_assert_true (dif_tape_backward (tape, context, y, constant (context, 1.0f)));
  g_assert_cmpuint (n_backward, ==, 1);
  dx = dif_tape_take (tape, x);
  assert_all (dx, 6.0f);
  g_assert_false (dif_tape_wants (tape, y));
}

static DifTensor *
square_twice (gconstpointer data, DifContext *context, DifTensor *const *inputs)
{
  g_autoptr (DifTensor) y = square (context, inputs[0]);

  g_assert_cmpstr (data, ==, "data");
  return square (context, y);
}

/* The same gradients with the middle done twice; its inside leaves nothing on the tape. */
static void
test_checkpoint (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = constant (context, 1.5f);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  z = NULL;
  g_autoptr (DifTensor)  w = NULL;
  g_autoptr (DifTensor)  dx = NULL;

  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  y = square (context, x);
  z = dif_tape_checkpoint (context, square_twice, "data", &y, 1);
  w = square (context, z);
  g_assert_true (dif_context_tape (context) == tape);
  n_backward = 0;
  g_assert_true (dif_tape_backward (tape, context, w, constant (context, 1.0f)));
  g_assert_cmpuint (n_backward, ==, 4);
  dx = dif_tape_take (tape, x);
  assert_all (dx, 16.0f * 437.893890380859375f); /* 1.5 to the 15th */
}

/* A checkpoint without a tape is the ops alone; leaves that only its inside reads get theirs. */
static DifTensor *
square_leaf (gconstpointer data, DifContext *context, DifTensor *const *inputs G_GNUC_UNUSED)
{
  return square (context, (DifTensor *) data);
}

static void
test_checkpoint_leaf (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  leaf = constant (context, 4.0f);
  g_autoptr (DifTensor)  y = dif_tape_checkpoint (context, square_leaf, leaf, NULL, 0);
  g_autoptr (DifTensor)  dx = NULL;

  assert_all (y, 16.0f);
  g_clear_pointer (&y, dif_tensor_unref);
  dif_tape_watch (tape, leaf);
  dif_context_set_tape (context, tape);
  y = dif_tape_checkpoint (context, square_leaf, leaf, NULL, 0);
  g_assert_true (dif_tape_backward (tape, context, y, constant (context, 1.0f)));
  dx = dif_tape_take (tape, leaf);
  assert_all (dx, 8.0f);
}

/* A context that failed goes nowhere, and nothing leaks. */
static void
test_failed (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  x = constant (context, 3.0f);
  g_autoptr (DifTensor)  y = NULL;
  DifTensor             *dy = constant (context, 1.0f);

  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  y = square (context, x);
  dif_context_fail (context, g_error_new_literal (G_FILE_ERROR, 0, "test"));
  n_backward = 0;
  g_assert_false (dif_tape_backward (tape, context, y, dy));
  g_assert_cmpuint (n_backward, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tape/chain", test_chain);
  g_test_add_func ("/tape/fan-out", test_fan_out);
  g_test_add_func ("/tape/beside", test_beside);
  g_test_add_func ("/tape/checkpoint", test_checkpoint);
  g_test_add_func ("/tape/checkpoint-leaf", test_checkpoint_leaf);
  g_test_add_func ("/tape/failed", test_failed);
  return g_test_run ();
}
