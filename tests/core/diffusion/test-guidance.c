/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Guidance by its formula. */

#include <math.h>

#include "core/base/error.h"
#include "core/diffusion/guidance.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.3, .deviation = 0.6 };
static const Ideal other = { .mean = -0.5, .deviation = 1.5 };

static void
test_formula (void)
{
  static const double scales[] = { 0.0, 1.0, 2.5, 100.0 };
  const DifStep       step = ideal_step (IDEAL_VP, 0.5);

  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      const double             s = scales[k];
      g_autoptr (DifContext)   context = dif_context_new (1, NULL);
      DifEvaluator            *pair = ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE);
      g_autoptr (DifEvaluator) guidance = dif_guidance_new (pair, 0, s, 0.0);
      g_autoptr (DifTensor)    x = test_random (context, 1, 2, 9, 9, 3);
      g_autoptr (DifTensor)    y = dif_evaluate (guidance, context, x, step.t);

      if (test_has_shape (y, 2, 9, 9, 3))
        for (gsize i = 0; i < x->size; i++)
          {
            double with = ideal_x0 (&ideal, &step, x->data[i]);
            double without = ideal_x0 (&other, &step, x->data[i]);

            g_assert_cmpfloat_with_epsilon (y->data[i], without + s * (with - without),
                                            1e-6 * MAX (s, 1.0) * 4);
          }
      g_assert_null (dif_evaluate (guidance, context, NULL, step.t));
    }
}

/* With n - 1. */
static double
deviation (const float *x, gsize n)
{
  double sum = 0.0;
  double squares = 0.0;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  for (gsize i = 0; i < n; i++)
    squares += pow (x[i] - sum / n, 2.0);
  return sqrt (squares / (n - 1));
}

/* All of the deviation is brought back with 1, none with 0, each picture by itself. */
static void
test_rescale (void)
{
  static const double      phis[] = { 0.0, 0.3, 1.0 };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 2, 9, 7, 3);
  g_autoptr (DifEvaluator) alone = ideal_evaluator_new (&ideal, DIF_PREDICTION_SAMPLE);
  g_autoptr (DifTensor)    with = NULL;
  const gsize              n = 9 * 7 * 3;

  for (gsize i = 0; i < n; i++)
    x->data[i] *= 3.0f; /* of the first picture only */
  with = dif_evaluate (alone, context, x, 0.5);
  for (guint k = 0; k < G_N_ELEMENTS (phis); k++)
    {
      g_autoptr (DifEvaluator) plain =
          dif_guidance_new (ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE), 0, 7.0, 0.0);
      g_autoptr (DifEvaluator) guidance = dif_guidance_new (
          ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE), 0, 7.0, phis[k]);
      g_autoptr (DifTensor) wide = dif_evaluate (plain, context, x, 0.5);
      g_autoptr (DifTensor) y = dif_evaluate (guidance, context, x, 0.5);

      for (gsize i = 0; test_has_shape (y, 2, 9, 7, 3) && i < 2; i++)
        {
          const double before = deviation (wide->data + i * n, n);
          const double aim = deviation (with->data + i * n, n);

          g_assert_cmpfloat (fabs (before / aim - 1.0), >, 0.3);
          g_assert_cmpfloat_with_epsilon (deviation (y->data + i * n, n),
                                          phis[k] * aim + (1.0 - phis[k]) * before, 1e-5 * before);
          if (phis[k] == 0.0)
            g_assert_cmpmem (y->data + i * n, n * sizeof (float), wide->data + i * n,
                             n * sizeof (float));
        }
    }
}

/* A picture of one number has no deviation to be brought back to. */
static void
test_rescale_flat (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, 1, 1, 1);
  g_autoptr (DifEvaluator) guidance =
      dif_guidance_new (ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE), 0, 7.0, 1.0);
  g_autoptr (DifTensor) y = dif_evaluate (guidance, context, x, 0.5);

  g_assert_true (y && isfinite (y->data[0]));
}

/* The pair with a word on the variance behind it: 0.25 x with the label, -0.5 x without. */
typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *pair;
} Teller;

static DifTensor *
tell (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  g_autoptr (DifTensor) mean = dif_evaluate (((Teller *) self)->pair, context, x, t);
  g_autoptr (DifTensor) variance = dif_context_like (context, x);

  for (gsize i = 0; variance && i < x->size; i++)
    variance->data[i] = (i < x->size / 2 ? 0.25f : -0.5f) * x->data[i];
  return dif_concat_channels (context, mean, variance);
}

