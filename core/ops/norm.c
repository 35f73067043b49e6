/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/norm.h"

#include <math.h>

#include "core/base/simd.h"
#include "core/ops/moments.h"

#define TILE_NUMBERS 32768

DifTensor *
dif_group_norm (DifContext *context, DifTensor *x, guint n_groups, const DifTensor *gamma,
                const DifTensor *beta, double eps, const DifTensor *modulation,
                DifActivation activation)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_auto (DifPrologue) prologue = { NULL };

  if (! dif_group_norm_fold (context, x, NULL, n_groups, gamma, beta, eps, modulation, activation,
                             &prologue))
    return NULL;
  return dif_prologue_apply (context, x, &prologue);
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
