/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/matmul.h"

#include "core/ops/product.h"

#define TILE_NUMBERS  65536 /* of the left factor: 256 KiB stay in a second-level cache */
#define MIN_TILE_ROWS 16
#define MAX_TILE_ROWS 512
#define MIN_TILES     4 /* below this, columns are cut too */
#define TILE_COLUMNS  (2 * DIF_PANEL)
#define WIDE_ROWS     256 /* of a panel widened at a time */

typedef struct
{
  DifRowSource     source;
  gpointer         data;
  gsize            k;
  gsize            c_out;
  gsize            n_rows;
  gsize            rows_per_picture;
  gsize            tile_rows;
  gsize            tile_columns;
  gsize            n_column_tiles;
  const DifWeight *weight;
  float           *out;
  gsize            room_size; /* for each worker: rows from the source, rows of a panel */
  float           *room;
  DifEpilogueJob   epilogue;
} Job;

/* @column is a panel's first.  Halves are widened into @room, so many rows at a time that they
 * are still in the cache when they are multiplied. */
static void
multiply (const Job *job, gsize m, const float *rows, gsize column, gsize n, float *out,
          float *room)
{
  const gsize step = job->weight->type == DIF_WEIGHT_F32 ? job->k : WIDE_ROWS;

  for (gsize first = 0; first < n; first += DIF_PANEL)
    for (gsize i = 0; i < job->k; i += step)
      {
        gsize k = MIN (step, job->k - i);

        dif_product (m, MIN (DIF_PANEL, n - first), k, rows + i, job->k,
                     dif_weight_rows (job->weight, (column + first) / DIF_PANEL, i, k, room),
                     out + first, job->c_out, i > 0);
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
  float       *wide = job->room + worker * job->room_size;
  const float *rows = job->source (first, n_rows, wide + WIDE_ROWS * DIF_PANEL, job->data);

  multiply (job, n_rows, rows, column, n_columns, job->out + first * job->c_out + column, wide);
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
  job.weight = weight;
  job.out = out->data;
  job.room_size = WIDE_ROWS * DIF_PANEL + (scratch ? job.tile_rows * job.k : 0);
  room = dif_context_tensor (context, 2, (gsize[]) { dif_pool_n_workers (pool), job.room_size });
  if (! room)
    return FALSE;
  job.room = room->data;
  if (! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  dif_context_count (context, 2.0 * job.n_rows * job.k * job.c_out);
  dif_pool_run (pool, n_row_tiles * job.n_column_tiles, do_tile, &job);
  dif_epilogue_clear (&job.epilogue);
  return TRUE;
}
