/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  DifTensor   *known;
  DifTensor   *noise;
  DifTensor   *mask;
  DifNoise    *source; /* of other noise each time */
} Mask;

static void
mask_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
              DifPrediction *out)
{
  Mask                 *mask = (Mask *) self;
  g_autoptr (DifTensor) seen = dif_sum (
      context, 2, (DifTerm[]) { { step->alpha, mask->known }, { step->sigma, mask->noise } });
  g_auto (DifPrediction) inner = { NULL, NULL };
  DifTensor *x0, *eps;

  seen = dif_mix_over (context, seen, seen, x, mask->mask);
  if (! dif_denoise (mask->inner, context, seen, step, &inner))
    return;
  x0 = g_steal_pointer (&inner.x0);
  out->x0 = dif_mix_over (context, x0, mask->known, x0, mask->mask);
  /* of the sampler's own x, so that x = alpha x0 + sigma eps holds for known pixels too */
  eps = dif_sum_over (
      context, g_steal_pointer (&seen), 2,
      (DifTerm[]) { { 1.0 / step->sigma, x }, { -step->alpha / step->sigma, mask->known } });
  out->eps = dif_mix_over (context, eps, eps, inner.eps, mask->mask);
  out->variance = g_steal_pointer (&inner.variance);
}

static void
drawn_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
               DifPrediction *out)
{
  Mask *mask = (Mask *) self;
  g_auto (DifPrediction) inner = { NULL, NULL };
  DifTensor *x0, *noise;

  if (! dif_denoise (mask->inner, context, x, step, &inner))
    return;
  x0 = g_steal_pointer (&inner.x0);
  out->x0 = dif_mix_over (context, x0, mask->known, x0, mask->mask);
  noise = dif_noise_next (mask->source, context, x);
  out->eps = dif_mix_over (context, noise, noise, inner.eps, mask->mask);
}

static void
mask_free (DifDenoiser *self)
{
  Mask *mask = (Mask *) self;

  dif_denoiser_free (mask->inner);
  dif_tensor_unref (mask->known);
  dif_tensor_unref (mask->noise);
  dif_tensor_unref (mask->mask);
  g_free (mask);
}

DifDenoiser *
dif_mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *mask_pixels)
{
  Mask *mask = g_new0 (Mask, 1);

  mask->parent = (DifDenoiser) { mask_denoise, mask_free };
  mask->inner = inner;
  mask->known = dif_tensor_ref (known);
  mask->noise = dif_tensor_ref (noise);
  mask->mask = dif_tensor_ref (mask_pixels);
  return &mask->parent;
}

DifDenoiser *
dif_mask_new_drawn (DifDenoiser *inner, DifTensor *known, DifTensor *mask_pixels, DifNoise *source)
{
  Mask *mask = g_new0 (Mask, 1);

  mask->parent = (DifDenoiser) { drawn_denoise, mask_free };
  mask->inner = inner;
  mask->known = dif_tensor_ref (known);
  mask->mask = dif_tensor_ref (mask_pixels);
  mask->source = source;
  return &mask->parent;
}
