/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm.h"

#include <math.h>
#include <string.h>

#include "core/ops/activation-inline.h"

#define TILE_NUMBERS 32768

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

/* Sums and sums of squares of a few pixels, as floats of their distance to the first, which loses
 * nothing where the mean is far from 0; then in double. */
DIF_INLINE void
sum_few (const float *x, const gsize n_pixels, gsize c, double *sum, double *squares)
{
  for (gsize i = 0; i < c; i++)
    {
      float first = x[i];
      float some = 0.0f;
      float some_squares = 0.0f;

      for (gsize p = 1; p < n_pixels; p++)
        {
          float d = x[p * c + i] - first;

          some += d;
          some_squares += d * d;
        }
      sum[i] += (double) some + (double) first * n_pixels;
      squares[i] += some_squares + first * (2.0 * some + (double) first * n_pixels);
    }
}

DIF_INLINE void
sum_pixels_body (const float *x, gsize n_pixels, gsize c, double *sum, double *squares)
{
  for (; n_pixels >= 16; n_pixels -= 16, x += 16 * c)
    sum_few (x, 16, c, sum, squares);
  for (; n_pixels > 0; n_pixels--, x += c)
    sum_few (x, 1, c, sum, squares);
}

DIF_VARIANTS (static, void, sum_pixels,
              (const float *x, gsize n_pixels, gsize c, double *sum, double *squares),
              (x, n_pixels, c, sum, squares))

DIF_INLINE void
scale_all (const DifActivation activation, const float *x, float *y, gsize n_pixels, gsize c,
           const float *scale, const float *shift)
{
  for (gsize p = 0; p < n_pixels; p++, x += c, y += c)
    for (gsize i = 0; i < c; i++)
      y[i] = dif_activate_one (activation, x[i] * scale[i] + shift[i]);
}

DIF_INLINE void
scale_pixels_body (DifActivation activation, const float *x, float *y, gsize n_pixels, gsize c,
                   const float *scale, const float *shift)
{
  DIF_EACH_ACTIVATION (scale_all, activation, x, y, n_pixels, c, scale, shift);
}

DIF_VARIANTS (static, void, scale_pixels,
              (DifActivation activation, const float *x, float *y, gsize n_pixels, gsize c,
               const float *scale, const float *shift),
              (activation, x, y, n_pixels, c, scale, shift))

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

/* From the last tile to the first: what was summed last is still in the cache. */
static void
apply_tile (gsize index, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      tile = job->n_pictures * job->n_tiles - 1 - index;
  gsize      picture = tile / job->n_tiles;
  gsize      first = tile % job->n_tiles * job->tile_pixels;
  gsize      n = MIN (job->tile_pixels, job->n_pixels - first);
  gsize      at = (picture * job->n_pixels + first) * job->c;

  scale_pixels (job->activation, job->x->data + at, job->y->data + at, n, job->c,
                job->scale + picture * job->c, job->shift + picture * job->c);
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

/* ---- layer norm ---- */

typedef struct
{
  const float *x;
  float       *y;
  gsize        n_rows;
  gsize        tile_rows;
  gsize        c;
  const float *gamma;
  const float *beta;
  float        eps;
} RowsJob;

#define LANES 16

typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (4), may_alias));

DIF_INLINE float
sum_lanes (Lanes lanes)
{
  float sum = 0.0f;

  for (guint i = 0; i < LANES; i++)
    sum += lanes[i];
  return sum;
}

/* Sum of (x - from) and, if wanted, of its squares. */
DIF_INLINE float
sum_row (const float *x, gsize n, float from, float *squares)
{
  Lanes sums = { 0 };
  Lanes sums_of_squares = { 0 };
  gsize i = 0;
  float sum;

  for (; i + LANES <= n; i += LANES)
    {
      Lanes d = *(const Lanes *) (x + i) - from;

      sums += d;
      sums_of_squares += d * d;
    }
  sum = sum_lanes (sums);
  *squares = sum_lanes (sums_of_squares);
  for (; i < n; i++)
    {
      sum += x[i] - from;
      *squares += (x[i] - from) * (x[i] - from);
    }
  return sum;
}

/* The second sum sets right what rounding did to the first. */
DIF_INLINE void
norm_row_body (const float *x, float *y, gsize n, const float *gamma, const float *beta, float eps)
{
  const float over_n = 1.0f / (float) n;
  float       squares;
  float       mean = x[0] + sum_row (x, n, x[0], &squares) * over_n;
  float       rest = sum_row (x, n, mean, &squares) * over_n;
  float       variance = squares * over_n - rest * rest;
  float       rstd = 1.0f / sqrtf ((variance > 0.0f ? variance : 0.0f) + eps);

  for (gsize i = 0; i < n; i++)
    y[i] = ((x[i] - mean) - rest) * rstd * gamma[i] + beta[i];
}

DIF_VARIANTS (static, void, norm_row,
              (const float *x, float *y, gsize n, const float *gamma, const float *beta, float eps),
              (x, y, n, gamma, beta, eps))

static void
norm_rows (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const RowsJob *job = data;
  gsize          first = tile * job->tile_rows;
  gsize          last = MIN (first + job->tile_rows, job->n_rows);

  for (gsize row = first; row < last; row++)
    norm_row (job->x + row * job->c, job->y + row * job->c, job->c, job->gamma, job->beta,
              job->eps);
}

DifTensor *
dif_layer_norm (DifContext *context, const DifTensor *x, const DifTensor *gamma,
                const DifTensor *beta, double eps)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_autoptr (DifTensor) y = dif_context_like (context, x);
  RowsJob               job = { 0 };

  if (! y)
    return NULL;
  job.c = x->dim[x->n_dims - 1];
  g_return_val_if_fail (gamma->size == job.c && beta->size == job.c, NULL);
  job.x = x->data;
  job.y = y->data;
  job.n_rows = x->size / job.c;
  job.tile_rows = MAX (TILE_NUMBERS / job.c, 1);
  job.gamma = gamma->data;
  job.beta = beta->data;
  job.eps = (float) eps;
  dif_pool_run (dif_context_pool (context), (job.n_rows + job.tile_rows - 1) / job.tile_rows,
                norm_rows, &job);
  return g_steal_pointer (&y);
}
