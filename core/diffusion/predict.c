/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/diffusion/evaluator.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser       parent;
  DifEvaluator     *evaluator;
  DifPredictionType prediction;
  double (*length) (const DifStep *step); /* what x is divided by */
  double   sigma_data;                    /* of preconditioned networks */
  gboolean deaf;                          /* to what is said of the variance */
} Predict;

static double
preserving_length (const DifStep *step)
{
  return hypot (step->alpha, step->sigma);
}

static double
exploding_length (const DifStep *step)
{
  return step->alpha;
}

static double
straight_length (const DifStep *step)
{
  return step->alpha + step->sigma;
}

/* alpha and sigma are those of the scaled x, so that alpha² + sigma² = 1, or alpha = 1, or
 * alpha + sigma = 1; @output is used up */
static void
from_output (DifContext *context, DifPredictionType prediction, DifTensor *x, DifTensor *output,
             double alpha, double sigma, DifPrediction *out)
{
  const double all = alpha + sigma;

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
    case DIF_PREDICTION_SCORE:
      out->x0 = dif_sum (context, 2,
                         (DifTerm[]) { { 1.0 / alpha, x }, { sigma * sigma / alpha, output } });
      out->eps = dif_sum_over (context, output, 1, (DifTerm[]) { { -sigma, output } });
      break;
    case DIF_PREDICTION_FLOW:
      out->x0 = dif_sum (context, 2, (DifTerm[]) { { 1.0 / all, x }, { -sigma / all, output } });
      out->eps = dif_sum_over (context, output, 2,
                               (DifTerm[]) { { 1.0 / all, x }, { alpha / all, output } });
      break;
    }
}

/* The network's output, and what it says of the variance. */
static DifTensor *
output_for (const Predict *predict, DifContext *context, DifTensor *x, double t,
            DifTensor **variance)
{
  g_autoptr (DifTensor) output = dif_evaluate (predict->evaluator, context, x, t);
  const gsize           channels = x ? x->dim[3] : 0;
  DifTensor            *mean;

  if (! output || output->dim[3] != 2 * channels)
    return g_steal_pointer (&output);
  mean = dif_slice_channels (context, output, 0, channels);
  if (mean && ! predict->deaf)
    *variance = dif_slice_channels (context, output, channels, channels);
  return mean;
}

static void
predict_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                 DifPrediction *out)
{
  Predict              *predict = (Predict *) self;
  const double          length = predict->length (step);
  g_autoptr (DifTensor) scaled = NULL;
  DifTensor            *output;

  if (fabs (length - 1.0) < 1e-12)
    scaled = dif_tensor_ref (x);
  else
    scaled = dif_sum (context, 1, (DifTerm[]) { { 1.0 / length, x } });
  output = output_for (predict, context, scaled, step->t, &out->variance);
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

static DifDenoiser *
predict_new (DifEvaluator *evaluator, DifPredictionType prediction,
             double (*length) (const DifStep *step))
{
  Predict *predict = g_new0 (Predict, 1);

  predict->parent = (DifDenoiser) { predict_denoise, predict_free };
  predict->evaluator = evaluator;
  predict->prediction = prediction;
  predict->length = length;
  return &predict->parent;
}

DifDenoiser *
dif_predict_new (DifEvaluator *evaluator, DifPredictionType prediction)
{
  return predict_new (evaluator, prediction, preserving_length);
}

DifDenoiser *
dif_predict_new_exploding (DifEvaluator *evaluator, DifPredictionType prediction)
{
  return predict_new (evaluator, prediction, exploding_length);
}

DifDenoiser *
dif_predict_new_straight (DifEvaluator *evaluator, DifPredictionType prediction)
{
  return predict_new (evaluator, prediction, straight_length);
}

/* Written with alpha instead of a division by it, so that it holds at alpha 0 too. */
static void
precondition_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                      DifPrediction *out)
{
  Predict              *predict = (Predict *) self;
  const double          data = predict->sigma_data;
  const double          length = hypot (step->alpha * data, step->sigma);
  const double          sign = predict->prediction == DIF_PREDICTION_V ? -1.0 : 1.0;
  g_autoptr (DifTensor) scaled = dif_sum (context, 1, (DifTerm[]) { { 1.0 / length, x } });
  DifTensor            *output = output_for (predict, context, scaled, step->t, &out->variance);

  g_clear_pointer (&scaled, dif_tensor_unref);
  out->x0 = dif_sum_over (context, output, 2,
                          (DifTerm[]) { { step->alpha * data * data / (length * length), x },
                                        { sign * step->sigma * data / length, output } });
  out->eps =
      dif_sum (context, 2,
               (DifTerm[]) { { 1.0 / step->sigma, x }, { -step->alpha / step->sigma, out->x0 } });
}

DifDenoiser *
dif_precondition_new (DifEvaluator *evaluator, DifPredictionType prediction, double sigma_data)
{
  Predict *predict = (Predict *) dif_predict_new (evaluator, prediction);

  predict->parent.denoise = precondition_denoise;
  predict->sigma_data = sigma_data;
  return &predict->parent;
}

DifDenoiser *
dif_predict_for (DifEvaluator *evaluator, const DifProcess *process)
{
  DifDenoiser *denoiser = process->kind->predict (evaluator, process);

  g_return_val_if_fail (denoiser->free == predict_free, denoiser);
  ((Predict *) denoiser)->deaf = process->told != DIF_TOLD_RANGE;
  return denoiser;
}
