/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/matmul.h"

#include "core/base/simd.h"
#include "core/ops/product.h"

#define TILE_NUMBERS  65536 /* of the left factor: 256 KiB stay in a second-level cache */
#define MIN_TILE_ROWS 16
#define MAX_TILE_ROWS 512
#define MIN_TILES     4 /* below this, columns are cut too */
#define TILE_COLUMNS  (2 * DIF_PANEL)

typedef struct
{
  DifRowSource       source;
  gpointer           data;
  gsize              k;
  gsize              c_out;
  gsize              n_rows;
  gsize              rows_per_picture;
  gsize              tile_rows;
  gsize              tile_columns;
  gsize              n_column_tiles;
  const float       *weight;
  float             *out;
  float             *scratch; /* tile_rows * k for each worker */
  const DifEpilogue *epilogue;
} Job;

DIF_CLONES void
dif_epilogue_row (float *row, gsize n, const float *bias, const float *shift, const float *residual,
                  float scale)
{
  if (bias)
    for (gsize i = 0; i < n; i++)
      row[i] += bias[i];
  if (shift)
    for (gsize i = 0; i < n; i++)
      row[i] += shift[i];
  if (residual)
    for (gsize i = 0; i < n; i++)
      row[i] += residual[i];
  if (scale != 1.0f && scale != 0.0f)
    for (gsize i = 0; i < n; i++)
      row[i] *= scale;
}

static void
finish_tile (const Job *job, gsize first, gsize n_rows, gsize column, gsize n_columns)
{
  const DifEpilogue *e = job->epilogue;

  if (! e || (! e->bias && ! e->shift && ! e->residual && (e->scale == 0.0f || e->scale == 1.0f)))
    return;
  for (gsize r = first; r < first + n_rows; r++)
    {
      gsize at = r * job->c_out + column;
      gsize picture = r / job->rows_per_picture;

      dif_epilogue_row (job->out + at, n_columns, e->bias ? e->bias->data + column : NULL,
                        e->shift ? e->shift->data + picture * job->c_out + column : NULL,
                        e->residual ? e->residual->data + at : NULL, e->scale);
    }
}

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job   *job = data;
  gsize        first = tile / job->n_column_tiles * job->tile_rows;
  gsize        column = tile % job->n_column_tiles * job->tile_columns;
  gsize        n_rows = MIN (job->tile_rows, job->n_rows - first);
  gsize        n_columns = MIN (job->tile_columns, job->c_out - column);
  float       *scratch = job->scratch ? job->scratch + worker * job->tile_rows * job->k : NULL;
  const float *rows = job->source (first, n_rows, scratch, job->data);

  dif_product (n_rows, n_columns, job->k, rows, job->k, job->weight + column * job->k,
               job->out + first * job->c_out + column, job->c_out);
  finish_tile (job, first, n_rows, column, n_columns);
}

gboolean
dif_matmul_rows (DifContext *context, DifRowSource source, gpointer data, gboolean scratch,
                 const DifWeight *weight, DifTensor *out, const DifEpilogue *epilogue)
{
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) room = NULL;
  gsize                 n_row_tiles;
  Job                   job = { 0 };

  if (! out || ! dif_context_ok (context))
    return FALSE;
  job.source = source;
  job.data = data;
  job.k = weight->k;
  job.c_out = weight->n;
  job.n_rows = out->size / job.c_out;
  job.rows_per_picture = MAX (job.n_rows / out->dim[0], 1);
  job.tile_rows = CLAMP (TILE_NUMBERS / job.k, MIN_TILE_ROWS, MAX_TILE_ROWS);
  n_row_tiles = (job.n_rows + job.tile_rows - 1) / job.tile_rows;
  job.tile_columns = n_row_tiles < MIN_TILES ? TILE_COLUMNS : job.c_out;
  job.n_column_tiles = (job.c_out + job.tile_columns - 1) / job.tile_columns;
  job.weight = weight->panels->data;
  job.out = out->data;
  job.epilogue = epilogue;
  if (scratch)
    {
      room = dif_context_tensor (context, 2,
                                 (gsize[]) { dif_pool_n_workers (pool), job.tile_rows * job.k });
      if (! room)
        return FALSE;
      job.scratch = room->data;
    }
  dif_context_count (context, 2.0 * job.n_rows * job.k * job.c_out);
  dif_pool_run (pool, n_row_tiles * job.n_column_tiles, do_tile, &job);
  return TRUE;
}
