/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/two-scores.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/diffusion/bridge.h"
#include "core/diffusion/network.h"
#include "core/ops/elementwise.h"

/* Asked for nothing. */
static DifEvaluator *
network_of (DifContext *context, const DifCheckpoint *model)
{
  GError                  *error = NULL;
  g_autoptr (DifCondition) nothing = dif_conditioner_read (model->conditioner, NULL, &error);

  if (nothing)
    return dif_network_new (model->model, &nothing, 1);
  dif_context_fail (context, error);
  return NULL;
}

static DifTensor *
noise_like (DifContext *context, const DifTensor *x, guint64 seed)
{
  DifTensor *noise = dif_context_like (context, x);

  if (noise)
    dif_rng_normal (seed, 0, 0, noise->data, noise->size);
  return noise;
}

/* The noise that a network sees. */
static DifTensor *
seen (DifContext *context, DifEvaluator *evaluator, const DifProcess *process, DifTensor *x,
      const DifStep *step)
{
  g_autoptr (DifDenoiser) denoiser = evaluator ? dif_predict_for (evaluator, process) : NULL;
  g_auto (DifPrediction) p = { NULL };

  if (! denoiser || ! dif_denoise (denoiser, context, x, step, &p))
    return NULL;
  return dif_tensor_ref (p.eps);
}

/* Of the noises: scores are these by -1 / sigma, which changes neither figure. */
static void
compare (const DifTensor *a, const DifTensor *b, const DifTensor *noise, DifTwoScores *out)
{
  const gsize pictures = noise->dim[0];
  const gsize n = noise->size / pictures;
  double      apart = 0.0, length = 0.0;

  *out = (DifTwoScores) { 0.0 };
  for (gsize k = 0; k < pictures; k++)
    {
      double ab = 0.0, aa = 0.0, bb = 0.0;

      for (gsize i = k * n; i < (k + 1) * n; i++)
        {
          const double u = a->data[i], v = b->data[i], eps = noise->data[i];

          ab += u * v;
          aa += u * u;
          bb += v * v;
          apart += (u - v) * (u - v);
          out->unseen[0] += (u - eps) * (u - eps) / (double) noise->size;
          out->unseen[1] += (v - eps) * (v - eps) / (double) noise->size;
        }
      length += bb;
      out->cosine += ab / sqrt (aa * bb) / (double) pictures;
    }
  out->difference = sqrt (apart / length);
}

gboolean
dif_two_scores_compare (DifContext *context, const DifCheckpoint *one, const DifCheckpoint *other,
                        const DifTensor *x0, double ratio, guint64 seed, DifTwoScores *out)
{
  const DifProcess     *process = other->process;
  const DifStep         step = dif_bridge_step (process, &(DifStep) { 0.0, 1.0, ratio });
  g_autoptr (DifTensor) noise = x0 ? noise_like (context, x0, seed) : NULL;
  g_autoptr (DifTensor) x = NULL, by_one = NULL, by_other = NULL;
  DifEvaluator         *evaluator;

  x = dif_sum (context, 2, (DifTerm[]) { { step.alpha, x0 }, { step.sigma, noise } });
  evaluator = x ? network_of (context, one) : NULL;
  if (evaluator)
    by_one = seen (context, dif_bridge_new (evaluator, one->process, process), process, x, &step);
  by_other = x ? seen (context, network_of (context, other), process, x, &step) : NULL;
  if (! by_one || ! by_other)
    return FALSE;
  compare (by_one, by_other, noise, out);
  return TRUE;
}
