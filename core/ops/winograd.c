/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd.h"

#include <string.h>

#include "core/ops/product.h"

#define LANES       DIF_WINOGRAD_LANES
#define MAX_POINTS  DIF_WINOGRAD_MAX_POINTS
#define MAX_SIDE    (DIF_WINOGRAD_MAX_OUT + 2)
#define MAX_PIXELS  (DIF_WINOGRAD_MAX_OUT * DIF_WINOGRAD_MAX_OUT)
#define PART        64        /* input channels multiplied together */
#define GROUP       64        /* blocks transformed and multiplied together */
#define FEW_BLOCKS  16        /* transformed by one tile */
#define AHEAD       2         /* blocks between fetching and use */
#define MANY_GROUPS 16        /* enough for workers to have their own */
#define CHUNK_BYTES (8 << 20) /* of transformed inputs that workers share */

/* ---- weights: [panel][part][point][channels of the part, DIF_PANEL] ---- */

static gsize
n_parts (gsize c_in)
{
  return (c_in + PART - 1) / PART;
}

static gsize
n_panels (gsize c_out)
{
  return (c_out + DIF_PANEL - 1) / DIF_PANEL;
}

/* From one point's numbers to the next.  A line more than their size: at powers of two the
 * streams of a transform would fight for the same few places in the cache. */
static gsize
point_step (gsize rows, gsize columns)
{
  return rows * columns + LANES;
}

static gsize
panel_step (const DifWinogradForm *form, gsize c_in)
{
  return form->points * (c_in * DIF_PANEL + n_parts (c_in) * LANES);
}

gsize
dif_winograd_size (const DifWinogradForm *form, gsize c_in, gsize c_out)
{
  return n_panels (c_out) * panel_step (form, c_in);
}

/* One part of one panel.  @room is for its 9 taps where they are not held as floats. */
static void
transform_weights (const DifWinogradForm *form, const DifWeight *weight, gsize panel, gsize part,
                   float *room, float *u)
{
  const gsize  c_in = weight->k / 9;
  const gsize  first = part * PART;
  const gsize  n = MIN (PART, c_in - first);
  const float *taps[9];

  for (guint tap = 0; tap < 9; tap++)
    taps[tap] =
        dif_weight_rows (weight, panel, tap * c_in + first, n, room + tap * PART * DIF_PANEL);
  form->weights (taps[0], (gsize) (taps[1] - taps[0]), n * DIF_PANEL, u, point_step (n, DIF_PANEL));
}

DifTensor *
dif_winograd_pack (DifAllocator *allocator, const DifWinogradForm *form, const DifWeight *weight,
                   GError **error)
{
  const gsize           c_in = weight->k / 9;
  gsize                 size = dif_winograd_size (form, c_in, weight->n);
  gsize                 room_size = 9 * PART * DIF_PANEL;
  g_autoptr (DifTensor) room = dif_tensor_new (allocator, 1, &room_size, error);
  DifTensor            *packed = room ? dif_tensor_new (allocator, 1, &size, error) : NULL;

  if (! packed)
    return NULL;
  for (gsize panel = 0; panel < n_panels (weight->n); panel++)
    for (gsize part = 0; part < n_parts (c_in); part++)
      transform_weights (form, weight, panel, part, room->data,
                         packed->data + panel * panel_step (form, c_in) +
                             part * form->points * point_step (PART, DIF_PANEL));
  return packed;
}

/* ---- the job ---- */

typedef struct
{
  const DifWinogradForm  *form;
  const DifWinogradInput *input;
  const DifWeight        *weight;
  const float            *stored; /* transformed weights, or NULL */
  float                  *out;
  gsize                   c_in, c_out;
  gsize                   blocks_y, blocks_x; /* of one picture */
  gsize                   n_blocks;
  gsize                   first_group; /* of those that are at work */
  gsize                   chunk; /* groups whose inputs are transformed for all workers, or 0 */
  float                  *v;     /* transformed inputs: of each group, or of each worker */
  gsize                   v_size;
  float                  *scratch; /* of each worker: see Scratch */
  gsize                   scratch_size;
  const float            *zeros; /* c_in, and a row of pixels */
  DifEpilogueJob          epilogue;
} Job;

/* A worker's own memory. */
typedef struct
{
  float *pixels; /* a block of outputs of a panel */
  float *taps;   /* weights as floats */
  float *u;      /* transformed weights of a part of a panel */
  float *m;      /* products of a group with each panel at work */
} Scratch;

static gsize
whole_lanes (gsize channels)
{
  return (channels + LANES - 1) / LANES * LANES;
}

