/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv-weight-backward.h"

#include <string.h>

#include "core/ops/conv/conv-gather.h"
#include "core/ops/conv/prologue-apply.h"
#include "core/ops/elementwise.h"
#include "core/ops/outer.h"
#include "core/ops/profile.h"
#include "core/ops/winograd/winograd-backward.h"

#define BLOCK_ROWS   128 /* gathered at a time … */
#define TILE_COLUMNS 128 /* … so many numbers of each: 64 KiB, kept in a second-level cache */
#define MIN_TILES    16  /* below this, rows are cut too, */
#define MIN_ROWS     256 /* but into parts no smaller */

/* Of channels in one tensor. */
typedef struct
{
  DifConvGather gather;
  gboolean      pointwise;
  const float  *dy;
  gsize         c_out;
  gsize         n_rows;    /* outputs' pixels */
  gsize         k, step;   /* numbers that each is made from; those with room in whole lanes */
  gsize         part_rows; /* sums of so many rows are held on their own, */
  gsize         n_parts;
  gsize         n_column_tiles;
  float        *parts;   /* [part][c_out, step] */
  float        *room;    /* of each worker, for gathered rows */
  float        *out;     /* [c_out, c_all, kernel²] */
  gsize         c_all;   /* of both tensors */
  gsize         c_first; /* this one's first */
} Job;

static gsize
divide_up (gsize n, gsize by)
{
  return (n + by - 1) / by;
}

/* @n rows' columns, filled up with zeros to whole lanes; those of pixels that need not be filled up
 * are taken from where they lie. */
static const float *
find_rows (const Job *job, gsize first, gsize n, gsize column, gsize n_columns, gsize whole,
           float *room, gsize *step)
{
  if (job->pointwise && job->k == job->step)
    {
      *step = job->k;
      return job->gather.x + first * job->k + column;
    }
  *step = whole;
  if (job->pointwise)
    for (gsize r = 0; r < n; r++)
      memcpy (room + r * whole, job->gather.x + (first + r) * job->k + column,
              n_columns * sizeof (float));
  else
    dif_conv_gather (&job->gather, first, n, column, n_columns, room, whole);
  for (gsize r = 0; whole > n_columns && r < n; r++)
    memset (room + r * whole + n_columns, 0, (whole - n_columns) * sizeof (float));
  return room;
}

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job  *job = data;
  const gsize part = tile / job->n_column_tiles;
  const gsize column = tile % job->n_column_tiles * TILE_COLUMNS;
  const gsize n_columns = MIN (TILE_COLUMNS, job->k - column);
  const gsize whole = MIN (TILE_COLUMNS, job->step - column);
  const gsize begin = part * job->part_rows;
  const gsize end = MIN (begin + job->part_rows, job->n_rows);
  float      *room = job->room + worker * BLOCK_ROWS * TILE_COLUMNS;

  for (gsize first = begin; first < end; first += BLOCK_ROWS)
    {
      const gsize  n = MIN (BLOCK_ROWS, end - first);
      gsize        step;
      const float *rows = find_rows (job, first, n, column, n_columns, whole, room, &step);

      dif_outer (job->c_out, whole, n, job->dy + first * job->c_out, job->c_out, rows, step,
                 job->parts + part * job->c_out * job->step + column, job->step, first > begin);
    }
}

/* The parts, put together in their order, for one output. */
static void
add_parts (gsize output, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job  *job = data;
  const gsize c = job->gather.c;
  const gsize area = job->k / c;
  float      *sums = job->parts + output * job->step;
  float      *out = job->out + (output * job->c_all + job->c_first) * area;

  for (gsize part = 1; part < job->n_parts; part++)
    {
      const float *more = sums + part * job->c_out * job->step;

      for (gsize at = 0; at < job->k; at++)
        sums[at] += more[at];
    }
  for (gsize tap = 0; tap < area; tap++)
    for (gsize i = 0; i < c; i++)
      out[i * area + tap] = sums[tap * c + i];
}

/* The gradient with respect to the taps for the channels of one tensor, into those of @gradient
 * from @c_first on. */
static gboolean
fill_channels (DifContext *context, const DifTensor *x, const DifTensor *dy,
               const DifConvShape *shape, gsize c_first, DifTensor *gradient)
{
  DifPool              *pool = dif_context_pool (context);
  Job                   job = { .dy = dy->data, .out = gradient->data, .c_first = c_first };
  g_autoptr (DifTensor) room = NULL;
  gsize                 n_parts_numbers;

  dif_conv_gather_init (&job.gather, x, shape);
  job.pointwise = dif_conv_is_pointwise (shape);
  job.c_out = dy->dim[3];
  job.c_all = gradient->dim[1];
  job.n_rows = dy->size / job.c_out;
  job.k = (gsize) shape->kernel * shape->kernel * job.gather.c;
  job.step = divide_up (job.k, DIF_OUTER_LANES) * DIF_OUTER_LANES;
  job.n_column_tiles = divide_up (job.k, TILE_COLUMNS);
  job.n_parts = MIN (divide_up (MIN_TILES, job.n_column_tiles), divide_up (job.n_rows, MIN_ROWS));
  job.part_rows = divide_up (job.n_rows, job.n_parts);
  job.n_parts = divide_up (job.n_rows, job.part_rows);
  n_parts_numbers = job.n_parts * job.c_out * job.step;
  room = dif_context_tensor (
      context, 1,
      (gsize[]) { n_parts_numbers + dif_pool_n_workers (pool) * BLOCK_ROWS * TILE_COLUMNS });
  if (! room)
    return FALSE;
  job.parts = room->data;
  job.room = room->data + n_parts_numbers;
  dif_context_count (context, 2.0 * job.n_rows * job.k * job.c_out);
  dif_pool_run (pool, job.n_parts * job.n_column_tiles, do_tile, &job);
  dif_pool_run (pool, job.c_out, add_parts, &job);
  return TRUE;
}

