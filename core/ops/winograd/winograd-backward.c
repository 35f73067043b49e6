/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd-backward.h"

#include <string.h>

#include "core/ops/outer.h"
#include "core/ops/winograd/winograd-job.h"

#define PART        DIF_WINOGRAD_PART
#define LANES       DIF_WINOGRAD_LANES
#define MAX_PIXELS  (DIF_WINOGRAD_MAX_OUT * DIF_WINOGRAD_MAX_OUT)
#define GROUP       64        /* blocks at most, whose outer products are summed up in registers */
#define SLICE       16        /* blocks transformed by one tile */
#define CHUNK_BYTES (4 << 20) /* of transformed blocks, all of which are multiplied together */
#define TAP_ROWS    16        /* outputs whose weights are transformed together */
#define FEW_TILES   8         /* below this they are not more */

#define TAPS_SIZE (9 * (TAP_ROWS * PART + LANES))

/* dU lies as [part of the outputs][part of the inputs][point][outputs, whole lanes of inputs].
 * Where there is but one group, whose products are soon made, it is never there as a whole: each
 * worker has some rows of it. */
typedef struct
{
  DifWinogradJob   job; /* v is of each group of a chunk: [part][point][block, inputs] */
  const DifTensor *dy;
  float           *m; /* likewise: [part][point][block, outputs] */
  gsize            m_size;
  float           *u;
  float           *taps; /* of each worker */
  gsize            rows; /* outputs that a tile makes all of, 0 where dU is kept */
  float           *out;  /* [c_out, c_in, 9] */
  gsize            parts_in, parts_out;
  gsize            slice_rows, n_slices; /* of a group's rows of blocks */
} Gradient;

static gsize
divide_up (gsize n, gsize by)
{
  return (n + by - 1) / by;
}

/* Channels in a part, and with whole lanes. */
static gsize
part_width (gsize part, gsize c)
{
  return MIN (PART, c - part * PART);
}

static gsize
whole_width (gsize part, gsize c)
{
  return dif_winograd_whole_lanes (part_width (part, c));
}

/* ---- A dY Aᵀ ---- */

/* Channels beyond the last whole lanes are copied out, so that nothing is read past them. */
static void
transform_rest (const DifWinogradJob *job, const float *const d[MAX_PIXELS], gsize channel, gsize n,
                float *m, gsize step)
{
  float        copy[MAX_PIXELS][LANES];
  const float *copies[MAX_PIXELS];

  memset (copy, 0, sizeof copy);
  for (guint p = 0; p < job->form->out * job->form->out; p++)
    {
      memcpy (copy[p], d[p] + channel, n * sizeof (float));
      copies[p] = copy[p];
    }
  job->form->gradients (copies, 0, LANES, m, step);
}

/* One block; beyond the picture's edge nothing came out. */
static void
transform_block (const Gradient *g, gsize picture, gsize block_y, gsize block_x, gsize part,
                 float *m)
{
  const DifWinogradJob   *job = &g->job;
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             first = part * PART;
  const gsize             n = part_width (part, job->c_out);
  const gsize             whole = n / LANES * LANES;
  const gsize  step = dif_winograd_point_step (job->group, whole_width (part, job->c_out));
  const float *d[MAX_PIXELS];

  for (gsize i = 0; i < out * out; i++)
    {
      const gsize y = block_y * out + i / out;
      const gsize x = block_x * out + i % out;

      d[i] = y < in->seen_h && x < in->seen_w ?
                 g->dy->data + ((picture * in->seen_h + y) * in->seen_w + x) * job->c_out + first :
                 job->zeros;
    }
  if (whole > 0)
    job->form->gradients (d, 0, whole, m, step);
  if (whole < n)
    transform_rest (job, d, whole, n - whole, m + whole, step);
}

/* What a block further on in this row will read.  It may be no pixel at all. */
static void
prefetch_block (const Gradient *g, gsize picture, gsize block_y, gsize block_x, gsize part)
{
  const DifWinogradJob   *job = &g->job;
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             n = part_width (part, job->c_out);
  const gsize             x = (block_x + DIF_WINOGRAD_AHEAD) * out;

  for (gsize y = block_y * out; y < MIN ((block_y + 1) * out, in->seen_h); y++)
    {
      const float *row =
          g->dy->data + ((picture * in->seen_h + y) * in->seen_w + x) * job->c_out + part * PART;

      for (gsize i = 0; i < out; i++)
        for (gsize c = 0; c < n; c += LANES)
          __builtin_prefetch (row + i * job->c_out + c);
    }
}

