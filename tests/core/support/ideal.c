/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/ideal.h"

#include <math.h>

const char *
ideal_frame_name (IdealFrame frame)
{
  static const char *const names[IDEAL_N_FRAMES] = { "vp", "ve", "flow" };

  return names[frame];
}

DifStep
ideal_step (IdealFrame frame, double lambda)
{
  double ratio = exp (-lambda); /* sigma / alpha */

  if (frame == IDEAL_VE)
    return (DifStep) { lambda, 1.0, ratio };
  if (frame == IDEAL_FLOW)
    return (DifStep) { lambda, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio) };
  return (DifStep) { lambda, 1.0 / hypot (1.0, ratio), ratio / hypot (1.0, ratio) };
}

DifStep *
ideal_steps (IdealFrame frame, double first, double last, guint n)
{
  DifStep *steps = g_new (DifStep, n + 1);

  for (guint i = 0; i <= n; i++)
    steps[i] = ideal_step (frame, first + (last - first) * i / n);
  return steps;
}

/* deviation of x_t */
static double
spread (const Ideal *ideal, const DifStep *step)
{
  return hypot (step->alpha * ideal->deviation, step->sigma);
}

/* E [x_0 | x_t] = mean + gain (x_t - alpha mean) */
static double
gain_of (const Ideal *ideal, const DifStep *step)
{
  return step->alpha * pow (ideal->deviation / spread (ideal, step), 2.0);
}

double
ideal_x0 (const Ideal *ideal, const DifStep *step, double x)
{
  return ideal->mean + gain_of (ideal, step) * (x - step->alpha * ideal->mean);
}

double
ideal_flow (const Ideal *ideal, const DifStep *from, const DifStep *to, double x)
{
  return to->alpha * ideal->mean +
         spread (ideal, to) / spread (ideal, from) * (x - from->alpha * ideal->mean);
}

typedef struct
{
  DifDenoiser parent;
  Ideal       ideal;
  gboolean    distilled;
} Denoiser;

static void
denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
         DifPrediction *out)
{
  const Denoiser *denoiser = (const Denoiser *) self;
  const Ideal    *ideal = &denoiser->ideal;
  const double    gain =
      denoiser->distilled ? ideal->deviation / spread (ideal, step) : gain_of (ideal, step);
  const double rest = ideal->mean * (1.0 - gain * step->alpha);

  out->x0 = dif_context_like (context, x);
  out->eps = dif_context_like (context, x);
  for (gsize i = 0; out->x0 && out->eps && i < x->size; i++)
    {
      double x0 = rest + gain * x->data[i];

      out->x0->data[i] = (float) x0;
      out->eps->data[i] = (float) ((x->data[i] - step->alpha * x0) / step->sigma);
    }
}

static void
denoiser_free (DifDenoiser *self)
{
  g_free (self);
}

DifDenoiser *
ideal_denoiser_new (const Ideal *ideal)
{
  Denoiser *denoiser = g_new0 (Denoiser, 1);

  denoiser->parent = (DifDenoiser) { denoise, denoiser_free };
  denoiser->ideal = *ideal;
  return &denoiser->parent;
}

DifDenoiser *
ideal_distilled_new (const Ideal *ideal)
{
  DifDenoiser *denoiser = ideal_denoiser_new (ideal);

  ((Denoiser *) denoiser)->distilled = TRUE;
  return denoiser;
}

typedef struct
{
  DifEvaluator      parent;
  Ideal             ideal[2]; /* for the halves of a batch */
  IdealFrame        frame;
  DifPredictionType prediction;
} Evaluator;

static DifTensor *
evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Evaluator *evaluator = (const Evaluator *) self;
  DifStep          step = ideal_step (evaluator->frame, t);
  DifTensor       *y = dif_context_like (context, x);

  for (gsize i = 0; y && i < x->size; i++)
    {
      double x0 = ideal_x0 (&evaluator->ideal[2 * i / x->size], &step, x->data[i]);
      double eps = (x->data[i] - step.alpha * x0) / step.sigma;
      double v = step.alpha * eps - step.sigma * x0;

      y->data[i] = (float) (evaluator->prediction == DIF_PREDICTION_EPSILON ? eps :
                            evaluator->prediction == DIF_PREDICTION_SAMPLE  ? x0 :
                            evaluator->prediction == DIF_PREDICTION_SCORE   ? -eps / step.sigma :
                            evaluator->prediction == DIF_PREDICTION_FLOW    ? eps - x0 :
                                                                              v);
    }
  return y;
}

static void
evaluator_free (DifEvaluator *self)
{
  g_free (self);
}

DifEvaluator *
ideal_pair_new (const Ideal *first, const Ideal *second, DifPredictionType prediction)
{
  Evaluator *evaluator = g_new0 (Evaluator, 1);

  *evaluator =
      (Evaluator) { { evaluate, evaluator_free }, { *first, *second }, IDEAL_VP, prediction };
  return &evaluator->parent;
}

DifEvaluator *
ideal_framed_new (const Ideal *ideal, IdealFrame frame, DifPredictionType prediction)
{
  DifEvaluator *evaluator = ideal_evaluator_new (ideal, prediction);

  ((Evaluator *) evaluator)->frame = frame;
  return evaluator;
}

DifEvaluator *
ideal_evaluator_new (const Ideal *ideal, DifPredictionType prediction)
{
  return ideal_pair_new (ideal, ideal, prediction);
}
