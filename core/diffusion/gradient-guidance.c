/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/gradient-guidance.h"

#include "core/ops/elementwise.h"

void
dif_gradient_free (DifGradient *gradient)
{
  if (gradient)
    gradient->free (gradient);
}

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  DifGradient *gradient;
  double       scale;
  DifStep     *steps; /* n of them */
  guint        n;
} Guide;

/* The level whose sigma² / alpha counts. */
static const DifStep *
counting (const Guide *guide, const DifStep *step)
{
  for (guint i = 0; i + 1 < guide->n; i++)
    if (guide->steps[i].t == step->t && guide->steps[i].alpha == step->alpha &&
        guide->steps[i].sigma == step->sigma)
      return &guide->steps[i + 1];
  return step;
}

static void
guide_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
               DifPrediction *out)
{
  const Guide          *guide = (const Guide *) self;
  const DifStep        *level = counting (guide, step);
  const double          shift = guide->scale * level->sigma * level->sigma / level->alpha;
  g_autoptr (DifTensor) g = NULL;

  if (! dif_denoise (guide->inner, context, x, step, out) || shift == 0.0)
    return;
  g = guide->gradient->gradient (guide->gradient, context, x, out, step);
  out->x0 = dif_sum_over (context, out->x0, 2, (DifTerm[]) { { 1.0, out->x0 }, { shift, g } });
  out->eps =
      dif_sum_over (context, out->eps, 2,
                    (DifTerm[]) { { 1.0, out->eps }, { -shift * step->alpha / step->sigma, g } });
}

static void
guide_free (DifDenoiser *self)
{
  Guide *guide = (Guide *) self;

  dif_denoiser_free (guide->inner);
  dif_gradient_free (guide->gradient);
  g_free (guide->steps);
  g_free (guide);
}

DifDenoiser *
dif_gradient_guidance_new (DifDenoiser *inner, DifGradient *gradient, double scale,
                           const DifStep *steps, guint n)
{
  Guide *guide = g_new0 (Guide, 1);

  guide->parent = (DifDenoiser) { guide_denoise, guide_free };
  guide->inner = inner;
  guide->gradient = gradient;
  guide->scale = scale;
  guide->steps = g_memdup2 (steps, n * sizeof *steps);
  guide->n = steps ? n : 0;
  return &guide->parent;
}
