/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

#define HAIR 1e-11 /* much more than rounding, much less than coverages differ by */

typedef struct
{
  DifDenoiser       parent;
  DifDenoiser      *inner;
  DifTensor        *known;
  DifTensor        *noise;   /* NULL: the network sees x as it is */
  DifTensor        *mask;    /* or coverage */
  const DifProcess *process; /* of coverage's levels; NULL for a hard mask */
  double            height;  /* of the level where the run starts */
  DifNoise         *source;  /* of other noise each time */
} Mask;

/* 1 where pixels are free at this step. */
static DifTensor *
free_at (const Mask *mask, DifContext *context, const DifStep *step)
{
  DifTensor *now;
  double     height;

  if (! mask->process)
    return dif_tensor_ref (mask->mask);
  now = dif_context_like (context, mask->mask);
  /* the level itself belongs to those that are free */
  height = dif_process_height (mask->process, step->sigma / step->alpha) * (1.0 - HAIR);
  for (gsize i = 0; now && i < now->size; i++)
    {
      double coverage = mask->mask->data[i];

      /* samplers may ask a little above the start too */
      if (coverage >= 1.0 || (coverage > 0.0 && height <= coverage * mask->height))
        now->data[i] = 1.0f;
      else
        now->data[i] = 0.0f;
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
  Mask                 *mask = (Mask *) self;
  g_autoptr (DifTensor) made = free_at (mask, context, step);
  g_auto (DifPrediction) inner = { NULL, NULL };
  DifTensor *x0, *noise;

  if (! made || ! dif_denoise (mask->inner, context, x, step, &inner))
    return;
  x0 = g_steal_pointer (&inner.x0);
  out->x0 = dif_mix_over (context, x0, mask->known, x0, made);
  noise = dif_noise_next (mask->source, context, x);
  out->eps = dif_mix_over (context, noise, noise, inner.eps, made);
  out->variance = g_steal_pointer (&inner.variance);
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

static Mask *
mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *mask_pixels)
{
  Mask *mask = g_new0 (Mask, 1);

  mask->parent = (DifDenoiser) { mask_denoise, mask_free };
  mask->inner = inner;
  mask->known = dif_tensor_ref (known);
  mask->mask = dif_tensor_ref (mask_pixels);
  return mask;
}

DifDenoiser *
dif_mask_new (DifDenoiser *inner, DifTensor *known, DifTensor *noise, DifTensor *mask_pixels)
{
  Mask *mask = mask_new (inner, known, mask_pixels);

  mask->noise = noise ? dif_tensor_ref (noise) : NULL;
  return &mask->parent;
}

DifDenoiser *
dif_mask_new_drawn (DifDenoiser *inner, DifTensor *known, DifTensor *mask_pixels, DifNoise *source)
{
  Mask *mask = mask_new (inner, known, mask_pixels);

  mask->parent.denoise = drawn_denoise;
  mask->source = source;
  return &mask->parent;
}

void
dif_mask_soften (DifDenoiser *self, const DifProcess *process, const DifStep *start)
{
  Mask *mask = (Mask *) self;

  g_return_if_fail (self->free == mask_free);
  mask->process = process;
  mask->height = dif_process_height (process, start->sigma / start->alpha);
}
