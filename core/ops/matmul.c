/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/matmul.h"

#include "core/ops/product.h"

#define TILE_NUMBERS  65536 /* of the left factor: 256 KiB stay in a second-level cache */
#define MIN_TILE_ROWS 16
#define MAX_TILE_ROWS 512
#define MIN_TILES     4 /* below this, columns are cut too */
#define TILE_COLUMNS  (2 * DIF_PANEL)

typedef struct
{
  DifRowSource   source;
  gpointer       data;
  gsize          k;
  gsize          c_out;
  gsize          n_rows;
  gsize          rows_per_picture;
  gsize          tile_rows;
  gsize          tile_columns;
  gsize          n_column_tiles;
  const float   *weight;
  float         *out;
  float         *scratch; /* tile_rows * k for each worker */
  DifEpilogueJob epilogue;
} Job;

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
               job->out + first * job->c_out + column, job->c_out, FALSE);
  for (gsize r = first; r < first + n_rows; r++)
    {
      float *row = job->out + r * job->c_out + column;

      dif_epilogue_row (&job->epilogue, r / job->rows_per_picture, r, column, n_columns, row, row);
    }
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
  if (scratch)
    {
      room = dif_context_tensor (context, 2,
                                 (gsize[]) { dif_pool_n_workers (pool), job.tile_rows * job.k });
      if (! room)
        return FALSE;
      job.scratch = room->data;
    }
  if (! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  dif_context_count (context, 2.0 * job.n_rows * job.k * job.c_out);
  dif_pool_run (pool, n_row_tiles * job.n_column_tiles, do_tile, &job);
  dif_epilogue_clear (&job.epilogue);
  return TRUE;
}
