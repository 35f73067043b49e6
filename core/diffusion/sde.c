/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/sde.h"

#include <math.h>

#include "core/diffusion/reference.h"

void
dif_sde_times (guint n, double last, double *t)
{
  for (guint i = 0; i < n; i++)
    t[i] = n > 1 ? 1.0 + (last - 1.0) * i / (n - 1) : 1.0;
}

/* In single precision, since times lie just above whole steps and this decides on which side of
 * one they fall. */
guint
dif_sde_index (const DifSdeArgs *args, double t)
{
  const float place = (float) t * (float) (args->n - 1);

  return (guint) CLAMP (place, 0.0f, (float) (args->n - 1));
}

double
dif_sde_beta (const DifSdeArgs *args, double t, double *integral)
{
  const double slope = args->beta_max - args->beta_min;

  if (integral)
    *integral = args->beta_min * t + 0.5 * slope * t * t;
  return args->beta_min + slope * t;
}

/* Time runs backwards: the drift is taken back, and the score adds what noise had taken. */
static DifMove
reversed (const DifSdeTerms *terms, gboolean flow)
{
  const double variance = terms->deviation * terms->deviation;

  return (DifMove) { .of_x = 1.0 - terms->drift,
                     .of_score = flow ? 0.5 * variance : variance,
                     .noise = flow ? 0.0 : terms->deviation };
}

DifMove
dif_sde_move (const DifSde *sde, const DifSdeArgs *args, DifPredictor predictor, double t)
{
  DifSdeTerms terms;

  if (predictor == DIF_PREDICTOR_ANCESTRAL)
    {
      g_return_val_if_fail (sde->ancestral, ((DifMove) { 1.0, 0.0, 0.0 }));
      return sde->ancestral (args, t);
    }
  if (predictor != DIF_PREDICTOR_EULER_MARUYAMA)
    terms = sde->step (args, t);
  else
    {
      terms = sde->rates (args, t);
      terms.drift /= args->n;
      terms.deviation /= sqrt (args->n);
    }
  return reversed (&terms, predictor == DIF_PREDICTOR_FLOW);
}

DifMove
dif_predictor_move (const DifStep *from, const DifStep *to, DifPredictor predictor)
{
  const double ratio = from->alpha / to->alpha;
  double       beta;
  DifSdeTerms  terms;

  dif_posterior_variance (from, to, &beta);
  if (to->sigma == 0.0)
    return (DifMove) { 1.0 / ratio, beta / ratio, 0.0 }; /* Tweedie's formula */
  terms.drift = predictor == DIF_PREDICTOR_EULER_MARUYAMA ? log (ratio) : ratio - 1.0;
  terms.deviation = sqrt (beta);
  return reversed (&terms, FALSE);
}

/* The score is (alpha x0 - x) / sigma². */
DifTensor *
dif_predictor_step (const DifSampling *s, DifContext *context, guint i, DifTensor *x,
                    const DifPrediction *p, DifPredictor predictor)
{
  const DifStep *from = &s->steps[i];
  const DifMove  move =
      s->reference->moves ? s->reference->moves[i] : dif_predictor_move (from, from + 1, predictor);
  const double pull = move.of_score / (from->sigma * from->sigma);

  return dif_sampling_draw (s, context, x, 2,
                            (DifTerm[]) { { move.of_x - pull, x }, { from->alpha * pull, p->x0 } },
                            move.noise);
}
