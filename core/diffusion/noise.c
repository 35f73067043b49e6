/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/noise.h"

#include "core/base/rng.h"
#include "core/base/streams.h"

#define TILE 16384

static void
seeded_fill (DifNoise *self, guint64 draw, gsize index, float *out, gsize n)
{
  dif_rng_normal (((DifSeededNoise *) self)->seed, draw, index, out, n);
}

void
dif_seeded_noise_init (DifSeededNoise *noise, guint64 seed)
{
  *noise = (DifSeededNoise) { { seeded_fill, DIF_STREAM_DRAWS, NULL }, seed };
}

typedef struct
{
  DifNoise  *noise;
  guint64    draw;
  DifTensor *out;
} Job;

static void
fill_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      first = tile * TILE;

  job->noise->fill (job->noise, job->draw, first, job->out->data + first,
                    MIN (TILE, job->out->size - first));
}

DifTensor *
dif_noise_over (DifNoise *noise, DifContext *context, DifTensor *out)
{
  Job job = { noise, noise->next++, out };

  if (out)
    dif_pool_run (dif_context_pool (context), (out->size + TILE - 1) / TILE, fill_tile, &job);
  if (out && noise->finish)
    noise->finish (noise, context, out);
  return out;
}

DifTensor *
dif_noise_next (DifNoise *noise, DifContext *context, const DifTensor *like)
{
  return dif_noise_over (noise, context, dif_context_like (context, like));
}