static void
transform_rows (const Gradient *g, const DifWinogradGroup *group, gsize part, gsize first_row,
                float *m)
{
  const gsize end = MIN (first_row + g->slice_rows, group->n_pictures * group->h);
  const gsize width = whole_width (part, g->job.c_out);

  m += first_row * group->w * width;
  for (gsize row = first_row; row < end; row++)
    for (gsize x = group->x; x < group->x + group->w; x++, m += width)
      {
        prefetch_block (g, group->picture + row / group->h, group->y + row % group->h, x, part);
        transform_block (g, group->picture + row / group->h, group->y + row % group->h, x, part, m);
      }
}

/* ---- tiles ---- */

/* One part of a slice of a group, of inputs or of outputs. */
static void
do_transform (gsize tile, guint worker, gpointer data)
{
  const Gradient        *g = data;
  const DifWinogradJob  *job = &g->job;
  const gsize            n_parts = g->parts_in + g->parts_out;
  const gsize            part = tile % n_parts;
  const gsize            first_row = tile / n_parts % g->n_slices * g->slice_rows;
  const gsize            index = tile / n_parts / g->n_slices; /* in the chunk */
  const DifWinogradGroup group = dif_winograd_find_group (job, job->first_group + index);

  if (part < g->parts_in)
    dif_winograd_inputs (job, &group, part, first_row, g->slice_rows,
                         job->scratch + worker * job->scratch_size,
                         job->v + index * job->v_size + part * dif_winograd_part_size (job));
  else
    transform_rows (g, &group, part - g->parts_in, first_row,
                    g->m + index * g->m_size + (part - g->parts_in) * dif_winograd_part_size (job));
}

static float *
u_of (const Gradient *g, gsize part_out, gsize part_in)
{
  return g->u + (part_out * g->parts_in + part_in) * g->job.form->points *
                    dif_winograd_point_step (PART, PART);
}

/* One point of one part of inputs with some outputs of a part: all groups of the chunk. */
static void
multiply (const Gradient *g, guint point, gsize part_in, gsize first_out, gsize n_out, float *u)
{
  const DifWinogradJob *job = &g->job;
  const gsize           part_out = first_out / PART;
  const gsize           n_in = whole_width (part_in, job->c_in);
  const gsize           m_width = whole_width (part_out, job->c_out);
  const gsize           end = MIN (job->first_group + job->chunk, job->n_groups);
  const float          *v = job->v + part_in * dif_winograd_part_size (job) +
                   point * dif_winograd_point_step (job->group, n_in);
  const float *m = g->m + part_out * dif_winograd_part_size (job) +
                   point * dif_winograd_point_step (job->group, m_width) + first_out % PART;

  if (dif_winograd_is_zero (job, point))
    memset (u, 0, n_out * n_in * sizeof (float));
  else
    for (gsize i = job->first_group; i < end; i++, v += job->v_size, m += g->m_size)
      dif_outer (n_out, n_in, dif_winograd_find_group (job, i).n, m, m_width, v, n_in, u, n_in,
                 i > 0);
}

/* dg of some outputs with one part of the inputs. */
static void
make_taps (const Gradient *g, const float *u, gsize point_step, gsize part_in, gsize first_out,
           gsize n_out, float *taps)
{
  const DifWinogradJob *job = &g->job;
  const gsize           n_in = part_width (part_in, job->c_in);
  const gsize           width = whole_width (part_in, job->c_in);
  const gsize           step = TAP_ROWS * PART + LANES;

  job->form->taps (u, point_step, n_out * width, taps, step);
  for (gsize o = 0; o < n_out; o++)
    {
      float *out = g->out + ((first_out + o) * job->c_in + part_in * PART) * 9;

      for (gsize i = 0; i < n_in; i++)
        for (gsize tap = 0; tap < 9; tap++)
          *out++ = taps[tap * step + o * width + i];
    }
}

static void
do_product (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Gradient *g = data;
  const gsize     part_in = tile % g->parts_in;
  const gsize     part_out = tile / g->parts_in % g->parts_out;
  const guint     point = (guint) (tile / g->parts_in / g->parts_out);

  multiply (g, point, part_in, part_out * PART, part_width (part_out, g->job.c_out),
            u_of (g, part_out, part_in) + point * dif_winograd_point_step (PART, PART));
}

static void
do_taps (gsize tile, guint worker, gpointer data)
{
  const Gradient *g = data;
  const gsize     part_in = tile % g->parts_in;
  const gsize     first_out = tile / g->parts_in * TAP_ROWS;
  const gsize     width = whole_width (part_in, g->job.c_in);

  make_taps (g, u_of (g, first_out / PART, part_in) + first_out % PART * width,
             dif_winograd_point_step (PART, PART), part_in, first_out,
             MIN (TAP_ROWS, g->job.c_out - first_out), g->taps + worker * TAPS_SIZE);
}

