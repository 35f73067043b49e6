/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tape on an op of the test's own: y = a², and on sums of such. */

#include "core/tensor/tape.h"

#include "core/ops/elementwise.h"
#include "tests/core/support/numbers.h"

static guint n_backward;
static guint n_square;

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

  n_square++;
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

/* ---- two outputs ---- */

typedef struct
{
  DifTensor *x;
  DifTensor *times_ten;
} Both;

static void
both_clear (gpointer record)
{
  dif_tensor_unref (((Both *) record)->x);
}

/* 10 x is made besides x². */
static void
both_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Both           *record = data;
  g_autoptr (DifTensor) d_ten = dif_tape_take (tape, record->times_ten);
  DifTensor            *dx = dif_context_like (context, record->x);

  n_backward++;
  for (gsize i = 0; i < dx->size; i++)
    dx->data[i] = (dy ? 2.0f * record->x->data[i] * dy->data[i] : 0.0f) +
                  (d_ten ? 10.0f * d_ten->data[i] : 0.0f);
  dif_tensor_unref (dy);
  dif_tape_add (tape, context, record->x, dx);
}

static DifTensor *
both (DifContext *context, DifTensor *x, DifTensor **times_ten)
{
  DifTensor *y = dif_context_like (context, x);
  Both      *record;

  *times_ten = dif_context_like (context, x);
  for (gsize i = 0; i < y->size; i++)
    {
      y->data[i] = x->data[i] * x->data[i];
      (*times_ten)->data[i] = 10.0f * x->data[i];
    }
  record = dif_tape_record (context, y, (gconstpointer[]) { x }, 1, sizeof *record, both_backward,
                            both_clear);
  if (record)
    {
      dif_tape_also_made (context, *times_ten);
      *record = (Both) { dif_tensor_ref (x), *times_ten };
    }
  return y;
}

/* Its way back is gone once, if either output has a gradient, or both; not if none has. */
static void
test_two_outputs (void)
{
  static const float expected[] = { 0.0f, 6.0f, 60.0f, 66.0f };

  for (guint used = 0; used < G_N_ELEMENTS (expected); used++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTape)    tape = dif_tape_new ();
      g_autoptr (DifTensor)  x = constant (context, 3.0f);
      g_autoptr (DifTensor)  ten = NULL;
      g_autoptr (DifTensor)  y = NULL;
      g_autoptr (DifTensor)  square_of_ten = NULL;
      g_autoptr (DifTensor)  dx = NULL;

      dif_tape_watch (tape, x);
      dif_context_set_tape (context, tape);
      y = both (context, x, &ten);
      g_assert_true (dif_tape_wants (tape, y));
      g_assert_true (dif_tape_wants (tape, ten));
      square_of_ten = square (context, ten);
      n_backward = 0;
      if (used & 1)
        dif_tape_add (tape, context, y, constant (context, 1.0f));
      if (used & 2)
        dif_tape_add (tape, context, square_of_ten,
                      constant (context, 0.1f)); /* 0.1 x 2 x 30 = 6 */
      g_assert_true (dif_tape_backward (tape, context, square_of_ten, NULL));
      dx = dif_tape_take (tape, x);
      g_assert_cmpuint (n_backward, ==, (used ? 1 : 0) + (used & 2 ? 1 : 0));
      if (used)
        g_assert_cmpfloat_with_epsilon (dx->data[0], expected[used], 1e-4f);
      else
        g_assert_null (dx);
      g_assert_false (dif_tape_wants (tape, ten));
    }
}

/* A block is done twice where the tape asks for that, and only there. */
static void
test_sparse (void)
{
  for (gboolean sparse = FALSE; sparse <= TRUE; sparse++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTape)    tape = dif_tape_new ();
      g_autoptr (DifTensor)  x = constant (context, 1.5f);
      g_autoptr (DifTensor)  y = dif_tape_block (context, square_twice, "data", &x, 1);
      g_autoptr (DifTensor)  z = NULL;
      g_autoptr (DifTensor)  dx = NULL;

      assert_all (y, 5.0625f);
      dif_tape_watch (tape, x);
      dif_tape_set_sparse (tape, sparse);
      dif_context_set_tape (context, tape);
      n_square = 0;
      z = dif_tape_block (context, square_twice, "data", &x, 1);
      g_assert_true (dif_tape_backward (tape, context, z, constant (context, 1.0f)));
      g_assert_cmpuint (n_square, ==, sparse ? 4 : 2);
      dx = dif_tape_take (tape, x);
      assert_all (dx, 13.5f);
    }
}

static DifTensor *
sum_of_squares (gconstpointer data G_GNUC_UNUSED, DifContext *context, DifTensor *const *inputs)
{
  g_autoptr (DifTensor) a = square (context, inputs[0]);
  g_autoptr (DifTensor) b = square (context, inputs[0]);

  return dif_sum (context, 2, (DifTerm[]) { { 1.0, a }, { 1.0, b } });
}

/* A block adds its parts to what an input has already got one by one, as ops outside of one do:
 * each is too small to be seen there, both together are not. */
static void
test_order (void)
{
  for (gboolean sparse = FALSE; sparse <= TRUE; sparse++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTape)    tape = dif_tape_new ();
      g_autoptr (DifTensor)  x = constant (context, 0.5f);
      g_autoptr (DifTensor)  y = NULL;
      g_autoptr (DifTensor)  dx = NULL;

      dif_tape_watch (tape, x);
      dif_tape_set_sparse (tape, sparse);
      dif_context_set_tape (context, tape);
      y = dif_tape_block (context, sum_of_squares, NULL, &x, 1);
      dif_tape_add (tape, context, x, constant (context, 16777216.0f));
      g_assert_true (dif_tape_backward (tape, context, y, constant (context, 1.0f)));
      dx = dif_tape_take (tape, x);
      assert_all (dx, 16777216.0f);
    }
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
  g_test_add_func ("/tape/two-outputs", test_two_outputs);
  g_test_add_func ("/tape/sparse", test_sparse);
  g_test_add_func ("/tape/order", test_order);
  g_test_add_func ("/tape/failed", test_failed);
  return g_test_run ();
}
