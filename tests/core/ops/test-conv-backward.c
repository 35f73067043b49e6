/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Gradients of convolutions with all that they can do, from the tape: against the way back in
 * double and against central differences of the op itself. */

#include <math.h>
#include <string.h>

#include "core/ops/conv/conv-weight-backward.h"
#include "tests/core/support/gradient-conv.h"
#include "tests/core/support/numbers.h"

#define N_INPUTS REFERENCE_CONV_INPUTS
#define WEIGHT   REFERENCE_CONV_WEIGHT

typedef struct
{
  ReferenceConv reference;
  DifTensor    *input[N_INPUTS]; /* or NULL */
  DifTensor    *dy;
  DifPrologue   prologue;
  DifConvInput  read;
  DifWeight    *weight;
} Op;

static void
pack (DifContext *context, Op *op)
{
  const ReferenceConv       *c = &op->reference;
  DifAllocator              *allocator = dif_context_allocator (context);
  const gsize                c_in = c->c_own + c->c_beside;
  g_autoptr (DifWeightStore) store = dif_weight_store_new (allocator, G_MAXSIZE);

  op->weight = dif_weight_new_conv (allocator, op->input[WEIGHT]->data, c->c_out, c_in,
                                    c->shape.kernel, DIF_WEIGHT_F32, NULL);
  op->weight->backward = dif_weight_new_conv_backward (allocator, op->input[WEIGHT]->data, c->c_out,
                                                       c_in, c->shape.kernel, DIF_WEIGHT_F32, NULL);
  dif_weight_use_store (op->weight, store);
}

static void
op_init (Op *op, DifContext *context, const TestConv *c)
{
  *op = (Op) { test_conv_reference (c) };
  op->dy = test_conv_inputs (context, c, op->input);
  op->prologue = (DifPrologue) { op->input[REFERENCE_CONV_FACTOR],
                                 op->input[REFERENCE_CONV_SUMMAND], op->reference.before };
  op->read = (DifConvInput) { op->input[REFERENCE_CONV_X], op->input[REFERENCE_CONV_BESIDE],
                              c->what & TEST_CONV_PROLOGUE ? &op->prologue : NULL };
  pack (context, op);
}

static void
op_clear (Op *op)
{
  test_unref_all (op->input, N_INPUTS);
  dif_tensor_unref (op->dy);
  dif_weight_free (op->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Op, op_clear)

static DifTensor *
op_run (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  const Op         *op = data;
  const DifEpilogue epilogue = { x[REFERENCE_CONV_BIAS], x[REFERENCE_CONV_SHIFT],
                                 x[REFERENCE_CONV_RESIDUAL], (float) op->reference.scale,
                                 DIF_ACTIVATION_NONE };

  return dif_conv (context, &op->read, op->weight, &op->reference.shape, &epilogue);
}

/* The gradients of <dy, op> that are asked for, from the tape. */
static void
differentiate (const Op *op, DifContext *context, guint wanted, DifTensor *gradient[N_INPUTS])
{
  gconstpointer key[N_INPUTS];

  for (guint i = 0; i < N_INPUTS; i++)
    key[i] = wanted & 1u << i ? op->input[i] : NULL;
  if (key[WEIGHT])
    key[WEIGHT] = op->weight;
  test_gradients_of (context, op_run, op, op->input, key, N_INPUTS, op->dy, gradient);
}

static void
test_reference (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { { 0 } };
  DifTensor *gradient[N_INPUTS];
  double    *expected[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  test_reference_gradients (&exact_conv, &op.reference, op.input, N_INPUTS, op.dy, expected);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      g_assert_true (! gradient[i] == ! expected[i]);
      if (gradient[i])
        {
          g_assert_cmpuint (gradient[i]->size, ==, op.input[i]->size);
          g_test_message ("input %u", i);
          /* through Winograd's transforms a little more is lost */
          test_assert_near (gradient[i]->data, expected[i], gradient[i]->size,
                            i <= REFERENCE_CONV_BESIDE ? 2e-5 : 1e-5);
        }
      g_free (expected[i]);
    }
  test_unref_all (gradient, N_INPUTS);
}

/* The weight's gradient in each way that there is. */
static void
test_ways (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { { 0 } };
  const DifTensor *weight;
  double          *expected[N_INPUTS];

  op_init (&op, context, data);
  weight = op.input[WEIGHT];
  test_reference_gradients (&exact_conv, &op.reference, op.input, N_INPUTS, op.dy, expected);
  for (gsize i = 0; i < op.dy->size; i++)
    op.dy->data[i] *= (float) op.reference.scale;
  for (guint way = DIF_CONV_AUTO; way < DIF_N_CONV_ALGORITHMS; way++)
    {
      g_autoptr (DifTensor) gradient =
          dif_conv_weight_backward_by (context, &op.read, op.dy, &op.reference.shape, way);

      if (test_has_shape (gradient, weight->dim[0], weight->dim[1], weight->dim[2], weight->dim[3]))
        test_assert_near (gradient->data, expected[WEIGHT], gradient->size, 1e-5);
    }
  for (guint i = 0; i < N_INPUTS; i++)
    g_free (expected[i]);
}

/* One input asked for at a time gives the same as all at once, and nothing else. */
static void
test_one (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { { 0 } };
  DifTensor *all[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, all);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      DifTensor *one[N_INPUTS];

      if (! op.input[i])
        continue;
      differentiate (&op, context, 1u << i, one);
      for (guint j = 0; j < N_INPUTS; j++)
        g_assert_true (! one[j] == (i != j));
      if (one[i] && all[i])
        g_assert_cmpmem (one[i]->data, one[i]->size * sizeof (float), all[i]->data,
                         all[i]->size * sizeof (float));
      test_unref_all (one, N_INPUTS);
    }
  test_unref_all (all, N_INPUTS);
}