/* Through the prologue, where there is one. */
static gboolean
fill_by_rows (DifContext *context, const DifConvInput *input, const DifTensor *dy,
              const DifConvShape *shape, DifTensor *gradient)
{
  DIF_OP_TIMER (context, dif_conv_is_pointwise (shape) ? DIF_OP_POINTWISE : DIF_OP_IM2ROW);
  g_autoptr (DifTensor) joined = NULL;
  g_autoptr (DifTensor) normed = NULL;
  const DifTensor      *x = input->x;

  if (! input->prologue)
    return fill_channels (context, x, dy, shape, 0, gradient) &&
           (! input->beside ||
            fill_channels (context, input->beside, dy, shape, x->dim[3], gradient));
  if (input->beside)
    x = joined = dif_concat_channels (context, x, input->beside);
  normed = x ? dif_prologue_apply (context, x, input->prologue) : NULL;
  return normed && fill_channels (context, normed, dy, shape, 0, gradient);
}

/* Channels beside without a prologue are joined beforehand, as dif_conv() does it. */
static gboolean
fill_by_winograd (DifContext *context, const DifConvInput *input, const DifTensor *dy,
                  const DifConvShape *shape, DifConvAlgorithm algorithm, DifTensor *gradient)
{
  DIF_OP_TIMER (context, DIF_OP_WINOGRAD);
  g_autoptr (DifTensor)  joined = NULL;
  g_autoptr (DifTensor)  normed = NULL;
  DifConvInput           in = *input;
  const DifWinogradForm *form = dif_winograd_form (dif_cost_winograd_kind (algorithm));
  DifConvGather          g;

  if (! dif_conv_prepare_input (context, shape, algorithm, &in, &joined, &normed))
    return FALSE;
  dif_conv_gather_init (&g, in.x, shape);
  return dif_winograd_weight_backward (
      context, form,
      &(DifWinogradInput) { g.x, in.beside ? in.beside->data : NULL, in.x->dim[0], g.h, g.w, g.c,
                            in.beside ? in.beside->dim[3] : 0, g.seen_h, g.seen_w, in.prologue },
      dy, gradient);
}

DifTensor *
dif_conv_weight_backward_by (DifContext *context, const DifConvInput *input, const DifTensor *dy,
                             const DifConvShape *shape, DifConvAlgorithm algorithm)
{
  g_autoptr (DifTensor) gradient = NULL;
  DifConvGather         g;
  gsize                 c_in;
  gboolean              done;

  if (! input->x || ! dy || ! dif_context_ok (context))
    return NULL;
  g_return_val_if_fail (dif_conv_gather_init (&g, input->x, shape), NULL);
  g_return_val_if_fail (dy->n_dims == 4 && dy->dim[0] == input->x->dim[0] &&
                            dy->dim[1] == g.out_h && dy->dim[2] == g.out_w,
                        NULL);
  c_in = g.c + (input->beside ? input->beside->dim[3] : 0);
  algorithm = dif_conv_pick (
      shape, &(DifConvWork) { dy->dim[0], g.out_h, g.out_w, c_in, dy->dim[3] }, algorithm);
  gradient = dif_context_nhwc (context, dy->dim[3], c_in, shape->kernel, shape->kernel);
  if (! gradient)
    return NULL;
  done = algorithm == DIF_CONV_IM2ROW ?
             fill_by_rows (context, input, dy, shape, gradient) :
             fill_by_winograd (context, input, dy, shape, algorithm, gradient);
  return done ? g_steal_pointer (&gradient) : NULL;
}

DifTensor *
dif_conv_weight_backward (DifContext *context, const DifConvInput *input, const DifTensor *dy,
                          const DifConvShape *shape)
{
  return dif_conv_weight_backward_by (context, input, dy, shape, DIF_CONV_AUTO);
}

DifTensor *
dif_linear_weight_backward (DifContext *context, DifTensor *x, DifTensor *dy)
{
  g_autoptr (DifTensor) rows = NULL;
  g_autoptr (DifTensor) dy_rows = NULL;
  g_autoptr (DifTensor) gradient = NULL;
  gsize                 c_in, c_out, n;

  if (! x || ! dy)
    return NULL;
  c_in = x->dim[x->n_dims - 1];
  c_out = dy->dim[dy->n_dims - 1];
  n = x->size / c_in;
  rows = dif_tensor_view (x, 4, (gsize[]) { 1, 1, n, c_in });
  dy_rows = dif_tensor_view (dy, 4, (gsize[]) { 1, 1, n, c_out });
  gradient = dif_conv_weight_backward (context, &(DifConvInput) { .x = rows }, dy_rows,
                                       &(DifConvShape) { .kernel = 1, .stride = 1 });
  return gradient ? dif_tensor_view (gradient, 2, (gsize[]) { c_out, c_in }) : NULL;
}
