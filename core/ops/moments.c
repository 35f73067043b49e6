/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/moments.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"

#define TILE_NUMBERS 32768
#define TILE_PIXELS  1024 /* at most: more floats than that are not summed up as floats */
#define LANES        16

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
  for (gsize i = 0; i < c; i++)
    {
      double sum = sums[c + i];
      double mean = sums[i] + sum / n_new;
      double m2 = MAX (sums[2 * c + i] - sum * sum / n_new, 0.0);
      double step = mean - moments[i].mean;

      moments[i].mean += step * n_new / (n + n_new);
      moments[i].m2 += m2 + step * step * n / (n + n_new) * n_new;
    }
}

/* @n channels, at most LANES, of pixels @c numbers apart. */
DIF_INLINE void
sum_lanes (const float *x, gsize n_pixels, gsize c, gsize n, float *sums)
{
  float pivot[LANES], sum[LANES] = { 0 }, squares[LANES] = { 0 };

  for (gsize i = 0; i < n; i++)
    pivot[i] = x[i];
  for (gsize p = 0; p < n_pixels; p++, x += c)
    for (gsize i = 0; i < n; i++)
      {
        float d = x[i] - pivot[i];

        sum[i] += d;
        squares[i] += d * d;
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
    sum_lanes (x + i, n_pixels, c, LANES, sums + i);
  if (i < c)
    sum_lanes (x + i, n_pixels, c, c - i, sums + i);
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

  if (x->moments)
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
  x->moments = g_steal_pointer (&moments);
  return TRUE;
}

/* Channels of @n_pixels each, as one: m2 about their common mean. */
static DifMoments
merge_channels (const DifMoments *channels, gsize n, double n_pixels)
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

gboolean
dif_group_norm_fold (DifContext *context, DifTensor *x, guint n_groups, const DifTensor *gamma,
                     const DifTensor *beta, double eps, const DifTensor *modulation,
                     DifActivation activation, DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  gsize  c, n;
  double n_pixels;

  if (! x || ! dif_moments_fill (context, x))
    return FALSE;
  c = x->dim[x->n_dims - 1];
  n = c / n_groups;
  n_pixels = (double) (x->size / (x->dim[0] * c));
  g_return_val_if_fail (n * n_groups == c && gamma->size == c, FALSE);
  *prologue =
      (DifPrologue) { dif_context_tensor (context, 2, (gsize[]) { x->dim[0], c }),
                      dif_context_tensor (context, 2, (gsize[]) { x->dim[0], c }), activation };
  if (! prologue->scale || ! prologue->shift)
    {
      dif_prologue_clear (prologue);
      return FALSE;
    }
  for (gsize at = 0; at < x->dim[0] * c; at++)
    {
      const gsize      picture = at / c;
      const gsize      i = at % c;
      const DifMoments group =
          merge_channels (dif_moments_of (x->moments, picture) + i / n * n, n, n_pixels);
      double scale = gamma->data[i] / sqrt (group.m2 / (n_pixels * n) + eps);
      double shift = beta->data[i] - group.mean * scale;

      if (modulation)
        {
          const float *own = modulation->data + picture * 2 * c;

          shift = shift * (1.0 + own[i]) + own[c + i];
          scale *= 1.0 + own[i];
        }
      prologue->scale->data[at] = (float) scale;
      prologue->shift->data[at] = (float) shift;
    }
  return TRUE;
}
