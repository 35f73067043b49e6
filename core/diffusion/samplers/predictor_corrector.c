/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/sde.h"
#include "core/ops/elementwise.h"

#define OWN_SNR 0.16 /* Song et al. 2021, appendix G, for CIFAR-10 */

/* Length of a x + b y, on average over the pictures of the batch. */
static double
mean_length (double a, const DifTensor *x, double b, const DifTensor *y)
{
  const gsize n = x->dim[0];
  const gsize size = x->size / n;
  double      sum = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double squares = 0.0;

      for (gsize k = i * size; k < (i + 1) * size; k++)
        squares += (a * x->data[k] + b * y->data[k]) * (a * x->data[k] + b * y->data[k]);
      sum += sqrt (squares);
    }
  return sum / n;
}

/* A Langevin step that is to the score as the asked ratio of signal to noise is to 1.  Where x is
 * kept in size by shrinking the picture, the step shrinks alike (algorithm 5; in algorithm 4, of
 * alpha 1, nothing does). */
static DifTensor *
correct (const DifSampling *s, DifContext *context, guint i, DifTensor *x, const DifTensor *x0)
{
  const DifStep        *step = &s->steps[i];
  const double          snr = s->snr > 0.0 ? s->snr : OWN_SNR;
  const double          kept = step->alpha / s->steps[i + 1].alpha;
  const double          v = step->sigma * step->sigma;
  g_autoptr (DifTensor) noise = dif_noise_next (s->noise, context, x);
  double                score, size;

  if (! noise)
    {
      dif_tensor_unref (x);
      return NULL;
    }
  score = mean_length (-1.0 / v, x, step->alpha / v, x0);
  size = score > 0.0 ? snr * mean_length (1.0, noise, 0.0, noise) / score : 0.0;
  size = 2.0 * kept * kept * size * size;
  return dif_sum_over (context, x, 3,
                       (DifTerm[]) { { 1.0 - size / v, x },
                                     { size / v * step->alpha, x0 },
                                     { sqrt (2.0 * size), noise } });
}

static DifTensor *
run (const DifSampling *s, DifContext *context, DifTensor *x_start)
{
  g_autoptr (DifTensor) x = x_start;

  for (guint i = 0; i < s->n; i++)
    for (guint k = 0; k <= s->corrector_steps; k++)
      {
        g_auto (DifPrediction) p = { NULL, NULL };

        if (! dif_denoise (s->denoiser, context, x, &s->steps[i], &p))
          return NULL;
        if (k < s->corrector_steps)
          {
            x = correct (s, context, i, x, p.x0);
            continue;
          }
        x = dif_predictor_step (s, context, i, x, &p, DIF_PREDICTOR_REVERSE_DIFFUSION);
        if (! dif_sampling_after_step (s, i + 1, x, p.x0))
          return g_steal_pointer (&x);
      }
  return g_steal_pointer (&x);
}

const DifSampler dif_sampler_predictor_corrector = {
  .id = "predictor-corrector",
  .label = N_ ("Predictor-corrector (150 steps or more)"),
  .citation = "Song et al. 2021 (score SDE), algorithms 2 to 5, the corrector first",
  .order = 1,
  .evals = 2,
  .least_evals = 150,
  .stochastic = TRUE,
  .run = run,
};