/* All of some outputs with one part of the inputs, at once. */
static void
do_rows (gsize tile, guint worker, gpointer data)
{
  const Gradient *g = data;
  const gsize     part_in = tile % g->parts_in;
  const gsize     first_out = tile / g->parts_in * g->rows;
  const gsize     n_out = MIN (g->rows, g->job.c_out - first_out);
  const gsize     step = dif_winograd_point_step (g->rows, PART);
  const gsize     width = whole_width (part_in, g->job.c_in);
  float          *u = g->u + worker * g->job.form->points * step;

  for (guint point = 0; point < g->job.form->points; point++)
    multiply (g, point, part_in, first_out, n_out, u + point * step);
  for (gsize o = 0; o < n_out; o += TAP_ROWS)
    make_taps (g, u + o * width, step, part_in, first_out + o, MIN (TAP_ROWS, n_out - o),
               g->taps + worker * TAPS_SIZE);
}

/* ---- the whole ---- */

static void
plan (Gradient *g)
{
  DifWinogradJob *job = &g->job;

  job->blocks_y = divide_up (job->input->seen_h, job->form->out);
  job->blocks_x = divide_up (job->input->seen_w, job->form->out);
  dif_winograd_cut_groups (job, GROUP);
  g->parts_in = dif_winograd_n_parts (job->c_in);
  g->parts_out = dif_winograd_n_parts (job->c_out);
  g->slice_rows = MAX (SLICE / job->group_x, 1);
  g->n_slices = divide_up (job->group_pictures * job->group_y, g->slice_rows);
  job->v_size = g->parts_in * dif_winograd_part_size (job);
  g->m_size = g->parts_out * dif_winograd_part_size (job);
  job->chunk = CLAMP (CHUNK_BYTES / ((job->v_size + g->m_size) * sizeof (float)), 1, job->n_groups);
  if (job->n_groups > 1)
    return;
  g->rows =
      g->parts_in * divide_up (job->c_out, 2 * TAP_ROWS) < FEW_TILES ? TAP_ROWS : 2 * TAP_ROWS;
}

static DifTensor *
make_room (DifContext *context, Gradient *g)
{
  DifWinogradJob *job = &g->job;
  const gsize     n_workers = dif_pool_n_workers (dif_context_pool (context));
  const gsize     n_zeros = dif_winograd_whole_lanes (MAX (job->c_in, PART));
  const gsize     n_u = job->form->points *
                    (g->rows ? n_workers * dif_winograd_point_step (g->rows, PART) :
                               g->parts_out * g->parts_in * dif_winograd_point_step (PART, PART));
  DifTensor *room;

  job->scratch_size = dif_winograd_stage_size (job);
  room = dif_context_tensor (context, 1,
                             (gsize[]) { n_zeros + job->chunk * (job->v_size + g->m_size) + n_u +
                                         n_workers * (job->scratch_size + TAPS_SIZE) });
  if (! room)
    return NULL;
  job->zeros = room->data;
  job->v = room->data + n_zeros;
  g->m = job->v + job->chunk * job->v_size;
  g->u = g->m + job->chunk * g->m_size;
  job->scratch = g->u + n_u;
  g->taps = job->scratch + n_workers * job->scratch_size;
  memset (room->data, 0, n_zeros * sizeof (float));
  return room;
}

gboolean
dif_winograd_weight_backward (DifContext *context, const DifWinogradForm *form,
                              const DifWinogradInput *input, const DifTensor *dy,
                              DifTensor *gradient)
{
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) room = NULL;
  Gradient              g = { .dy = dy, .out = gradient->data };
  DifWinogradJob       *job = &g.job;

  job->form = form;
  job->input = input;
  job->c_in = input->c + input->c_beside;
  job->c_out = dy->dim[3];
  plan (&g);
  room = make_room (context, &g);
  if (! room)
    return FALSE;
  dif_context_count (context,
                     18.0 * input->n * input->seen_h * input->seen_w * job->c_in * job->c_out);
  for (; job->first_group < job->n_groups; job->first_group += job->chunk)
    {
      const gsize here = MIN (job->chunk, job->n_groups - job->first_group);

      dif_pool_run (pool, here * g.n_slices * (g.parts_in + g.parts_out), do_transform, &g);
      if (g.rows)
        dif_pool_run (pool, divide_up (job->c_out, g.rows) * g.parts_in, do_rows, &g);
      else
        dif_pool_run (pool, form->points * g.parts_out * g.parts_in, do_product, &g);
    }
  if (! g.rows)
    dif_pool_run (pool, divide_up (job->c_out, TAP_ROWS) * g.parts_in, do_taps, &g);
  return TRUE;
}
