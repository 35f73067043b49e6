/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/matmul.h"

#include "core/ops/activation-inline.h"
#include "core/ops/product.h"

#define K_STEP 512 /* of the left factor's columns multiplied at a time … */
#define TILE_NUMBERS \
  65536 /* … which with a tile's rows are 256 KiB, kept in a second-level cache */
#define MAX_ROWS    512
#define SOURCE_ROWS 4               /* times TILE_NUMBERS: what a source makes at a time, */
#define MIN_ROWS    32              /* but so many rows */
#define MIN_TILES   16              /* below this, columns are cut too, */
#define MIN_COLUMNS (2 * DIF_PANEL) /* but no narrower */

typedef struct
{
  DifRowSource     source;
  gpointer         data;
  const float     *beside;
  gsize            k, k_beside;
  gsize            c_out;
  gsize            n_rows;
  gsize            rows_per_picture;
  gboolean         scratch; /* which rows are made in */
  gsize            tile_rows;
  gsize            tile_columns;
  gsize            n_column_tiles;
  const DifWeight *weight;
  float           *out;
  gsize            room_size; /* for each worker: rows of a panel, gates, rows from the source */
  gsize            gate_size; /* of a worker's room, 0 without gates */
  float           *room;
  DifEpilogueJob   epilogue;
  DifActivation    gate;
  const float     *bias; /* [2 c_out], with gates */
} Job;

static gsize
in_parts (gsize n, gsize part)
{
  return (n + part - 1) / part;
}

/* Some columns from @column on, a panel's first.  Rows that fit into the cache meet one panel after
 * another, of others a part at a time does; either way the sums are made in the same order,
 * and however the weights are held.  Halves are widened into @room, a part of a panel at a time.
 * The rows' @k columns are the factor's from @first_k on. */
static void
multiply_columns (const Job *job, gsize m, const float *rows, gsize first_k, gsize k, gsize column,
                  gsize n, float *out, gsize step, float *room)
{
  const gsize    n_steps = in_parts (k, K_STEP);
  const gsize    n_panels = in_parts (n, DIF_PANEL);
  const gboolean fits = m * k <= TILE_NUMBERS;

  for (gsize part = 0; part < n_steps * n_panels; part++)
    {
      gsize i = (fits ? part % n_steps : part / n_panels) * K_STEP;
      gsize panel = fits ? part / n_steps : part % n_panels;
      gsize here = MIN (K_STEP, k - i);

      (panel == 0 && ! job->scratch ? dif_product_cold : dif_product) (
          m, MIN (DIF_PANEL, n - panel * DIF_PANEL), here, rows + i, k,
          dif_weight_rows (job->weight, column / DIF_PANEL + panel, first_k + i, here, room),
          out + panel * DIF_PANEL, step, first_k + i > 0);
    }
}

/* A tile's rows, those beside them too. */
static void
multiply (const Job *job, gsize m, const float *rows, const float *beside, gsize column, gsize n,
          float *out, gsize step, float *room)
{
  multiply_columns (job, m, rows, 0, job->k, column, n, out, step, room);
  if (beside)
    multiply_columns (job, m, beside, job->k, job->k_beside, column, n, out, step, room);
}

DIF_INLINE void
gate_with (const DifActivation activation, gsize n, const float *gate, const float *bias,
           const float *gate_bias, float *out)
{
  for (gsize i = 0; i < n; i++)
    out[i] = (out[i] + bias[i]) * dif_activate_one (activation, gate[i] + gate_bias[i]);
}

DIF_INLINE void
gate_row_body (DifActivation activation, gsize n, const float *gate, const float *bias,
               const float *gate_bias, float *out)
{
  DIF_EACH_ACTIVATION (gate_with, activation, n, gate, bias, gate_bias, out);
}

DIF_VARIANTS (static, void, gate_row,
              (DifActivation activation, gsize n, const float *gate, const float *bias,
               const float *gate_bias, float *out),
              (activation, n, gate, bias, gate_bias, out))

/* The gates of the columns just multiplied, c_out columns further on in the weight, which need not
 * be a panel's first. */
