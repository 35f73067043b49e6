/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/bridge.h"

#include "core/diffusion/unit-range.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifEvaluator      parent;
  DifDenoiser      *denoiser; /* of the network */
  const DifProcess *from;
  const DifProcess *to;
} Bridge;

DifStep
dif_bridge_step (const DifProcess *process, const DifStep *step)
{
  const double ratio = step->sigma / step->alpha;
  const double alpha = process->kind->alpha (ratio);

  return (DifStep) { dif_process_find (process, ratio), alpha, alpha * ratio };
}

/* What a network of that prediction says of a picture and the noise in it. */
static DifTensor *
say (DifContext *context, DifPredictionType prediction, const DifStep *step, const DifPrediction *p)
{
  switch (prediction)
    {
    case DIF_PREDICTION_EPSILON:
      return dif_tensor_ref (p->eps);
    case DIF_PREDICTION_SAMPLE:
      return dif_tensor_ref (p->x0);
    case DIF_PREDICTION_V:
      return dif_sum (context, 2, (DifTerm[]) { { step->alpha, p->eps }, { -step->sigma, p->x0 } });
    case DIF_PREDICTION_SCORE:
      return dif_sum (context, 1, (DifTerm[]) { { -1.0 / step->sigma, p->eps } });
    case DIF_PREDICTION_FLOW:
      break;
    }
  return dif_sum (context, 2, (DifTerm[]) { { 1.0, p->eps }, { -1.0, p->x0 } });
}

static DifTensor *
bridge_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Bridge         *bridge = (const Bridge *) self;
  const DifStep         step = dif_process_step (bridge->to, t);
  const DifStep         own = dif_bridge_step (bridge->from, &step);
  const double          factor = own.alpha / step.alpha;
  const gboolean        unit = bridge->to->unit_range;
  g_autoptr (DifTensor) whole = unit ? dif_unit_range_back (context, x) : NULL;
  g_autoptr (DifTensor) scaled = dif_sum (context, 1, (DifTerm[]) { { factor, unit ? whole : x } });
  g_auto (DifPrediction) p = { NULL, NULL };
  DifTensor *said;

  if (! dif_denoise (bridge->denoiser, context, scaled, &own, &p))
    return NULL;
  said = say (context, bridge->to->prediction, &step, &p);
  return unit ? dif_sum_over (context, said, 1, (DifTerm[]) { { DIF_UNIT_RANGE, said } }) : said;
}

static void
bridge_free (DifEvaluator *self)
{
  dif_denoiser_free (((Bridge *) self)->denoiser);
  g_free (self);
}

DifEvaluator *
dif_bridge_new (DifEvaluator *inner, const DifProcess *from, const DifProcess *to)
{
  Bridge *bridge = g_new0 (Bridge, 1);

  bridge->parent = (DifEvaluator) { bridge_evaluate, bridge_free };
  bridge->denoiser = dif_predict_for (inner, from);
  bridge->from = from;
  bridge->to = to;
  return &bridge->parent;
}