static void
teller_free (DifEvaluator *self)
{
  dif_evaluator_free (((Teller *) self)->pair);
  g_free (self);
}

static DifEvaluator *
teller_new (void)
{
  Teller *teller = g_new (Teller, 1);

  *teller =
      (Teller) { { tell, teller_free }, ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE) };
  return &teller->parent;
}

/* What is said of the variance is what is said of it with the label, and has no part in the rest.
 */
static void
test_variance (void)
{
  static const double ways[][2] = { { 0.0, 0.0 }, { 1.0, 0.0 }, { 7.0, 0.0 }, { 7.0, 0.6 } };

  for (guint k = 0; k < G_N_ELEMENTS (ways); k++)
    {
      g_autoptr (DifContext)   context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)    x = test_random (context, 1, 2, 5, 7, 3);
      DifEvaluator            *pair = ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE);
      g_autoptr (DifEvaluator) plain = dif_guidance_new (pair, 0, ways[k][0], ways[k][1]);
      g_autoptr (DifEvaluator) guided = dif_guidance_new (teller_new (), 3, ways[k][0], ways[k][1]);
      g_autoptr (DifTensor)    mean = dif_evaluate (plain, context, x, 0.5);
      g_autoptr (DifTensor)    both = dif_evaluate (guided, context, x, 0.5);

      for (gsize i = 0; test_has_shape (both, 2, 5, 7, 6) && i < x->size; i++)
        {
          const float *at = both->data + i / 3 * 6 + i % 3;

          g_assert_cmpfloat (at[0], ==, mean->data[i]);
          g_assert_cmpfloat (at[3], ==, 0.25f * x->data[i]);
        }
    }
}

static void
test_interval (void)
{
  static const struct
  {
    double   t;
    gboolean inside;
  } times[] = { { -3.0, FALSE }, { -1.0, TRUE }, { 0.25, TRUE }, { 0.5, TRUE }, { 0.51, FALSE } };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, 4, 4, 3);
  g_autoptr (DifEvaluator) interval =
      dif_interval_new (ideal_evaluator_new (&ideal, DIF_PREDICTION_SAMPLE),
                        ideal_evaluator_new (&other, DIF_PREDICTION_SAMPLE), -1.0, 0.5);

  for (guint k = 0; k < G_N_ELEMENTS (times); k++)
    {
      const DifStep         step = ideal_step (IDEAL_VP, times[k].t);
      g_autoptr (DifTensor) y = dif_evaluate (interval, context, x, times[k].t);

      for (gsize i = 0; test_has_shape (y, 1, 4, 4, 3) && i < y->size; i++)
        g_assert_cmpfloat (y->data[i], ==,
                           (float) ideal_x0 (times[k].inside ? &ideal : &other, &step, x->data[i]));
    }
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifEvaluator          *pair = ideal_pair_new (&ideal, &other, DIF_PREDICTION_SAMPLE);
  DifEvaluator          *guidance = dif_guidance_new (pair, 0, 2.0, 0.5);
  DifTensor             *x = test_random (context, 1, 1, 3, 4, 2);
  DifAllocatorStats      stats;

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_evaluate (guidance, context, x, 0.0));
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_evaluator_free (guidance);
  dif_tensor_unref (x);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

static void
test_rows (void)
{
  guint                        n;
  const DifGuidanceRow *const *rows = dif_guidances (&n);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (*rows[i]->label && *rows[i]->citation);
      g_assert_cmpuint (rows[i]->evals, >=, 1);
      g_assert_true (dif_guidance_find (rows[i]->id) == rows[i]);
    }
  g_assert_null (dif_guidance_find ("nonsense"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/guidance/rows", test_rows);
  g_test_add_func ("/guidance/formula", test_formula);
  g_test_add_func ("/guidance/rescale", test_rescale);
  g_test_add_func ("/guidance/rescale-flat", test_rescale_flat);
  g_test_add_func ("/guidance/variance", test_variance);
  g_test_add_func ("/guidance/interval", test_interval);
  g_test_add_func ("/guidance/failure", test_failure);
  return g_test_run ();
}
