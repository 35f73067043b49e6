/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Group norm, in one op and folded into a factor and a summand, and layer norm: the way back. */

#include "core/ops/elementwise.h"
#include "core/ops/norm/group-norm.h"
#include "core/ops/norm/layer-norm.h"
#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"

#define EPS      1e-5
#define N_INPUTS REFERENCE_NORM_INPUTS

typedef struct
{
  ReferenceNorm op;
  gboolean      modulated;
  double        mean;
} Case;

static const Case cases[] = {
  { { 1, 2, 4, 0, 2, EPS, DIF_ACTIVATION_NONE, 0 }, FALSE, 0.0 },
  { { 2, 15, 6, 0, 3, EPS, DIF_ACTIVATION_SILU, 0 }, FALSE, 0.0 },
  { { 2, 15, 6, 0, 1, EPS, DIF_ACTIVATION_SILU, 0 }, TRUE, 0.0 },
  { { 1, 7, 5, 0, 5, EPS, DIF_ACTIVATION_GELU, 0 }, TRUE, 3.0 },
  { { 1, 9, 35, 0, 7, EPS, DIF_ACTIVATION_MISH, 0 }, FALSE, 0.0 },
};

/* Where the norm is only folded; groups across both tensors, and one with none of x. */
#define BOTH    REFERENCE_FOLD_BOTH
#define FACTOR  REFERENCE_FOLD_FACTOR
#define SUMMAND REFERENCE_FOLD_SUMMAND

static const Case folds[] = {
  { { 2, 15, 6, 0, 3, EPS, DIF_ACTIVATION_NONE, BOTH }, FALSE, 0.0 },
  { { 2, 12, 5, 4, 3, EPS, DIF_ACTIVATION_NONE, BOTH }, TRUE, 0.0 },
  { { 1, 25, 2, 6, 2, EPS, DIF_ACTIVATION_NONE, BOTH }, FALSE, 1.0 },
  { { 2, 15, 6, 0, 3, EPS, DIF_ACTIVATION_NONE, SUMMAND }, FALSE, 0.0 },
  { { 2, 12, 5, 4, 3, EPS, DIF_ACTIVATION_NONE, SUMMAND }, TRUE, 0.0 },
  { { 1, 25, 2, 6, 2, EPS, DIF_ACTIVATION_NONE, SUMMAND }, FALSE, 1.0 },
};

/* beta and the summand of the modulation are not in the factor. */
static const Case fold_factor = { { 2, 15, 6, 0, 3, EPS, DIF_ACTIVATION_NONE, FACTOR },
                                  FALSE,
                                  0.0 };

static void
inputs_new (const Case *c, DifContext *context, DifTensor *x[N_INPUTS])
{
  const ReferenceNorm *op = &c->op;
  const gsize          all = op->c_own + op->c_beside;

  x[REFERENCE_NORM_X] = test_random (context, 1, op->n, op->pixels, 1, op->c_own);
  x[REFERENCE_NORM_BESIDE] =
      op->c_beside ? test_random (context, 2, op->n, op->pixels, 1, op->c_beside) : NULL;
  for (guint i = REFERENCE_NORM_X; i <= REFERENCE_NORM_BESIDE; i++)
    for (gsize k = 0; x[i] && k < x[i]->size; k++)
      x[i]->data[k] += (float) c->mean;
  x[REFERENCE_NORM_GAMMA] = test_random (context, 3, 1, 1, 1, all);
  x[REFERENCE_NORM_BETA] = test_random (context, 4, 1, 1, 1, all);
  x[REFERENCE_NORM_MODULATION] =
      c->modulated ? test_random (context, 5, 1, 1, op->n, 2 * all) : NULL;
}

static DifTensor *
group_norm (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  const ReferenceNorm *op = data;

  return dif_group_norm (context, x[REFERENCE_NORM_X], (guint) op->groups, x[REFERENCE_NORM_GAMMA],
                         x[REFERENCE_NORM_BETA], op->eps, x[REFERENCE_NORM_MODULATION],
                         op->activation);
}

/* Both outputs, side by side, or one of them. */
static DifTensor *
fold (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  const ReferenceNorm *op = data;
  g_auto (DifPrologue) prologue = { NULL };

  dif_group_norm_fold (context, x[REFERENCE_NORM_X], x[REFERENCE_NORM_BESIDE], (guint) op->groups,
                       x[REFERENCE_NORM_GAMMA], x[REFERENCE_NORM_BETA], op->eps,
                       x[REFERENCE_NORM_MODULATION], op->activation, &prologue);
  if (op->parts == REFERENCE_FOLD_BOTH)
    return dif_concat_channels (context, prologue.scale, prologue.shift);
  return dif_tensor_ref (op->parts == REFERENCE_FOLD_FACTOR ? prologue.scale : prologue.shift);
}

