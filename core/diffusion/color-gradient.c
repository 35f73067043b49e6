/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/diffusion/gradient-guidance.h"
#include "core/diffusion/guidance.h"

#define TILE 4096 /* pixels */

typedef struct
{
  DifGradient parent;
  float      *colors; /* [n, 3] */
  guint       n;
  gboolean    mean;
  DifTensor  *mask;
} Colors;

static float
weight_of (const Colors *colors, gsize pixel)
{
  return colors->mask ? colors->mask->data[pixel % colors->mask->size] : 1.0f;
}

/* The first of the nearest. */
static const float *
nearest (const Colors *colors, const float *color)
{
  const float *best = colors->colors;
  float        least = INFINITY;

  for (guint k = 0; k < colors->n; k++)
    {
      const float *own = colors->colors + 3 * k;
      const float  r = color[0] - own[0];
      const float  g = color[1] - own[1];
      const float  b = color[2] - own[2];
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
  const Colors *colors;
  const float  *x0;
  float        *out;
  gsize         n; /* pixels */
  double        factor;
} Job;

static void
pull_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;

  for (gsize i = tile * TILE; i < MIN ((tile + 1) * TILE, job->n); i++)
    {
      const float *x0 = job->x0 + 3 * i;
      const float *own = nearest (job->colors, x0);
      const double w = job->factor * weight_of (job->colors, i);

      for (guint c = 0; c < 3; c++)
        job->out[3 * i + c] = (float) (w * (x0[c] - own[c]));
    }
}

/* The mean color's distance, the same for each pixel of one picture. */
static void
pull_mean (const Colors *colors, const float *x0, gsize n, double factor, float *out)
{
  double       sum[3] = { 0.0 };
  double       weights = 0.0;
  float        mean[3] = { 0.0f };
  const float *own;

  for (gsize i = 0; i < n; i++)
    {
      const double w = weight_of (colors, i);

      weights += w;
      for (guint c = 0; c < 3; c++)
        sum[c] += w * x0[3 * i + c];
    }
  for (guint c = 0; c < 3 && weights > 0.0; c++)
    mean[c] = (float) (sum[c] / weights);
  own = nearest (colors, mean);
  for (gsize i = 0; i < 3 * n; i++)
    out[i] = (float) (factor * weight_of (colors, i / 3) * (mean[i % 3] - own[i % 3]));
}

static DifTensor *
color_gradient (DifGradient *self, DifContext *context, const DifTensor *x G_GNUC_UNUSED,
                const DifPrediction *prediction, const DifStep *step)
{
  const Colors    *colors = (const Colors *) self;
  const DifTensor *x0 = prediction->x0;
  const double     factor = -step->alpha / (step->sigma * step->sigma);
  const gsize      n = x0->size / 3;
  DifTensor       *out;

  g_return_val_if_fail (x0->dim[3] == 3, NULL);
  out = dif_context_like (context, x0);
  if (out && ! colors->mean)
    {
      Job job = { colors, x0->data, out->data, n, factor };

      dif_pool_run (dif_context_pool (context), (n + TILE - 1) / TILE, pull_tile, &job);
    }
  for (gsize i = 0; out && colors->mean && i < x0->dim[0]; i++)
    {
      const gsize first = i * (x0->size / x0->dim[0]);

      pull_mean (colors, x0->data + first, n / x0->dim[0], factor, out->data + first);
    }
  return out;
}

static void
colors_free (DifGradient *self)
{
  Colors *colors = (Colors *) self;

  g_free (colors->colors);
  dif_tensor_unref (colors->mask);
  g_free (colors);
}

DifGradient *
dif_color_gradient_new (const float *own, guint n, gboolean mean, DifTensor *mask)
{
  Colors *colors = g_new0 (Colors, 1);

  colors->parent = (DifGradient) { color_gradient, colors_free };
  colors->colors = g_memdup2 (own, 3 * n * sizeof *own);
  colors->n = n;
  colors->mean = mean;
  colors->mask = mask ? dif_tensor_ref (mask) : NULL;
  return &colors->parent;
}

const DifGuidanceRow dif_guidance_colors = {
  .id = "colors",
  .label = N_ ("gradient of a distance from colors"),
  .citation = "Dhariwal & Nichol 2021, algorithm 2, with another energy",
  .evals = 1,
};