/* ---- central differences, along a random direction in each input ---- */

static double
dot (const DifTensor *a, const DifTensor *b)
{
  double sum = 0.0;

  for (gsize i = 0; i < a->size; i++)
    sum += (double) a->data[i] * b->data[i];
  return sum;
}

static double
loss_at (Op *op, DifContext *context, guint input, const DifTensor *direction, double step)
{
  DifTensor            *x = op->input[input];
  g_autoptr (DifTensor) before = dif_context_like (context, x);
  g_autoptr (DifTensor) y = NULL;

  memcpy (before->data, x->data, x->size * sizeof (float));
  for (gsize i = 0; i < x->size; i++)
    x->data[i] += (float) (step * direction->data[i]);
  if (input == WEIGHT)
    dif_weight_set (dif_context_allocator (context), op->weight, x->data, NULL);
  y = op_run (context, op->input, op);
  memcpy (x->data, before->data, x->size * sizeof (float));
  return dot (y, op->dy);
}

static void
test_differences (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_auto (Op) op = { { 0 } };
  DifTensor *gradient[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      g_autoptr (DifTensor) direction = NULL;
      double                up, down;

      if (! op.input[i])
        continue;
      direction = test_random (context, 20 + i, 1, 1, 1, op.input[i]->size);
      up = loss_at (&op, context, i, direction, 1e-2);
      down = loss_at (&op, context, i, direction, -1e-2);
      if (i == WEIGHT)
        dif_weight_set (dif_context_allocator (context), op.weight, op.input[i]->data, NULL);
      /* along a random direction a gradient has about its own length */
      g_assert_cmpfloat (fabs ((up - down) / 2e-2 - dot (gradient[i], direction)), <=,
                         1e-2 * sqrt (dot (gradient[i], gradient[i])));
    }
  test_unref_all (gradient, N_INPUTS);
}

/* ---- threads ---- */

/* All gradients, one after another. */
static DifTensor *
all_gradients (DifContext *context, gconstpointer data)
{
  g_auto (Op) op = { { 0 } };
  DifTensor *gradient[N_INPUTS];

  op_init (&op, context, data);
  differentiate (&op, context, G_MAXUINT, gradient);
  return test_join (context, gradient, N_INPUTS);
}

static void
test_threads (gconstpointer data)
{
  test_same_over_threads (all_gradients, data);
}

/* ---- what is not recorded ---- */

static void
test_unwanted (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  other = test_random (context, 1, 1, 1, 1, 1);
  g_autoptr (DifTensor)  y = NULL;
  g_auto (Op) op = { { 0 } };

  op_init (&op, context, &test_convs[7]); /* it joins channels before */
  dif_tape_watch (tape, other);
  dif_context_set_tape (context, tape);
  y = op_run (context, op.input, &op);
  g_assert_true (dif_context_tape (context) == tape);
  g_assert_false (dif_tape_wants (tape, y));
  for (guint i = 0; i < N_INPUTS; i++)
    g_assert_true (! op.input[i] || ! dif_tensor_is_shared (op.input[i]) ||
                   op.input[i]->owner != NULL);
}

/* An activation at the end has no gradient: refused where one is wanted, else allowed. */
static void
test_activation (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  y = NULL;
  const DifEpilogue      epilogue = { .activation = DIF_ACTIVATION_SILU };
  g_auto (Op) op = { { 0 } };

  op_init (&op, context, &test_convs[6]);
  dif_context_set_tape (context, tape);
  y = dif_conv (context, &op.read, op.weight, &op.reference.shape, &epilogue);
  g_assert_nonnull (y);
  dif_tape_watch (tape, op.weight);
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*dif_conv_can_record*");
  g_assert_null (dif_conv (context, &op.read, op.weight, &op.reference.shape, &epilogue));
  g_test_assert_expected_messages ();
  dif_context_set_tape (context, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char   *name;
    GTestDataFunc func;
  } all[] = { { "reference", test_reference },
              { "ways", test_ways },
              { "one", test_one },
              { "differences", test_differences },
              { "threads", test_threads } };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_CONVS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (all); j++)
      {
        g_autofree char *name = g_strdup_printf ("/conv-backward/%s/%u", all[j].name, i);

        g_test_add_data_func (name, &test_convs[i], all[j].func);
      }
  g_test_add_func ("/conv-backward/unwanted", test_unwanted);
  g_test_add_func ("/conv-backward/activation", test_activation);
  return g_test_run ();
}
