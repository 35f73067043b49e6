/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  float        range;
} Clip;

static void
clip_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
              DifPrediction *out)
{
  Clip *clip = (Clip *) self;
  g_auto (DifPrediction) inner = { NULL, NULL };

  if (! dif_denoise (clip->inner, context, x, step, &inner))
    return;
  out->x0 = dif_clamp_over (context, g_steal_pointer (&inner.x0), -clip->range, clip->range);
  out->eps = g_steal_pointer (&inner.eps);
  out->variance = g_steal_pointer (&inner.variance);
}

static void
clip_free (DifDenoiser *self)
{
  dif_denoiser_free (((Clip *) self)->inner);
  g_free (self);
}

DifDenoiser *
dif_clip_new (DifDenoiser *inner, double range)
{
  Clip *clip = g_new0 (Clip, 1);

  clip->parent = (DifDenoiser) { clip_denoise, clip_free };
  clip->inner = inner;
  clip->range = (float) range;
  return &clip->parent;
}
