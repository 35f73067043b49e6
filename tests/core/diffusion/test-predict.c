/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/error.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.3, .deviation = 0.6 };

typedef struct
{
  DifPredictionType prediction;
  IdealFrame        frame;
} Case;

static void
check (const Case *c, double lambda)
{
  const DifStep           step = ideal_step (c->frame, lambda);
  g_autoptr (DifContext)  context = dif_context_new (2, NULL);
  g_autoptr (DifDenoiser) denoiser =
      dif_predict_new (ideal_evaluator_new (&ideal, c->prediction), c->prediction);
  g_autoptr (DifTensor) x = test_random (context, 1, 2, 5, 7, 3);
  g_autofree double    *x0 = g_new (double, x->size);
  g_autofree double    *eps = g_new (double, x->size);
  double                gain = step.sigma / step.alpha; /* of rounding, from eps to x0 */
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < x->size; i++)
    {
      x->data[i] *= (float) hypot (step.alpha * ideal.deviation, step.sigma);
      x0[i] = ideal_x0 (&ideal, &step, x->data[i]);
      eps[i] = (x->data[i] - step.alpha * x0[i]) / step.sigma;
    }
  g_assert_true (dif_denoise (denoiser, context, x, &step, &p));
  if (! p.x0 || ! p.eps)
    return;
  test_assert_near (p.x0->data, x0, x->size, 3e-6 * MAX (1.0, gain));
  test_assert_near (p.eps->data, eps, x->size, 3e-6 * MAX (1.0, 1.0 / gain));
}

static void
test_prediction (gconstpointer data)
{
  for (double lambda = -3.0; lambda <= 3.0; lambda += 0.75)
    check (data, lambda);
}

static void
test_no_input (void)
{
  const DifStep           step = ideal_step (IDEAL_VP, 0.0);
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifDenoiser) denoiser =
      dif_predict_new (ideal_evaluator_new (&ideal, DIF_PREDICTION_V), DIF_PREDICTION_V);
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 2, 2, 3);
  g_auto (DifPrediction) p = { NULL, NULL };

  g_assert_false (dif_denoise (denoiser, context, NULL, &step, &p));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_false (dif_denoise (denoiser, context, x, &step, &p));
  g_assert_true (! p.x0 && ! p.eps);
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { DIF_PREDICTION_EPSILON, IDEAL_VP }, { DIF_PREDICTION_EPSILON, IDEAL_VE },
    { DIF_PREDICTION_SAMPLE, IDEAL_VP },  { DIF_PREDICTION_SAMPLE, IDEAL_VE },
    { DIF_PREDICTION_V, IDEAL_VP },       { DIF_PREDICTION_V, IDEAL_VE },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/predict/%s/%s", dif_prediction_name (cases[i].prediction),
                           cases[i].frame == IDEAL_VP ? "vp" : "ve");

      g_test_add_data_func (path, &cases[i], test_prediction);
    }
  g_test_add_func ("/predict/no-input", test_no_input);
  return g_test_run ();
}
