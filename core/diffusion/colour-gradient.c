/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/gradient-guidance.h"
#include "core/diffusion/guidance.h"

#define TILE 4096 /* pixels */

typedef struct
{
  DifGradient parent;
  float      *colours; /* [n, 3] */
  guint       n;
  gboolean    mean;
  DifTensor  *mask;
} Colours;

static float
weight_of (const Colours *colours, gsize pixel)
{
  return colours->mask ? colours->mask->data[pixel % colours->mask->size] : 1.0f;
}

/* The first of the nearest. */
static const float *
nearest (const Colours *colours, const float *colour)
{
  const float *best = colours->colours;
  float        least = INFINITY;

  for (guint k = 0; k < colours->n; k++)
    {
      const float *own = colours->colours + 3 * k;
      const float  r = colour[0] - own[0];
      const float  g = colour[1] - own[1];
      const float  b = colour[2] - own[2];
      const float  far = r * r + g * g + b * b;

      if (far < least)
        {
          least = far;
          best = own;
        }
    }
  return best;
}

typedef struct
{
  const Colours *colours;
  const float   *x0;
  float         *out;
  gsize          n; /* pixels */
  double         factor;
} Job;

static void
pull_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;

  for (gsize i = tile * TILE; i < MIN ((tile + 1) * TILE, job->n); i++)
    {
      const float *x0 = job->x0 + 3 * i;
      const float *own = nearest (job->colours, x0);
      const double w = job->factor * weight_of (job->colours, i);

      for (guint c = 0; c < 3; c++)
        job->out[3 * i + c] = (float) (w * (x0[c] - own[c]));
    }
}

/* The mean colour's distance, the same for each pixel of one picture. */
static void
pull_mean (const Colours *colours, const float *x0, gsize n, double factor, float *out)
{
  double       sum[3] = { 0.0 };
  double       weights = 0.0;
  float        mean[3] = { 0.0f };
  const float *own;

  for (gsize i = 0; i < n; i++)
    {
      const double w = weight_of (colours, i);

      weights += w;
      for (guint c = 0; c < 3; c++)
        sum[c] += w * x0[3 * i + c];
    }
  for (guint c = 0; c < 3 && weights > 0.0; c++)
    mean[c] = (float) (sum[c] / weights);
  own = nearest (colours, mean);
  for (gsize i = 0; i < 3 * n; i++)
    out[i] = (float) (factor * weight_of (colours, i / 3) * (mean[i % 3] - own[i % 3]));
}

static DifTensor *
colour_gradient (DifGradient *self, DifContext *context, const DifTensor *x G_GNUC_UNUSED,
                 const DifPrediction *prediction, const DifStep *step)
{
  const Colours   *colours = (const Colours *) self;
  const DifTensor *x0 = prediction->x0;
  const double     factor = -step->alpha / (step->sigma * step->sigma);
  const gsize      n = x0->size / 3;
  DifTensor       *out;

  g_return_val_if_fail (x0->dim[3] == 3, NULL);
  out = dif_context_like (context, x0);
  if (out && ! colours->mean)
    {
      Job job = { colours, x0->data, out->data, n, factor };

      dif_pool_run (dif_context_pool (context), (n + TILE - 1) / TILE, pull_tile, &job);
    }
  for (gsize i = 0; out && colours->mean && i < x0->dim[0]; i++)
    {
      const gsize first = i * (x0->size / x0->dim[0]);

      pull_mean (colours, x0->data + first, n / x0->dim[0], factor, out->data + first);
    }
  return out;
}

static void
colours_free (DifGradient *self)
{
  Colours *colours = (Colours *) self;

  g_free (colours->colours);
  dif_tensor_unref (colours->mask);
  g_free (colours);
}

DifGradient *
dif_colour_gradient_new (const float *own, guint n, gboolean mean, DifTensor *mask)
{
  Colours *colours = g_new0 (Colours, 1);

  colours->parent = (DifGradient) { colour_gradient, colours_free };
  colours->colours = g_memdup2 (own, 3 * n * sizeof *own);
  colours->n = n;
  colours->mean = mean;
  colours->mask = mask ? dif_tensor_ref (mask) : NULL;
  return &colours->parent;
}

const DifGuidanceRow dif_guidance_colours = {
  .id = "colours",
  .label = N_ ("gradient of a distance from colours"),
  .citation = "Dhariwal & Nichol 2021, algorithm 2, with another energy",
  .evals = 1,
};
