/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back in double that convolutions, linear layers and what is done before them are held
 * against is right itself: against central differences of the way forward.  That of each other op
 * is tested where the op is. */

#include "tests/core/support/gradient-conv.h"
#include "tests/core/support/numbers.h"

static void
test_conv (gconstpointer data)
{
  const TestConv        *c = data;
  const ReferenceConv    op = test_conv_reference (c);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[REFERENCE_CONV_INPUTS];
  g_autoptr (DifTensor)  dy = test_conv_inputs (context, c, x);

  test_assert_reference (&exact_conv, &op, x, REFERENCE_CONV_INPUTS, dy);
  test_unref_all (x, REFERENCE_CONV_INPUTS);
}

static const ReferencePrologue prologues[] = {
  { 1, 1, 1, DIF_ACTIVATION_SILU },
  { 2, 15, 5, DIF_ACTIVATION_SILU },
  { 3, 7, 4, DIF_ACTIVATION_GELU },
  { 2, 5, 3, DIF_ACTIVATION_NONE },
};

/* With a factor and a summand and without. */
static void
test_prologue (gconstpointer data)
{
  const ReferencePrologue *op = data;
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  DifTensor               *x[] = { test_random (context, 1, op->n, op->pixels, 1, op->c),
                                   test_random (context, 2, 1, 1, op->n, op->c),
                                   test_random (context, 3, 1, 1, op->n, op->c) };
  g_autoptr (DifTensor)    dy = test_random (context, 4, op->n, op->pixels, 1, op->c);

  test_assert_reference (&exact_prologue, op, x, REFERENCE_PROLOGUE_INPUTS, dy);
  test_unref_all (x + 1, REFERENCE_PROLOGUE_INPUTS - 1);
  test_assert_reference (&exact_prologue, op, x, REFERENCE_PROLOGUE_INPUTS, dy);
  test_unref_all (x, 1);
}

/* Gradients are added to what is there, and only where they are wanted. */
static void
test_parts (void)
{
  const ReferenceConv op = { .n = 1,
                             .h = 1,
                             .w = 1,
                             .c_own = 1,
                             .c_out = 1,
                             .shape = { .kernel = 1, .stride = 1 },
                             .scale = 2.0 };
  const double        x = 3.0, weight = 5.0, dy = 7.0;
  const double       *in[REFERENCE_CONV_INPUTS] = { &x, NULL, &weight };
  double              d_weight = 1.0;
  double             *d_in[REFERENCE_CONV_INPUTS] = { NULL, NULL, &d_weight };

  exact_conv.backward (in, &dy, d_in, &op);
  g_assert_cmpfloat (d_weight, ==, 1.0 + 3.0 * 7.0 * 2.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_SMALL_CONVS; i++)
    {
      g_autofree char *name = g_strdup_printf ("/reference-gradient/conv/%u", i);

      g_test_add_data_func (name, &test_convs[i], test_conv);
    }
  for (guint i = 0; i < G_N_ELEMENTS (prologues); i++)
    {
      g_autofree char *name = g_strdup_printf ("/reference-gradient/prologue/%u", i);

      g_test_add_data_func (name, &prologues[i], test_prologue);
    }
  g_test_add_func ("/reference-gradient/parts", test_parts);
  return g_test_run ();
}