/* ---- inputs: [part][point][block, channels of the part] ---- */

/* Rows (or columns) of the picture that a block's read, -1 beyond its edge. */
static void
find_side (const DifWinogradForm *form, gsize block, gsize seen, gsize real, gssize *at)
{
  for (guint i = 0; i < form->side; i++)
    {
      gssize p = (gssize) (block * form->out + i) - 1;

      if (p < 0 || (gsize) p >= seen)
        at[i] = -1;
      else
        at[i] = seen == real ? p : (gssize) ((gsize) p * real / seen);
    }
}

/* Where the pixels of a block are; beyond the picture's edge there are zeros. */
static void
find_pixels (const Job *job, gsize block, const float *d[MAX_POINTS])
{
  const DifWinogradInput *in = job->input;
  const guint             side = job->form->side;
  const float *picture = in->x + block / (job->blocks_y * job->blocks_x) * in->h * in->w * in->c;
  gssize       y[MAX_SIDE];
  gssize       x[MAX_SIDE];

  find_side (job->form, block / job->blocks_x % job->blocks_y, in->seen_h, in->h, y);
  find_side (job->form, block % job->blocks_x, in->seen_w, in->w, x);
  for (guint i = 0; i < side; i++)
    for (guint j = 0; j < side; j++)
      d[i * side + j] = y[i] < 0 || x[j] < 0 ?
                            job->zeros :
                            picture + ((gsize) y[i] * in->w + (gsize) x[j]) * in->c;
}

/* Channels beyond the last whole lanes are copied out, so that nothing is read past them. */
static void
transform_rest (const Job *job, const float *const d[MAX_POINTS], gsize channel, gsize n, float *v,
                gsize step)
{
  float        copy[MAX_POINTS][LANES];
  const float *copies[MAX_POINTS];

  memset (copy, 0, sizeof copy);
  for (guint p = 0; p < job->form->points; p++)
    {
      memcpy (copy[p], d[p] + channel, n * sizeof (float));
      copies[p] = copy[p];
    }
  job->form->inputs (copies, 0, LANES, v, step);
}

#define AHEAD 2
/* The pixels that the block before did not read: of all rows, the columns on the right. */
static void
prefetch_pixels (const Job *job, gsize block, gsize first, gsize n)
{
  const guint  side = job->form->side;
  const float *d[MAX_POINTS];

  find_pixels (job, block, d);
  for (guint p = 0; p < side * side; p++)
    for (gsize c = first; c < first + n && p % side >= side - job->form->out; c += LANES)
      __builtin_prefetch (d[p] + c);
}

/* A part of the channels of some blocks. */
static void
transform_part (const Job *job, gsize first_block, gsize n_blocks, gsize part, float *v)
{
  const gsize first = part * PART;
  const gsize n = MIN (PART, job->c_in - first);
  const gsize whole = n / LANES * LANES;
  const gsize padded = whole_lanes (n);
  const gsize step = point_step (GROUP, padded);

  for (gsize b = 0; b < n_blocks; b++, v += padded)
    {
      const float *d[MAX_POINTS];

      if (b + AHEAD < n_blocks)
        prefetch_pixels (job, first_block + b + AHEAD, first, n);
      find_pixels (job, first_block + b, d);
      if (whole > 0)
        job->form->inputs (d, first, whole, v, step);
      if (whole < n)
        transform_rest (job, d, first + whole, n - whole, v + whole, step);
    }
}

/* ---- products and outputs of a group: [panel][point][block, DIF_PANEL] ---- */

/* Where a block of outputs lies. */
typedef struct
{
  gsize picture;
  gsize row;  /* of the output: its first pixel */
  gsize h, w; /* of the part within the picture */
} Place;

static Place
find_place (const Job *job, gsize block)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  gsize                   picture = block / (job->blocks_y * job->blocks_x);
  gsize                   y = block / job->blocks_x % job->blocks_y * out;
  gsize                   x = block % job->blocks_x * out;

  return (Place) { picture, (picture * in->seen_h + y) * in->seen_w + x, MIN (out, in->seen_h - y),
                   MIN (out, in->seen_w - x) };
}

/* Cold outputs would hold up their writer at every line. */
static void
prefetch_block (const Job *job, gsize block, gsize column, gsize n)
{
  const Place place = find_place (job, block);

  for (gsize y = 0; y < place.h; y++)
    for (gsize x = 0; x < place.w; x++)
      for (gsize c = column; c < column + n; c += LANES)
        {
          gsize at = (place.row + y * job->input->seen_w + x) * job->c_out + c;

          __builtin_prefetch (job->out + at, 1);
          if (job->epilogue.residual)
            __builtin_prefetch (job->epilogue.residual + at);
        }
}

