/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/noise-detail.h"

#include "core/image/coarse.h"

static void
detail_fill (DifNoise *self, guint64 draw, gsize index, float *out, gsize n)
{
  DifNoise *inner = ((DifDetailNoise *) self)->inner;

  inner->fill (inner, draw, index, out, n);
}

static void
detail_finish (DifNoise *self, DifContext *context, DifTensor *draw)
{
  const DifDetailNoise *noise = (const DifDetailNoise *) self;

  if (noise->inner->finish)
    noise->inner->finish (noise->inner, context, draw);
  if (noise->detail > 0)
    dif_take_coarse (context, draw, noise->detail);
}

void
dif_detail_noise_init (DifDetailNoise *noise, DifNoise *inner, guint detail)
{
  *noise = (DifDetailNoise) { { detail_fill, inner->next, detail_finish }, inner, detail };
}