static void
test_group_norm (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[N_INPUTS];

  inputs_new (data, context, x);
  test_assert_gradients (group_norm, &exact_group_norm, data, x, N_INPUTS, 1e-5);
  test_unref_all (x, N_INPUTS);
}

static void
test_fold (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[N_INPUTS];

  inputs_new (data, context, x);
  test_assert_gradients (fold, &exact_fold, data, x, N_INPUTS, 1e-5);
  test_unref_all (x, N_INPUTS);
}

static void
test_threads (void)
{
  const Case alone = { { 3, 65 * 47, 37, 0, 1, EPS, DIF_ACTIVATION_SILU, 0 }, TRUE, 0.0 };
  const Case both = { { 2, 71 * 33, 24, 24, 3, EPS, DIF_ACTIVATION_NONE, BOTH }, TRUE, 0.0 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[N_INPUTS];

  inputs_new (&alone, context, x);
  test_same_gradients_over_threads (group_norm, &alone, x, N_INPUTS);
  test_unref_all (x, N_INPUTS);
  inputs_new (&both, context, x);
  test_same_gradients_over_threads (fold, &both, x, N_INPUTS);
  test_unref_all (x, N_INPUTS);
}

/* Numbers at a mean far above their deviation.  The sums that the way back starts from are floats,
 * of products with these numbers: a few times 2^-24 of the mean is lost. */
static void
test_far_mean (void)
{
  const Case             c = { { 1, 33 * 31, 8, 0, 2, EPS, DIF_ACTIVATION_NONE, 0 }, FALSE, 100.0 };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  DifTensor             *x[N_INPUTS];
  DifTensor             *far[N_INPUTS];
  g_autoptr (DifTensor)  dy = test_random (context, 9, 1, 33 * 31, 1, 8);
  double                *expected[N_INPUTS];

  inputs_new (&c, context, x);
  test_gradients_of (context, group_norm, &c, x, (const gconstpointer *) x, N_INPUTS, dy, far);
  test_reference_gradients (&exact_group_norm, &c, x, N_INPUTS, dy, expected);
  for (guint i = 0; i < N_INPUTS; i++)
    {
      if (x[i])
        test_assert_near (far[i]->data, expected[i], x[i]->size, 1e-4);
      g_free (expected[i]);
    }
  test_unref_all (far, N_INPUTS);
  test_unref_all (x, N_INPUTS);
}

/* ---- layer norm ---- */

/* A group norm of single pixels in one group. */
#define ROWS(n, c, mean) { { n, 1, c, 0, 1, EPS, DIF_ACTIVATION_NONE, 0 }, FALSE, mean }

static const Case rows_cases[] = {
  ROWS (1, 3, 0.0), ROWS (3, 5, 0.0), ROWS (7, 16, 0.0), ROWS (35, 17, 3.0), ROWS (2, 37, 0.0),
};

static DifTensor *
layer_norm (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  return dif_layer_norm (context, x[REFERENCE_NORM_X], x[REFERENCE_NORM_GAMMA],
                         x[REFERENCE_NORM_BETA], ((const ReferenceNorm *) data)->eps);
}

static void
test_layer (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[N_INPUTS];

  inputs_new (data, context, x);
  test_assert_gradients (layer_norm, &exact_group_norm, data, x, N_INPUTS, 1e-5);
  test_unref_all (x, N_INPUTS);
}

static void
test_layer_threads (void)
{
  const Case             c = ROWS (1111, 321, 1.0);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[N_INPUTS];

  inputs_new (&c, context, x);
  test_same_gradients_over_threads (layer_norm, &c, x, N_INPUTS);
  test_unref_all (x, N_INPUTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-backward/group/%u", i);

      g_test_add_data_func (name, &cases[i], test_group_norm);
    }
  for (guint i = 0; i < G_N_ELEMENTS (folds); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-backward/fold/%u", i);

      g_test_add_data_func (name, &folds[i], test_fold);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows_cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-backward/layer/%u", i);

      g_test_add_data_func (name, &rows_cases[i], test_layer);
    }
  g_test_add_func ("/norm-backward/layer-threads", test_layer_threads);
  g_test_add_data_func ("/norm-backward/fold-factor", &fold_factor, test_fold);
  g_test_add_func ("/norm-backward/threads", test_threads);
  g_test_add_func ("/norm-backward/far-mean", test_far_mean);
  return g_test_run ();
}