static void
write_block (const Job *job, gsize block, gsize column, gsize n, const float *m, float *pixels)
{
  const gsize           out = job->form->out;
  const gsize           step = point_step (GROUP, DIF_PANEL);
  const gsize           seen_w = job->input->seen_w;
  const Place           place = find_place (job, block);
  const DifEpilogueJob *e = &job->epilogue;

  if (place.h == out && place.w == out && n % LANES == 0)
    {
      DifWinogradEpilogue whole = { e->offset + place.picture * e->step + column,
                                    e->residual ? e->residual + place.row * e->c + column : NULL,
                                    e->scale };

      job->form->outputs (m, step, n, job->out + place.row * job->c_out + column,
                          seen_w * job->c_out, job->c_out, &whole);
      return;
    }
  job->form->outputs (m, step, whole_lanes (n), pixels, out * DIF_PANEL, DIF_PANEL,
                      &(DifWinogradEpilogue) { job->zeros, NULL, 1.0f });
  for (gsize y = 0; y < place.h; y++)
    for (gsize x = 0; x < place.w; x++)
      {
        gsize at = place.row + y * seen_w + x;

        dif_epilogue_row (e, place.picture, at, column, n, pixels + (y * out + x) * DIF_PANEL,
                          job->out + at * job->c_out + column);
      }
}

static gsize
part_size (const Job *job)
{
  return job->form->points * point_step (GROUP, PART);
}

static gsize
panel_size (const Job *job)
{
  return job->form->points * point_step (GROUP, DIF_PANEL);
}

/* Products of one part of @n_blocks with one panel, to @m or added to it. */
static void
multiply (const Job *job, gsize n_blocks, gsize part, gsize panel, const float *v, float *m,
          const Scratch *scratch)
{
  const guint  points = job->form->points;
  const gsize  k = MIN (PART, job->c_in - part * PART);
  const gsize  n = MIN (DIF_PANEL, job->c_out - panel * DIF_PANEL);
  const gsize  padded = whole_lanes (k);
  const float *u = scratch->u;

  if (job->stored)
    u = job->stored + panel * panel_step (job->form, job->c_in) +
        part * points * point_step (PART, DIF_PANEL);
  else
    transform_weights (job->form, job->weight, panel, part, scratch->taps, scratch->u);
  for (guint p = 0; p < points; p++)
    dif_product (n_blocks, n, k, v + p * point_step (GROUP, padded), padded,
                 u + p * point_step (k, DIF_PANEL), m + p * point_step (GROUP, DIF_PANEL),
                 DIF_PANEL, part > 0);
}

static void
write_panel (const Job *job, gsize first_block, gsize n_blocks, gsize panel, const float *m,
             float *pixels)
{
  const gsize column = panel * DIF_PANEL;
  const gsize n = MIN (DIF_PANEL, job->c_out - column);

  for (gsize b = 0; b < n_blocks; b++)
    {
      if (b + AHEAD < n_blocks)
        prefetch_block (job, first_block + b + AHEAD, column, n);
      write_block (job, first_block + b, column, n, m + b * DIF_PANEL, pixels);
    }
}

/* ---- tiles ---- */

static Scratch
own_scratch (const Job *job, guint worker)
{
  Scratch s;

  s.pixels = job->scratch + worker * job->scratch_size;
  s.taps = s.pixels + MAX_PIXELS * DIF_PANEL;
  s.u = s.taps + 9 * PART * DIF_PANEL;
  s.m = s.u + job->form->points * point_step (PART, DIF_PANEL);
  return s;
}

/* One group with all panels, part by part: what it transforms stays in the worker's cache. */
static void
do_group (gsize tile, guint worker, gpointer data)
{
  const Job    *job = data;
  const gsize   first = tile * GROUP;
  const gsize   n = MIN (GROUP, job->n_blocks - first);
  const Scratch scratch = own_scratch (job, worker);
  float        *v = job->v + worker * job->v_size;

  for (gsize part = 0; part < n_parts (job->c_in); part++)
    {
      transform_part (job, first, n, part, v);
      for (gsize panel = 0; panel < n_panels (job->c_out); panel++)
        multiply (job, n, part, panel, v, scratch.m + panel * panel_size (job), &scratch);
    }
  for (gsize panel = 0; panel < n_panels (job->c_out); panel++)
    write_panel (job, first, n, panel, scratch.m + panel * panel_size (job), scratch.pixels);
}

