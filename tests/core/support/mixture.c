/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/mixture.h"

#include <math.h>

#include "tests/core/support/numbers.h"

const Mixture mixture_song = { .weight = 0.8, .centre = 5.0, .deviation = 1.0 };

typedef struct
{
  DifDenoiser parent;
  Mixture     mixture;
} Denoiser;

/* E [x_0 | x] of each heap alone, weighted by how likely x came from it. */
static void
denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
         DifPrediction *out)
{
  const Mixture *m = &((const Denoiser *) self)->mixture;
  const gsize    d = x->dim[3];
  const double   v = pow (step->alpha * m->deviation, 2.0) + step->sigma * step->sigma;
  const double   gain = step->alpha * m->deviation * m->deviation / v;
  const double   odds = log (m->weight / (1.0 - m->weight));

  out->x0 = dif_context_like (context, x);
  out->eps = dif_context_like (context, x);
  for (gsize i = 0; out->x0 && out->eps && i < x->size; i += d)
    {
      double along = 0.0;
      double mean;

      for (gsize k = 0; k < d; k++)
        along += x->data[i + k];
      /* log of likelihoods' ratio, and what tanh of its half makes of it */
      mean = m->centre * tanh (0.5 * odds + step->alpha * m->centre * along / v);
      for (gsize k = 0; k < d; k++)
        {
          double x0 = mean + gain * (x->data[i + k] - step->alpha * mean);

          out->x0->data[i + k] = (float) x0;
          out->eps->data[i + k] = (float) ((x->data[i + k] - step->alpha * x0) / step->sigma);
        }
    }
}

static void
denoiser_free (DifDenoiser *self)
{
  g_free (self);
}

DifDenoiser *
mixture_denoiser_new (const Mixture *mixture)
{
  Denoiser *denoiser = g_new0 (Denoiser, 1);

  denoiser->parent = (DifDenoiser) { denoise, denoiser_free };
  denoiser->mixture = *mixture;
  return &denoiser->parent;
}

/* How far into (0, 1) a normal number is. */
static double
evenly (float normal)
{
  return 0.5 * erfc (-normal / G_SQRT2);
}

DifTensor *
mixture_draw (DifContext *context, const Mixture *mixture, gsize side)
{
  DifTensor            *x = test_random (context, 31, 1, side, side, 2);
  g_autoptr (DifTensor) which = test_random (context, 32, 1, side, side, 1);

  for (gsize i = 0; i < x->size; i++)
    {
      double sign = evenly (which->data[i / 2]) < mixture->weight ? 1.0 : -1.0;

      x->data[i] = (float) (sign * mixture->centre + mixture->deviation * x->data[i]);
    }
  return x;
}

DifTensor *
mixture_anywhere (DifContext *context, gsize side)
{
  DifTensor *x = test_random (context, 33, 1, side, side, 2);

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) (16.0 * evenly (x->data[i]) - 8.0);
  return x;
}

MixtureFacts
mixture_facts (const Mixture *mixture, const DifTensor *points)
{
  const gsize n = points->size / 2;
  gsize       n_near = 0;
  double      squares = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      const float *p = points->data + 2 * i;
      const double near = p[0] + p[1] > 0.0f ? mixture->centre : -mixture->centre;

      n_near += near > 0.0;
      squares += pow (p[0] - near, 2.0) + pow (p[1] - near, 2.0);
    }
  return (MixtureFacts) { (double) n_near / n, sqrt (squares / (2 * n)) };
}

#define N_LEVELS 15
#define TOP      20.0
#define BOTTOM   0.3

DifTensor *
mixture_experiment (DifContext *context, const DifSampler *sampler, gsize side)
{
  g_autoptr (DifDenoiser) denoiser = mixture_denoiser_new (&mixture_song);
  DifStep                 steps[N_LEVELS + 1];
  DifSeededNoise          noise;
  DifSampling             sampling;

  for (guint i = 0; i < N_LEVELS; i++)
    steps[i] = ideal_step (IDEAL_VE, -log (TOP * pow (BOTTOM / TOP, i / (N_LEVELS - 1.0))));
  steps[N_LEVELS] = (DifStep) { 0.0, 1.0, 0.0 };
  dif_seeded_noise_init (&noise, 34);
  dif_sampling_init (&sampling, sampler, steps, N_LEVELS, denoiser, &noise.parent);
  sampling.inner_steps = 100;
  sampling.langevin_step = 0.1;
  return sampler->run (&sampling, context, mixture_anywhere (context, side));
}
