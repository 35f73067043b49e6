/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/diffusion/evaluator.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser       parent;
  DifEvaluator     *evaluator;
  DifPredictionType prediction;
} Predict;

/* alpha and sigma are those of the scaled x, so alpha² + sigma² = 1; @output is used up */
static void
from_output (DifContext *context, DifPredictionType prediction, DifTensor *x, DifTensor *output,
             double alpha, double sigma, DifPrediction *out)
{
  switch (prediction)
    {
    case DIF_PREDICTION_EPSILON:
      out->x0 =
          dif_sum (context, 2, (DifTerm[]) { { 1.0 / alpha, x }, { -sigma / alpha, output } });
      out->eps = output;
      break;
    case DIF_PREDICTION_SAMPLE:
      out->x0 = output;
      out->eps =
          dif_sum (context, 2, (DifTerm[]) { { 1.0 / sigma, x }, { -alpha / sigma, output } });
      break;
    case DIF_PREDICTION_V:
      out->x0 = dif_sum (context, 2, (DifTerm[]) { { alpha, x }, { -sigma, output } });
      out->eps = dif_sum_over (context, output, 2, (DifTerm[]) { { sigma, x }, { alpha, output } });
      break;
    }
}

static void
predict_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                 DifPrediction *out)
{
  Predict              *predict = (Predict *) self;
  const double          length = hypot (step->alpha, step->sigma);
  g_autoptr (DifTensor) scaled = NULL;
  DifTensor            *output;

  if (fabs (length - 1.0) < 1e-12)
    scaled = dif_tensor_ref (x);
  else
    scaled = dif_sum (context, 1, (DifTerm[]) { { 1.0 / length, x } });
  output = dif_evaluate (predict->evaluator, context, scaled, step->t);
  if (output)
    from_output (context, predict->prediction, scaled, output, step->alpha / length,
                 step->sigma / length, out);
}

static void
predict_free (DifDenoiser *self)
{
  dif_evaluator_free (((Predict *) self)->evaluator);
  g_free (self);
}

DifDenoiser *
dif_predict_new (DifEvaluator *evaluator, DifPredictionType prediction)
{
  Predict *predict = g_new0 (Predict, 1);

  predict->parent = (DifDenoiser) { predict_denoise, predict_free };
  predict->evaluator = evaluator;
  predict->prediction = prediction;
  return &predict->parent;
}
