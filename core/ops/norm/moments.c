/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm/moments.h"

#include <string.h>

#include "core/base/simd.h"

#define TILE_NUMBERS 32768
#define TILE_PIXELS  1024 /* at most: more floats than that are not summed up as floats */
#define LANES        32
#define LINE         16 /* numbers in a line of the cache */
#define AHEAD        8  /* pixels between fetching and use */

DifTensor *
dif_moments_new (DifContext *context, gsize n, gsize c)
{
  /* four floats' room holds two doubles; the allocator's blocks are aligned for them */
  DifTensor *moments = dif_context_tensor (context, 3, (gsize[]) { n, c, 4 });

  if (moments)
    memset (moments->data, 0, moments->size * sizeof (float));
  return moments;
}

DifMoments *
dif_moments_of (const DifTensor *moments, gsize picture)
{
  return (DifMoments *) (void *) (moments->data + picture * moments->dim[1] * moments->dim[2]);
}

void
dif_moments_add (DifMoments *moments, gsize c, gsize n, const float *sums, gsize n_new)
{
  const double over_new = 1.0 / n_new;
  const double share = (double) n_new / (n + n_new);

  for (gsize i = 0; i < c; i++)
    {
      double sum = sums[c + i];
      double m2 = sums[2 * c + i] - sum * sum * over_new;
      double step = sums[i] + sum * over_new - moments[i].mean;

      moments[i].mean += step * share;
      moments[i].m2 += MAX (m2, 0.0) + step * step * share * n;
    }
}

/* @n channels, at most LANES, of pixels @c numbers apart.  @n_fetch numbers of each are fetched
 * from memory, so that all channels are there for those that follow. */
DIF_INLINE void
sum_lanes (const float *x, gsize n_pixels, gsize c, gsize n, gsize n_fetch, float *sums)
{
  float pivot[LANES], sum[LANES] = { 0 }, squares[LANES] = { 0 };

  for (gsize i = 0; i < n; i++)
    pivot[i] = x[i];
  for (gsize p = 0; p < n_pixels; p++, x += c)
    {
      for (gsize i = 0; i < n_fetch; i += LINE)
        __builtin_prefetch (x + AHEAD * c + i);
      for (gsize i = 0; i < n; i++)
        {
          float d = x[i] - pivot[i];

          sum[i] += d;
          squares[i] += d * d;
        }
    }
  for (gsize i = 0; i < n; i++)
    {
      sums[i] = pivot[i];
      sums[c + i] = sum[i];
      sums[2 * c + i] = squares[i];
    }
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
  gsize            n_pixels; /* of one picture */
  gsize            c;
  gsize            tile_pixels;
  gsize            n_tiles; /* of one picture */
  float           *sums;    /* [n_pictures, n_tiles, 3, c] */
} Job;

static gsize
pixels_of_tile (const Job *job, gsize tile)
{
  return MIN (job->tile_pixels, job->n_pixels - tile * job->tile_pixels);
}

static void
do_tile (gsize index, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      picture = index / job->n_tiles;
  gsize      tile = index % job->n_tiles;

  sum_pixels (job->x->data + (picture * job->n_pixels + tile * job->tile_pixels) * job->c,
              pixels_of_tile (job, tile), job->c, job->sums + index * 3 * job->c);
}

gboolean
dif_moments_fill (DifContext *context, DifTensor *x)
{
  Job                   job = { .x = x, .c = x->dim[x->n_dims - 1] };
  g_autoptr (DifTensor) sums = NULL;
  g_autoptr (DifTensor) moments = NULL;

  if (x->summary)
    return TRUE;
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = CLAMP (TILE_NUMBERS / job.c, 1, TILE_PIXELS);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  sums = dif_context_tensor (context, 3, (gsize[]) { x->dim[0] * job.n_tiles, 3, job.c });
  moments = dif_moments_new (context, x->dim[0], job.c);
  if (! sums || ! moments)
    return FALSE;
  job.sums = sums->data;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  for (gsize picture = 0; picture < x->dim[0]; picture++)
    for (gsize tile = 0; tile < job.n_tiles; tile++)
      dif_moments_add (dif_moments_of (moments, picture), job.c, tile * job.tile_pixels,
                       job.sums + (picture * job.n_tiles + tile) * 3 * job.c,
                       pixels_of_tile (&job, tile));
  dif_tensor_set_summary (x, g_steal_pointer (&moments));
  return TRUE;
}

DifMoments
dif_moments_merge (const DifMoments *channels, gsize n, double n_pixels)
{
  DifMoments all = { 0.0, 0.0 };

  for (gsize i = 0; i < n; i++)
    all.mean += channels[i].mean / n;
  for (gsize i = 0; i < n; i++)
    {
      double off = channels[i].mean - all.mean;

      all.m2 += channels[i].m2 + off * off * n_pixels;
    }
  return all;
}

void
dif_moments_join (const DifTensor *x, const DifTensor *beside, gsize picture, DifMoments *channels)
{
  const gsize own_c = x->dim[x->n_dims - 1];

  memcpy (channels, dif_moments_of (x->summary, picture), own_c * sizeof *channels);
  if (beside)
    memcpy (channels + own_c, dif_moments_of (beside->summary, picture),
            beside->dim[beside->n_dims - 1] * sizeof *channels);
}