/* One part of some of a group's inputs, for all workers to use. */
static void
do_inputs (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      part = tile % n_parts (job->c_in);
  gsize      block = tile / n_parts (job->c_in) * FEW_BLOCKS; /* from the chunk's first on */
  gsize      first = job->first_group * GROUP + block;

  if (first < job->n_blocks)
    transform_part (job, first, MIN (FEW_BLOCKS, job->n_blocks - first), part,
                    job->v + block / GROUP * job->v_size + part * part_size (job) +
                        block % GROUP * whole_lanes (MIN (PART, job->c_in - part * PART)));
}

/* One panel of one group. */
static void
do_panel (gsize tile, guint worker, gpointer data)
{
  const Job    *job = data;
  const gsize   group = tile / n_panels (job->c_out);
  const gsize   panel = tile % n_panels (job->c_out);
  const gsize   first = (job->first_group + group) * GROUP;
  const gsize   n = MIN (GROUP, job->n_blocks - first);
  const Scratch scratch = own_scratch (job, worker);

  for (gsize part = 0; part < n_parts (job->c_in); part++)
    multiply (job, n, part, panel, job->v + group * job->v_size + part * part_size (job), scratch.m,
              &scratch);
  write_panel (job, first, n, panel, scratch.m, scratch.pixels);
}

static gsize
n_groups (const Job *job)
{
  return (job->n_blocks + GROUP - 1) / GROUP;
}

/* Many groups of few channels go to workers whole.  Else the workers share the panels, between
 * which the inputs would not stay in their caches. */
static gsize
pick_chunk (const Job *job)
{
  if (n_groups (job) >= MANY_GROUPS && job->c_out <= 3 * DIF_PANEL)
    return 0;
  return CLAMP (CHUNK_BYTES / (n_parts (job->c_in) * part_size (job) * sizeof (float)), 1,
                n_groups (job));
}

static gboolean
run_job (DifContext *context, Job *job)
{
  DifPool              *pool = dif_context_pool (context);
  gsize                 n_workers = dif_pool_n_workers (pool);
  gsize                 n_zeros = MAX (whole_lanes (job->c_in), DIF_PANEL);
  gsize                 n_v = job->chunk ? job->chunk : n_workers;
  g_autoptr (DifTensor) room = NULL;

  job->v_size = (job->chunk ? n_parts (job->c_in) : 1) * part_size (job);
  job->scratch_size = (MAX_PIXELS + 9 * PART) * DIF_PANEL +
                      job->form->points * point_step (PART, DIF_PANEL) +
                      (job->chunk ? 1 : n_panels (job->c_out)) * panel_size (job);
  room = dif_context_tensor (
      context, 1, (gsize[]) { n_v * job->v_size + n_workers * job->scratch_size + n_zeros });
  if (! room)
    return FALSE;
  job->zeros = room->data;
  job->v = room->data + n_zeros;
  job->scratch = job->v + n_v * job->v_size;
  memset (room->data, 0, n_zeros * sizeof (float));
  if (job->chunk == 0)
    {
      dif_pool_run (pool, n_groups (job), do_group, job);
      return TRUE;
    }
  for (; job->first_group < n_groups (job); job->first_group += job->chunk)
    {
      gsize here = MIN (job->chunk, n_groups (job) - job->first_group);

      dif_pool_run (pool, here * (GROUP / FEW_BLOCKS) * n_parts (job->c_in), do_inputs, job);
      dif_pool_run (pool, here * n_panels (job->c_out), do_panel, job);
    }
  return TRUE;
}

gboolean
dif_winograd_conv (DifContext *context, const DifWinogradForm *form, const DifWinogradInput *input,
                   const DifWeight *weight, DifTensor *out, const DifEpilogue *epilogue)
{
  gboolean done;
  Job      job = { 0 };

  if (! out)
    return FALSE;
  job.form = form;
  job.input = input;
  job.weight = weight;
  job.stored = weight->winograd && form == &dif_winograd_f4 ? weight->winograd->data : NULL;
  job.out = out->data;
  job.c_in = input->c;
  job.c_out = weight->n;
  job.blocks_y = (input->seen_h + form->out - 1) / form->out;
  job.blocks_x = (input->seen_w + form->out - 1) / form->out;
  job.n_blocks = input->n * job.blocks_y * job.blocks_x;
  job.chunk = pick_chunk (&job);
  if (! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  dif_context_count (context,
                     18.0 * input->n * input->seen_h * input->seen_w * job.c_in * job.c_out);
  done = run_job (context, &job);
  dif_epilogue_clear (&job.epilogue);
  return done;
}
