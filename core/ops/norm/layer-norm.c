/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm/layer-norm.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

#define TILE_NUMBERS 32768

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

/* Mean and rest together are the mean. */
typedef struct
{
  float mean, rest, rstd;
} RowMoments;

/* The second sum sets right what rounding did to the first. */
DIF_INLINE RowMoments
find_moments (const float *x, gsize n, float eps)
{
  const float over_n = 1.0f / (float) n;
  float       squares;
  float       mean = x[0] + sum_row (x, n, x[0], &squares) * over_n;
  float       rest = sum_row (x, n, mean, &squares) * over_n;
  float       variance = squares * over_n - rest * rest;

  return (RowMoments) { mean, rest, 1.0f / sqrtf ((variance > 0.0f ? variance : 0.0f) + eps) };
}

DIF_INLINE void
norm_row_body (const float *x, float *y, gsize n, const float *gamma, const float *beta, float eps)
{
  const RowMoments m = find_moments (x, n, eps);

  for (gsize i = 0; i < n; i++)
    y[i] = ((x[i] - m.mean) - m.rest) * m.rstd * gamma[i] + beta[i];
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

/* ---- backward ---- */

#define RUN 32 /* rows summed up as floats */

/* With u the normalized row and g = dy gamma:  dx = rstd (g - mean (g) - u mean (g u)).  dx may be
 * dy. */
DIF_INLINE void
slope_row_body (const float *x, const float *dy, float *dx, gsize n, const float *gamma, float eps,
                float *gamma_sum, float *beta_sum)
{
  const RowMoments m = find_moments (x, n, eps);
  const float      over_n = 1.0f / (float) n;
  Lanes            sums = { 0 }, sums_by_u = { 0 };
  gsize            i = 0;
  float            mean, mean_by_u;

  for (; i + LANES <= n; i += LANES)
    {
      Lanes g = *(const Lanes *) (dy + i) * *(const Lanes *) (gamma + i);

      sums += g;
      sums_by_u += g * (((*(const Lanes *) (x + i) - m.mean) - m.rest) * m.rstd);
    }
  mean = sum_lanes (sums);
  mean_by_u = sum_lanes (sums_by_u);
  for (; i < n; i++)
    {
      mean += dy[i] * gamma[i];
      mean_by_u += dy[i] * gamma[i] * (((x[i] - m.mean) - m.rest) * m.rstd);
    }
  mean *= over_n;
  mean_by_u *= over_n;
  for (i = 0; i < n; i++)
    {
      float u = ((x[i] - m.mean) - m.rest) * m.rstd;
      float g = dy[i];

      gamma_sum[i] += g * u;
      beta_sum[i] += g;
      dx[i] = m.rstd * (g * gamma[i] - mean - u * mean_by_u);
    }
}

DIF_VARIANTS (static, void, slope_row,
              (const float *x, const float *dy, float *dx, gsize n, const float *gamma, float eps,
               float *gamma_sum, float *beta_sum),
              (x, dy, dx, n, gamma, eps, gamma_sum, beta_sum))

typedef struct
{
  DifTensor    *x, *gamma;
  gconstpointer beta; /* key */
  float         eps;
} Record;

typedef struct
{
  const Record *record;
  const float  *dy;
  float        *dx; /* may be dy */
  gsize         n_rows;
  gsize         tile_rows;
  gsize         c;
  float        *runs; /* [2, c] for each worker */
  double       *sums; /* [tiles, 2, c] */
} SlopesJob;

static void
slope_rows (gsize tile, guint worker, gpointer data)
{
  const SlopesJob *job = data;
  const gsize      c = job->c;
  const gsize      last = MIN ((tile + 1) * job->tile_rows, job->n_rows);
  double          *sums = job->sums + tile * 2 * c;
  float           *run = job->runs + worker * 2 * c;

  memset (sums, 0, 2 * c * sizeof *sums);
  for (gsize first = tile * job->tile_rows; first < last; first += RUN)
    {
      memset (run, 0, 2 * c * sizeof *run);
      for (gsize row = first; row < MIN (first + RUN, last); row++)
        slope_row (job->record->x->data + row * c, job->dy + row * c, job->dx + row * c, c,
                   job->record->gamma->data, job->record->eps, run, run + c);
      for (gsize i = 0; i < 2 * c; i++)
        sums[i] += run[i];
    }
}

/* The tiles' sums in their order. */
static DifTensor *
add_up (DifContext *context, const double *sums, gsize n_tiles, gsize c)
{
  DifTensor *out = dif_context_tensor (context, 1, &c);

  for (gsize i = 0; out && i < c; i++)
    {
      double sum = 0.0;

      for (gsize tile = 0; tile < n_tiles; tile++)
        sum += sums[tile * 2 * c + i];
      out->data[i] = (float) sum;
    }
  return out;
}

static void
layer_norm_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  const Record         *record = data;
  const gsize           c = record->gamma->size;
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) own = dy;
  DifTensor            *dx = dif_context_over (context, dy);
  g_autoptr (DifTensor) runs = NULL;
  g_autofree double    *sums = NULL;
  SlopesJob             job = { .record = record, .dy = dy->data, .n_rows = dy->size / c, .c = c };
  gsize                 n_tiles;

  job.tile_rows = MAX (TILE_NUMBERS / c, 1);
  n_tiles = (job.n_rows + job.tile_rows - 1) / job.tile_rows;
  runs = dif_context_tensor (context, 2, (gsize[]) { dif_pool_n_workers (pool), 2 * c });
  if (dx && runs)
    {
      job.dx = dx->data;
      job.runs = runs->data;
      job.sums = sums = g_new (double, n_tiles * 2 * c);
      dif_pool_run (pool, n_tiles, slope_rows, &job);
      dif_tape_add (tape, context, record->gamma, add_up (context, sums, n_tiles, c));
      dif_tape_add (tape, context, record->beta, add_up (context, sums + c, n_tiles, c));
    }
  dif_tape_add (tape, context, record->x, dx);
}

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_tensor_unref (record->x);
  dif_tensor_unref (record->gamma);
}

static void
note (DifContext *context, DifTensor *y, const DifTensor *x, const DifTensor *gamma,
      const DifTensor *beta, double eps)
{
  Record *record = dif_tape_record (context, y, (gconstpointer[]) { x, gamma, beta }, 3,
                                    sizeof *record, layer_norm_backward, record_clear);

  if (record)
    *record = (Record) { dif_tensor_ref ((DifTensor *) x), dif_tensor_ref ((DifTensor *) gamma),
                         dif_tape_key (context, beta), (float) eps };
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
  note (context, y, x, gamma, beta, eps);
  return g_steal_pointer (&y);
}