static void
apply_gates (const Job *job, gsize m, const float *rows, gsize column, gsize n, float *out,
             float *room)
{
  const gsize first = (job->c_out + column) / DIF_PANEL * DIF_PANEL;
  const gsize before = job->c_out + column - first;
  const gsize step = job->tile_columns + DIF_PANEL;
  float      *gates = room + K_STEP * DIF_PANEL;

  multiply (job, m, rows, NULL, first, before + n, gates, step, room);
  for (gsize r = 0; r < m; r++)
    gate_row (job->gate, n, gates + r * step + before, job->bias + column,
              job->bias + job->c_out + column, out + r * job->c_out);
}

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job   *job = data;
  gsize        first = tile / job->n_column_tiles * job->tile_rows;
  gsize        column = tile % job->n_column_tiles * job->tile_columns;
  gsize        n_rows = MIN (job->tile_rows, job->n_rows - first);
  gsize        n = MIN (job->tile_columns, job->c_out - column);
  float       *room = job->room + worker * job->room_size;
  float       *out = job->out + first * job->c_out + column;
  const float *beside = job->beside ? job->beside + first * job->k_beside : NULL;
  const float *rows =
      job->source (first, n_rows, room + K_STEP * DIF_PANEL + job->gate_size, job->data);

  multiply (job, n_rows, rows, beside, column, n, out, job->c_out, room);
  if (job->gate_size > 0)
    {
      apply_gates (job, n_rows, rows, column, n, out, room);
      return;
    }
  for (gsize r = first; r < first + n_rows; r++, out += job->c_out)
    dif_epilogue_row (&job->epilogue, r / job->rows_per_picture, r, column, n, out, out);
}

/* By the shapes alone, so that any number of threads gives the same bytes. */
static void
cut (Job *job, gboolean scratch)
{
  gsize n_row_tiles;

  job->tile_rows = MIN (TILE_NUMBERS / MIN (job->k, K_STEP), MAX_ROWS);
  if (scratch) /* columns that are cut would have them made again */
    {
      job->tile_rows = MIN (job->tile_rows, SOURCE_ROWS * TILE_NUMBERS / job->k);
      job->tile_rows = MIN (job->tile_rows, in_parts (job->n_rows, MIN_TILES));
      job->tile_rows = MAX (job->tile_rows, MIN_ROWS);
    }
  job->tile_rows = MIN (job->tile_rows, job->n_rows);
  n_row_tiles = in_parts (job->n_rows, job->tile_rows);
  job->tile_columns = in_parts (job->c_out, in_parts (MIN_TILES, n_row_tiles));
  job->tile_columns = in_parts (job->tile_columns, MIN_COLUMNS) * MIN_COLUMNS;
  job->n_column_tiles = in_parts (job->c_out, job->tile_columns);
}

/* @job has source, weight and what is done at the end. */
static gboolean
run (DifContext *context, Job *job, gboolean scratch, DifTensor *out)
{
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) room = NULL;

  job->k = job->weight->k - job->k_beside;
  job->c_out = out->dim[out->n_dims - 1];
  job->n_rows = out->size / job->c_out;
  job->rows_per_picture = MAX (job->n_rows / out->dim[0], 1);
  job->out = out->data;
  job->scratch = scratch;
  cut (job, scratch);
  if (job->bias)
    job->gate_size = job->tile_rows * (job->tile_columns + DIF_PANEL);
  job->room_size = K_STEP * DIF_PANEL + job->gate_size + (scratch ? job->tile_rows * job->k : 0);
  room = dif_context_tensor (context, 2, (gsize[]) { dif_pool_n_workers (pool), job->room_size });
  if (! room)
    return FALSE;
  job->room = room->data;
  dif_context_count (context, 2.0 * job->n_rows * job->weight->k * job->weight->n);
  dif_pool_run (pool, in_parts (job->n_rows, job->tile_rows) * job->n_column_tiles, do_tile, job);
  return TRUE;
}

gboolean
dif_matmul_rows (DifContext *context, DifRowSource source, gpointer data, gboolean scratch,
                 const DifTensor *beside, const DifWeight *weight, DifTensor *out,
                 const DifEpilogue *epilogue)
{
  Job      job = { .source = source, .data = data, .weight = weight };
  gboolean done;

  if (beside)
    {
      job.beside = beside->data;
      job.k_beside = beside->dim[beside->n_dims - 1];
    }
  if (! out || ! dif_context_ok (context) ||
      ! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  done = run (context, &job, scratch, out);
  dif_epilogue_clear (&job.epilogue);
  return done;
}

gboolean
dif_matmul_gated (DifContext *context, DifRowSource source, gpointer data, gboolean scratch,
                  const DifWeight *weight, DifTensor *out, const DifTensor *bias,
                  DifActivation gate)
{
  Job job = { .source = source, .data = data, .weight = weight, .bias = bias->data, .gate = gate };

  return out && dif_context_ok (context) && run (context, &job, scratch, out);
}
