/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/mixture.h"

#include <math.h>

#include "core/base/rng.h"

/* Of each heap alone the answer is that for a normal distribution; they are weighted by how likely
 * x came from each. */
double
dif_mixture_look (const DifMixture *mixture, const DifStep *step, const double *x, double *score,
                  double *x0)
{
  const double alpha = step->alpha;
  double       likelihood[DIF_MIXTURE_MAX];
  double       highest = -INFINITY;
  double       sum = 0.0;

  for (guint k = 0; k < mixture->n; k++)
    {
      const double v = pow (alpha * mixture->deviation[k], 2.0) + step->sigma * step->sigma;
      double       squares = 0.0;

      for (guint i = 0; i < mixture->d; i++)
        squares += pow (x[i] - alpha * mixture->center[k * mixture->d + i], 2.0);
      likelihood[k] =
          log (mixture->weight[k]) - 0.5 * mixture->d * log (2.0 * G_PI * v) - 0.5 * squares / v;
      highest = fmax (highest, likelihood[k]);
    }
  for (guint k = 0; k < mixture->n; k++)
    sum += likelihood[k] = exp (likelihood[k] - highest);
  for (guint i = 0; i < mixture->d; i++)
    {
      double of_score = 0.0;
      double of_x0 = 0.0;

      for (guint k = 0; k < mixture->n; k++)
        {
          const double s2 = pow (mixture->deviation[k], 2.0);
          const double v = alpha * alpha * s2 + step->sigma * step->sigma;
          const double center = mixture->center[k * mixture->d + i];
          const double off = x[i] - alpha * center;

          of_score -= likelihood[k] / sum * off / v;
          of_x0 += likelihood[k] / sum * (center + alpha * s2 / v * off);
        }
      if (score)
        score[i] = of_score;
      if (x0)
        x0[i] = of_x0;
    }
  return highest + log (sum);
}

/* The heap is drawn by cutting [0, 1) into the shares. */
void
dif_mixture_draw (const DifMixture *mixture, guint64 seed, guint64 stream, gsize n, double *out)
{
  const guint        d = mixture->d;
  g_autofree double *which = g_new (double, n);
  g_autofree float  *normal = g_new (float, n *d);

  dif_rng_normal (seed, stream, 0, normal, n * d);
  dif_rng_uniform (seed, stream + 1, 0, which, n);
  for (gsize p = 0; p < n; p++)
    {
      guint k = 0;

      for (double rest = which[p] - mixture->weight[0]; rest >= 0.0 && k + 1 < mixture->n;
           rest -= mixture->weight[k])
        k++;
      for (guint i = 0; i < d; i++)
        out[p * d + i] = mixture->center[k * d + i] + mixture->deviation[k] * normal[p * d + i];
    }
}

typedef struct
{
  DifDenoiser       parent;
  const DifMixture *mixture;
} Denoiser;

static void
denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
         DifPrediction *out)
{
  const DifMixture  *mixture = ((const Denoiser *) self)->mixture;
  const guint        d = mixture->d;
  g_autofree double *point = g_new (double, 2 * d);

  out->x0 = dif_context_like (context, x);
  out->eps = dif_context_like (context, x);
  for (gsize i = 0; out->x0 && out->eps && i < x->size; i += d)
    {
      for (guint k = 0; k < d; k++)
        point[k] = x->data[i + k];
      dif_mixture_look (mixture, step, point, NULL, point + d);
      for (guint k = 0; k < d; k++)
        {
          out->x0->data[i + k] = (float) point[d + k];
          out->eps->data[i + k] = (float) ((point[k] - step->alpha * point[d + k]) / step->sigma);
        }
    }
}

static void
denoiser_free (DifDenoiser *self)
{
  g_free (self);
}

DifDenoiser *
dif_mixture_denoiser_new (const DifMixture *mixture)
{
  Denoiser *denoiser = g_new0 (Denoiser, 1);

  denoiser->parent = (DifDenoiser) { denoise, denoiser_free };
  denoiser->mixture = mixture;
  return &denoiser->parent;
}
