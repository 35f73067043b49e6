/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/error.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

static const Ideal ideal = { .mean = 0.3, .deviation = 0.6 };

typedef struct
{
  DifPredictionType prediction;
  IdealFrame        network; /* it was trained in */
  IdealFrame        frame;
} Case;

static DifDenoiser *
predict_new (const Case *c)
{
  DifEvaluator *evaluator = ideal_framed_new (&ideal, c->network, c->prediction);

  switch (c->network)
    {
    case IDEAL_VE:
      return dif_predict_new_exploding (evaluator, c->prediction);
    case IDEAL_FLOW:
      return dif_predict_new_straight (evaluator, c->prediction);
    default:
      return dif_predict_new (evaluator, c->prediction);
    }
}

static void
check (const Case *c, double lambda)
{
  const DifStep           step = ideal_step (c->frame, lambda);
  g_autoptr (DifContext)  context = dif_context_new (2, NULL);
  g_autoptr (DifDenoiser) denoiser = predict_new (c);
  g_autoptr (DifTensor)   x = test_random (context, 1, 2, 5, 7, 3);
  g_autofree double      *x0 = g_new (double, x->size);
  g_autofree double      *eps = g_new (double, x->size);
  double                  gain = step.sigma / step.alpha; /* of rounding, from eps to x0 */
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

/* Says twice what it sees in the first half of its channels, and its timestep in the second. */
static DifTensor *
learned_evaluate (DifEvaluator *self G_GNUC_UNUSED, DifContext *context, DifTensor *x, double t)
{
  const gsize c = x->dim[3];
  DifTensor  *y = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], 2 * c);

  for (gsize i = 0; y && i < x->size; i++)
    {
      y->data[i / c * 2 * c + i % c] = 2.0f * x->data[i];
      y->data[i / c * 2 * c + c + i % c] = (float) t;
    }
  return y;
}

static void
learned_free (DifEvaluator *self)
{
  g_free (self);
}

static void
test_variance (void)
{
  const DifStep           step = ideal_step (IDEAL_VP, 0.25);
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  DifEvaluator           *learned = g_new (DifEvaluator, 1);
  g_autoptr (DifDenoiser) denoiser = dif_predict_new (learned, DIF_PREDICTION_EPSILON);
  g_autoptr (DifTensor)   x = test_random (context, 2, 2, 3, 4, 3);
  g_auto (DifPrediction) p = { NULL, NULL };

  *learned = (DifEvaluator) { learned_evaluate, learned_free };
  g_assert_true (dif_denoise (denoiser, context, x, &step, &p));
  g_assert_true (p.variance && dif_tensor_same_shape (p.variance, x));
  g_assert_true (dif_tensor_same_shape (p.eps, x) && dif_tensor_same_shape (p.x0, x));
  for (gsize i = 0; p.variance && i < x->size; i++)
    {
      g_assert_cmpfloat (p.eps->data[i], ==, 2.0f * x->data[i]);
      g_assert_cmpfloat (p.variance->data[i], ==, 0.25f);
    }
}

/* For any kind of process, but not where it says that the variance is fixed. */
static void
test_fixed_variance (void)
{
  static const char *const classes[] = { "DDPMScheduler", "EDMEulerScheduler",
                                         "ScoreSdeVeScheduler", "FlowMatchEulerDiscreteScheduler" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (classes); i++)
    {
      g_autofree char *json =
          g_strdup_printf ("{'_class_name': '%s', 'variance_type': '%s'}", classes[i / 2],
                           i % 2 ? "fixed_small" : "learned_range");
      g_autoptr (DifContext)  context = dif_context_new (1, NULL);
      g_autoptr (DifProcess)  process = test_process (json, NULL);
      DifEvaluator           *learned = g_new (DifEvaluator, 1);
      g_autoptr (DifDenoiser) denoiser = dif_predict_for (learned, process);
      g_autoptr (DifTensor)   x = test_random (context, 2, 2, 3, 4, 3);
      const DifStep           step = dif_process_draw (process, 0.5);
      g_auto (DifPrediction) p = { NULL, NULL };

      *learned = (DifEvaluator) { learned_evaluate, learned_free };
      g_assert_true (dif_denoise (denoiser, context, x, &step, &p));
      g_assert_true (dif_tensor_same_shape (p.x0, x) && dif_tensor_same_shape (p.eps, x));
      g_assert_true (i % 2 ? p.variance == NULL : dif_tensor_same_shape (p.variance, x));
    }
}

/* Karras et al. 2022, table 1: a network that says twice its input gives c_skip x + 2 c_out c_in x,
 * in both frames and where alpha is 0. */
static void
check_precondition (const DifStep *step, DifPredictionType prediction)
{
  const double            data = 0.5;
  const double            s = step->sigma / step->alpha;
  const double            rest = s * s + data * data;
  const double            sign = prediction == DIF_PREDICTION_V ? -1.0 : 1.0;
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  DifEvaluator           *learned = g_new (DifEvaluator, 1);
  g_autoptr (DifDenoiser) denoiser = dif_precondition_new (learned, prediction, data);
  g_autoptr (DifTensor)   x = test_random (context, 3, 1, 3, 4, 3);
  g_auto (DifPrediction) p = { NULL, NULL };

  *learned = (DifEvaluator) { learned_evaluate, learned_free };
  g_assert_true (dif_denoise (denoiser, context, x, step, &p));
  for (gsize i = 0; p.x0 && i < x->size; i++)
    {
      double z = x->data[i] / step->alpha;
      double x0 = data * data / rest * z + sign * s * data / sqrt (rest) * 2.0 * z / sqrt (rest);

      if (step->alpha == 0.0) /* the limit for an infinite s */
        x0 = sign * 2.0 * data * x->data[i] / step->sigma;
      g_assert_cmpfloat_with_epsilon (p.x0->data[i], x0, 1e-5 * MAX (1.0, fabs (x0)));
      g_assert_cmpfloat_with_epsilon (step->alpha * p.x0->data[i] + step->sigma * p.eps->data[i],
                                      x->data[i], 1e-5);
    }
}

static void
test_precondition (void)
{
  const DifStep pure = { 1.0, 0.0, 1.0 };

  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    for (double lambda = -3.0; lambda <= 3.0; lambda += 1.5)
      {
        const DifStep step = ideal_step (frame, lambda);

        check_precondition (&step, DIF_PREDICTION_EPSILON);
        check_precondition (&step, DIF_PREDICTION_V);
      }
  check_precondition (&pure, DIF_PREDICTION_EPSILON);
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

static void
add (Case c)
{
  g_autofree char *path =
      g_strdup_printf ("/predict/%s/%s/%s", ideal_frame_name (c.network),
                       dif_prediction_name (c.prediction), ideal_frame_name (c.frame));

  if (c.prediction != DIF_PREDICTION_V || c.network == IDEAL_VP)
    g_test_add_data_func_full (path, g_memdup2 (&c, sizeof c), test_prediction, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (DifPredictionType p = DIF_PREDICTION_EPSILON; p <= DIF_PREDICTION_FLOW; p++)
    for (guint i = 0; i < IDEAL_N_FRAMES * IDEAL_N_FRAMES; i++)
      add ((Case) { p, i / IDEAL_N_FRAMES, i % IDEAL_N_FRAMES });
  g_test_add_func ("/predict/variance", test_variance);
  g_test_add_func ("/predict/variance/fixed", test_fixed_variance);
  g_test_add_func ("/predict/precondition", test_precondition);
  g_test_add_func ("/predict/no-input", test_no_input);
  return g_test_run ();
}
