/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *conditional;
  DifDenoiser *unconditional;
  double       scale;
} Guidance;

static void
guidance_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                  DifPrediction *out)
{
  Guidance *guidance = (Guidance *) self;
  double    s = guidance->scale;
  g_auto (DifPrediction) with = { NULL, NULL };
  g_auto (DifPrediction) without = { NULL, NULL };

  if (! dif_denoise (guidance->conditional, context, x, step, &with) ||
      ! dif_denoise (guidance->unconditional, context, x, step, &without))
    return;
  out->x0 = dif_sum (context, 2, (DifTerm[]) { { s, with.x0 }, { 1.0 - s, without.x0 } });
  out->eps = dif_sum (context, 2, (DifTerm[]) { { s, with.eps }, { 1.0 - s, without.eps } });
}

static void
guidance_free (DifDenoiser *self)
{
  Guidance *guidance = (Guidance *) self;

  dif_denoiser_free (guidance->conditional);
  dif_denoiser_free (guidance->unconditional);
  g_free (guidance);
}

DifDenoiser *
dif_guidance_new (DifDenoiser *conditional, DifDenoiser *unconditional, double scale)
{
  Guidance *guidance = g_new0 (Guidance, 1);

  guidance->parent = (DifDenoiser) { guidance_denoise, guidance_free };
  guidance->conditional = conditional;
  guidance->unconditional = unconditional;
  guidance->scale = scale;
  return &guidance->parent;
}
