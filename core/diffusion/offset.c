/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"
#include "core/ops/elementwise.h"

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  DifTensor   *base;
} Offset;

static void
offset_denoise (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
                DifPrediction *out)
{
  const Offset         *offset = (Offset *) self;
  g_autoptr (DifTensor) rest =
      dif_sum (context, 2, (DifTerm[]) { { 1.0, x }, { -step->alpha, offset->base } });
  g_auto (DifPrediction) inner = { NULL, NULL };

  if (! dif_denoise (offset->inner, context, rest, step, &inner))
    return;
  g_clear_pointer (&rest, dif_tensor_unref);
  out->x0 = g_steal_pointer (&inner.x0);
  out->x0 =
      dif_sum_over (context, out->x0, 2, (DifTerm[]) { { 1.0, out->x0 }, { 1.0, offset->base } });
  out->eps = g_steal_pointer (&inner.eps);
  out->variance = g_steal_pointer (&inner.variance);
}

static void
offset_free (DifDenoiser *self)
{
  dif_denoiser_free (((Offset *) self)->inner);
  dif_tensor_unref (((Offset *) self)->base);
  g_free (self);
}

DifDenoiser *
dif_offset_new (DifDenoiser *inner, DifTensor *base)
{
  Offset *offset = g_new0 (Offset, 1);

  offset->parent = (DifDenoiser) { offset_denoise, offset_free };
  offset->inner = inner;
  offset->base = dif_tensor_ref (base);
  return &offset->parent;
}
