/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  DifTensor   *known;
  DifTensor   *noise; /* NULL: the network sees x as it is */
  DifTensor   *mask;  /* or coverage */
  DifNoise    *source; /* of other noise each time */
  gboolean     soft;
  double       t_start;
} Mask;

/* 1 where pixels are free at this step.  Those of coverage 1 are even above the start, where
 * samplers go that add noise. */
static DifTensor *
free_at (const Mask *mask, DifContext *context, const DifStep *step)
{
  DifTensor *now;

  if (! mask->soft)
    return dif_tensor_ref (mask->mask);
  now = dif_context_like (context, mask->mask);
  for (gsize i = 0; now && i < now->size; i++)
    {
      double coverage = mask->mask->data[i];

      now->data[i] =
          coverage >= 1.0 || (coverage > 0.0 && step->t <= coverage * mask->t_start) ? 1.0f : 0.0f;
    }
  return now;
}

static void
mask_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
              DifPrediction *out)
{
  Mask                 *mask = (Mask *) self;
  g_autoptr (DifTensor) made = free_at (mask, context, step);
  g_autoptr (DifTensor) seen = NULL;
  g_auto (DifPrediction) inner = { NULL, NULL };
  DifTensor *x0, *eps;

  if (! made)
    return;
  if (mask->noise)
    {
      seen = dif_sum (context, 2,
                      (DifTerm[]) { { step->alpha, mask->known }, { step->sigma, mask->noise } });
      seen = dif_mix_over (context, seen, seen, x, made);
    }
  if (! dif_denoise (mask->inner, context, mask->noise ? seen : x, step, &inner))
    return;
  x0 = g_steal_pointer (&inner.x0);
  out->x0 = dif_mix_over (context, x0, mask->known, x0, made);
  /* of the sampler's own x, so that x = alpha x0 + sigma eps holds for known pixels too */
  eps = dif_sum_over (
      context, g_steal_pointer (&seen), 2,
      (DifTerm[]) { { 1.0 / step->sigma, x }, { -step->alpha / step->sigma, mask->known } });
  out->eps = dif_mix_over (context, eps, eps, inner.eps, made);
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

static DifDenoiser *
mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *mask_pixels,
          gboolean soft, double t_start)
{
  Mask *mask = g_new0 (Mask, 1);

  mask->parent = (DifDenoiser) { mask_denoise, mask_free };
  mask->inner = inner;
  mask->known = dif_tensor_ref (known);
  mask->noise = noise ? dif_tensor_ref (noise) : NULL;
  mask->mask = dif_tensor_ref (mask_pixels);
  mask->soft = soft;
  mask->t_start = t_start;
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

DifDenoiser *
dif_mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *mask)
{
  return mask_new (inner, known, noise, mask, FALSE, 0.0);
}

DifDenoiser *
dif_mask_new_soft (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *coverage,
                   double t_start)
{
  return mask_new (inner, known, noise, coverage, TRUE, t_start);
}
