/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/pixel-sums.h"

#include "core/base/simd.h"
#include "core/ops/profile.h"

#define TILE_NUMBERS 32768
#define TILE_PIXELS  512 /* at most: more floats than that are not summed up as floats */
#define LANES        32
#define LINE         16 /* numbers in a line of the cache */
#define AHEAD        8  /* pixels between fetching and use */

/* @n channels, at most LANES, of pixels @c numbers apart, of which @n_fetch numbers are fetched, so
 * that all channels are there for those that follow. */
DIF_INLINE void
sum_lanes (const float *x, gsize n_pixels, gsize c, gsize n, gsize n_fetch, float *sums)
{
  float sum[LANES] = { 0 };

  for (; n_pixels > 0; n_pixels--, x += c)
    {
      for (gsize i = 0; i < n_fetch; i += LINE)
        __builtin_prefetch (x + AHEAD * c + i);
      for (gsize i = 0; i < n; i++)
        sum[i] += x[i];
    }
  for (gsize i = 0; i < n; i++)
    sums[i] = sum[i];
}

DIF_INLINE void
sum_pixels_body (const float *x, gsize n_pixels, gsize c, float *sums)
{
  gsize i = 0;

  for (; i + LANES <= c; i += LANES)
    sum_lanes (x + i, n_pixels, c, LANES, i == 0 ? c : 0, sums + i);
  if (i < c)
    sum_lanes (x + i, n_pixels, c, c - i, 0, sums + i);
}

DIF_VARIANTS (static, void, sum_pixels, (const float *x, gsize n_pixels, gsize c, float *sums),
              (x, n_pixels, c, sums))

typedef struct
{
  const DifTensor *x;
  gsize            n_pixels; /* of a picture */
  gsize            c;
  gsize            tile_pixels;
  gsize            n_tiles; /* of a picture */
  float           *sums;    /* [N, n_tiles, c] */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job  *job = data;
  const gsize first = tile % job->n_tiles * job->tile_pixels;

  sum_pixels (job->x->data + (tile / job->n_tiles * job->n_pixels + first) * job->c,
              MIN (job->tile_pixels, job->n_pixels - first), job->c, job->sums + tile * job->c);
}

void
dif_pixel_sums_add (const float *parts, gsize n, gsize n_parts, gsize step, gsize c, float *sums)
{
  for (gsize picture = 0; picture < n; picture++, parts += n_parts * step, sums += c)
    for (gsize i = 0; i < c; i++)
      {
        double sum = 0.0;

        for (gsize part = 0; part < n_parts; part++)
          sum += parts[part * step + i];
        sums[i] = (float) sum;
      }
}

DifTensor *
dif_pixel_sums (DifContext *context, const DifTensor *x)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  g_autoptr (DifTensor) parts = NULL;
  DifTensor            *sums;
  Job                   job = { .x = x };

  if (! x)
    return NULL;
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = CLAMP (TILE_NUMBERS / job.c, 1, TILE_PIXELS);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  parts = dif_context_tensor (context, 3, (gsize[]) { x->dim[0], job.n_tiles, job.c });
  sums = dif_context_tensor (context, 2, (gsize[]) { x->dim[0], job.c });
  if (! parts || ! sums)
    {
      dif_tensor_unref (sums);
      return NULL;
    }
  job.sums = parts->data;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  dif_pixel_sums_add (parts->data, x->dim[0], job.n_tiles, job.c, job.c, sums->data);
  return sums;
}
