/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"

#define TILE_NUMBERS 32768
#define FEW_NUMBERS  2048

typedef struct
{
  const DifTensor *x;
  DifTensor       *y;
  gsize            n_pictures;
  gsize            n_pixels; /* of one picture */
  gsize            c;
  gsize            tile_pixels;
  gsize            n_tiles; /* of one picture */
  double          *sums;    /* [n_pictures, n_tiles, 2, c]: sums and squares */
  float           *scale;   /* [n_pictures, c] */
  float           *shift;
  const float     *gamma;
  const float     *beta;
  const float     *modulation; /* [n_pictures, 2 c] or NULL */
  double           eps;
  DifActivation    activation;
} Job;

DIF_INLINE void
sum_pixels_body (const float *x, gsize n_pixels, gsize c, double *sum, double *squares)
{
  for (gsize p = 0; p < n_pixels; p++, x += c)
    for (gsize i = 0; i < c; i++)
      {
        double v = x[i];

        sum[i] += v;
        squares[i] += v * v;
      }
}

DIF_VARIANTS (static, void, sum_pixels,
              (const float *x, gsize n_pixels, gsize c, double *sum, double *squares),
              (x, n_pixels, c, sum, squares))

DIF_INLINE void
scale_pixels_body (const float *x, float *y, gsize n_pixels, gsize c, const float *scale,
                   const float *shift)
{
  for (gsize p = 0; p < n_pixels; p++, x += c, y += c)
    for (gsize i = 0; i < c; i++)
      y[i] = x[i] * scale[i] + shift[i];
}

DIF_VARIANTS (static, void, scale_pixels,
              (const float *x, float *y, gsize n_pixels, gsize c, const float *scale,
               const float *shift),
              (x, y, n_pixels, c, scale, shift))

static void
sum_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      picture = tile / job->n_tiles;
  gsize      first = tile % job->n_tiles * job->tile_pixels;
  double    *sums = job->sums + tile * 2 * job->c;

  memset (sums, 0, 2 * job->c * sizeof (double));
  sum_pixels (job->x->data + (picture * job->n_pixels + first) * job->c,
              MIN (job->tile_pixels, job->n_pixels - first), job->c, sums, sums + job->c);
}

static void
apply_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      picture = tile / job->n_tiles;
  gsize      first = tile % job->n_tiles * job->tile_pixels;
  gsize      n = MIN (job->tile_pixels, job->n_pixels - first);
  gsize      at = (picture * job->n_pixels + first) * job->c;
  gsize      few = MAX (FEW_NUMBERS / job->c, 1);

  /* a few pixels at a time, so that the activation finds them in the first-level cache */
  for (gsize p = 0; p < n; p += few)
    {
      gsize here = MIN (few, n - p);

      scale_pixels (job->x->data + at + p * job->c, job->y->data + at + p * job->c, here, job->c,
                    job->scale + picture * job->c, job->shift + picture * job->c);
      dif_activate_row (job->activation, job->y->data + at + p * job->c, here * job->c);
    }
}

/* Mean and variance of one group of one picture to a scale and a shift of each channel. */
static void
fold_group (const Job *job, gsize picture, gsize first, gsize n)
{
  const double *tiles = job->sums + picture * job->n_tiles * 2 * job->c;
  const float  *modulation = job->modulation ? job->modulation + picture * 2 * job->c : NULL;
  double        count = (double) job->n_pixels * n;
  double        sum = 0.0;
  double        squares = 0.0;
  double        mean;
  double        rstd;

  for (gsize t = 0; t < job->n_tiles; t++, tiles += 2 * job->c)
    for (gsize i = first; i < first + n; i++)
      {
        sum += tiles[i];
        squares += tiles[job->c + i];
      }
  mean = sum / count;
  rstd = 1.0 / sqrt (MAX (squares / count - mean * mean, 0.0) + job->eps);
  for (gsize i = first; i < first + n; i++)
    {
      double scale = job->gamma[i] * rstd;
      double shift = job->beta[i] - mean * scale;

      if (modulation)
        {
          shift = shift * (1.0 + modulation[i]) + modulation[job->c + i];
          scale = scale * (1.0 + modulation[i]);
        }
      job->scale[picture * job->c + i] = (float) scale;
      job->shift[picture * job->c + i] = (float) shift;
    }
}

DifTensor *
dif_group_norm (DifContext *context, const DifTensor *x, guint n_groups, const DifTensor *gamma,
                const DifTensor *beta, double eps, const DifTensor *modulation,
                DifActivation activation)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_autoptr (DifTensor) y = dif_context_like (context, x);
  g_autoptr (DifTensor) sums = NULL;
  g_autoptr (DifTensor) folded = NULL;
  Job                   job = { 0 };
  gsize                 n;

  if (! y)
    return NULL;
  job.x = x;
  job.y = y;
  job.n_pictures = x->dim[0];
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (job.n_pictures * job.c);
  job.tile_pixels = MAX (TILE_NUMBERS / job.c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  job.gamma = gamma->data;
  job.beta = beta->data;
  job.modulation = modulation ? modulation->data : NULL;
  job.eps = eps;
  job.activation = activation;
  n = job.c / n_groups;
  g_return_val_if_fail (n * n_groups == job.c && gamma->size == job.c, NULL);

  /* two floats hold a double; the allocator's blocks are aligned for it */
  sums = dif_context_tensor (context, 3, (gsize[]) { job.n_pictures * job.n_tiles, 4, job.c });
  folded = dif_context_tensor (context, 3, (gsize[]) { 2, job.n_pictures, job.c });
  if (! sums || ! folded)
    return NULL;
  job.sums = (double *) (void *) sums->data;
  job.scale = folded->data;
  job.shift = folded->data + job.n_pictures * job.c;

  dif_pool_run (dif_context_pool (context), job.n_pictures * job.n_tiles, sum_tile, &job);
  for (gsize picture = 0; picture < job.n_pictures; picture++)
    for (gsize first = 0; first < job.c; first += n)
      fold_group (&job, picture, first, n);
  dif_pool_run (dif_context_pool (context), job.n_pictures * job.n_tiles, apply_tile, &job);
  return g_steal_pointer (&y);
}
