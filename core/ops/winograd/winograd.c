/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd.h"

#include <string.h>

#include "core/ops/norm/moments.h"
#include "core/ops/winograd/winograd-job.h"

#define PART        DIF_WINOGRAD_PART
#define MAX_PIXELS  (DIF_WINOGRAD_MAX_OUT * DIF_WINOGRAD_MAX_OUT)
#define SIDE        8         /* of a group, in blocks, where the picture allows it */
#define MANY_GROUPS 16        /* enough for workers to have their own */
#define FEW_BLOCKS  16        /* transformed by one tile */
#define CHUNK_BYTES (8 << 20) /* of transformed inputs that workers share */

/* ---- groups ---- */

static gsize
divide_up (gsize n, gsize by)
{
  return (n + by - 1) / by;
}

/* Of equal size rather than large ones and a rest. */
static gsize
even_size (gsize n, gsize most)
{
  return divide_up (n, divide_up (n, most));
}

void
dif_winograd_cut_groups (DifWinogradJob *job, gsize group)
{
  const gsize n = job->input->n;

  job->group = group;
  job->group_x = even_size (job->blocks_x, MIN (SIDE, group));
  job->group_y = even_size (job->blocks_y, group / job->group_x);
  job->group_x = even_size (job->blocks_x, group / job->group_y); /* wider where it is low */
  job->groups_x = divide_up (job->blocks_x, job->group_x);
  job->groups_y = divide_up (job->blocks_y, job->group_y);
  job->group_pictures = 1;
  if (job->groups_x == 1 && job->groups_y == 1)
    job->group_pictures = MIN (group / (job->blocks_x * job->blocks_y), n);
  job->n_groups = divide_up (n, job->group_pictures) * job->groups_y * job->groups_x;
}

DifWinogradGroup
dif_winograd_find_group (const DifWinogradJob *job, gsize index)
{
  DifWinogradGroup g;

  g.picture = index / (job->groups_y * job->groups_x) * job->group_pictures;
  g.n_pictures = MIN (job->group_pictures, job->input->n - g.picture);
  g.y = index / job->groups_x % job->groups_y * job->group_y;
  g.x = index % job->groups_x * job->group_x;
  g.h = MIN (job->group_y, job->blocks_y - g.y);
  g.w = MIN (job->group_x, job->blocks_x - g.x);
  g.n = g.n_pictures * g.h * g.w;
  return g;
}

/* ---- products ---- */

static gsize
panel_size (const DifWinogradJob *job)
{
  return job->form->points * dif_winograd_point_step (job->group, DIF_PANEL);
}

static DifWinogradScratch
own_scratch (const DifWinogradJob *job, guint worker)
{
  DifWinogradScratch s;

  s.stage = job->scratch + worker * job->scratch_size;
  s.pixels = s.stage + dif_winograd_stage_size (job);
  s.taps = s.pixels + MAX_PIXELS * DIF_PANEL;
  s.u = s.taps + 9 * PART * DIF_PANEL;
  s.m = s.u + job->form->points * dif_winograd_point_step (PART, DIF_PANEL);
  return s;
}

gboolean
dif_winograd_is_zero (const DifWinogradJob *job, guint point)
{
  const DifWinogradInput *in = job->input;
  const guint             side = job->form->side;

  return (in->seen_h == 2 * in->h && point / side == 3) ||
         (in->seen_w == 2 * in->w && point % side == 3);
}

/* What is fetched with products, in shares: */
typedef struct
{
  DifWinogradRegion input;    /* what will be transformed next */
  DifWinogradRegion output;   /* what these make */
  DifWinogradRegion residual; /* and what is added to it */
  gsize             share;
  gsize             n_shares;
} Fetch;

static void
fetch_share (Fetch *fetch)
{
  if (fetch->input.data)
    dif_winograd_fetch (&fetch->input, FALSE, fetch->share, fetch->n_shares);
  if (fetch->output.data)
    dif_winograd_fetch (&fetch->output, TRUE, fetch->share, fetch->n_shares);
  if (fetch->residual.data)
    dif_winograd_fetch (&fetch->residual, FALSE, fetch->share, fetch->n_shares);
  fetch->share++;
}

static void
fetch_outputs (const DifWinogradJob *job, const DifWinogradGroup *group, Fetch *fetch)
{
  fetch->output = dif_winograd_output_region (job, group, job->out);
  if (job->epilogue.residual)
    fetch->residual = dif_winograd_output_region (job, group, job->epilogue.residual);
}

/* One part of @n_blocks with one panel, to @m or added to it. */
static void
multiply (const DifWinogradJob *job, gsize n_blocks, gsize part, gsize panel, const float *v,
          float *m, const DifWinogradScratch *scratch, Fetch *fetch)
{
  const guint  points = job->form->points;
  const gsize  k = MIN (PART, job->c_in - part * PART);
  const gsize  n = MIN (DIF_PANEL, job->c_out - panel * DIF_PANEL);
  const gsize  padded = dif_winograd_whole_lanes (k);
  const float *u = dif_winograd_weights (job, panel, part, scratch);

  for (guint p = 0; p < points;
       p++, m += dif_winograd_point_step (job->group, DIF_PANEL), fetch_share (fetch))
    if (! dif_winograd_is_zero (job, p))
      dif_product (n_blocks, n, k, v + p * dif_winograd_point_step (job->group, padded), padded,
                   u + p * dif_winograd_point_step (k, DIF_PANEL), m, DIF_PANEL, part > 0);
    else if (part == 0)
      memset (m, 0, n_blocks * DIF_PANEL * sizeof (float));
}

/* ---- tiles ---- */

/* One group with all panels, part by part: what it transforms stays in the worker's cache. */
static void
do_group (gsize tile, guint worker, gpointer data)
{
  const DifWinogradJob    *job = data;
  const DifWinogradGroup   group = dif_winograd_find_group (job, tile);
  const DifWinogradScratch scratch = own_scratch (job, worker);
  float                   *v = job->v + worker * job->v_size;
  const gsize              n_parts = dif_winograd_n_parts (job->c_in);
  const gsize              n_panels = dif_winograd_n_panels (job->c_out);
  const gsize              next = tile + job->n_workers; /* likely this worker's next */

  for (gsize part = 0; part < n_parts; part++)
    {
      Fetch fetch = { .n_shares = n_panels * job->form->points };

      dif_winograd_inputs (job, &group, part, 0, group.n_pictures * group.h, scratch.stage, v);
      if (part + 1 < n_parts)
        fetch.input = dif_winograd_input_region (job, &group, part + 1);
      else if (next < job->n_groups)
        {
          const DifWinogradGroup next_group = dif_winograd_find_group (job, next);

          fetch.input = dif_winograd_input_region (job, &next_group, 0);
        }
      if (part + 1 == n_parts)
        fetch_outputs (job, &group, &fetch);
      for (gsize panel = 0; panel < n_panels; panel++)
        multiply (job, group.n, part, panel, v, scratch.m + panel * panel_size (job), &scratch,
                  &fetch);
    }
  for (gsize panel = 0; panel < dif_winograd_n_panels (job->c_out); panel++)
    dif_winograd_outputs (job, tile, &group, panel, scratch.m + panel * panel_size (job),
                          scratch.pixels);
}

static gsize
slice_rows (const DifWinogradJob *job)
{
  return MAX (FEW_BLOCKS / job->group_x, 1);
}

static gsize
n_slices (const DifWinogradJob *job)
{
  return divide_up (job->group_pictures * job->group_y, slice_rows (job));
}

/* One part of a slice of a group's inputs, for all workers to use. */
static void
do_inputs (gsize tile, guint worker, gpointer data)
{
  const DifWinogradJob *job = data;
  const gsize           part = tile % dif_winograd_n_parts (job->c_in);
  const gsize           slice = tile / dif_winograd_n_parts (job->c_in) % n_slices (job);
  const gsize index = tile / dif_winograd_n_parts (job->c_in) / n_slices (job); /* in the chunk */
  const DifWinogradGroup group = dif_winograd_find_group (job, job->first_group + index);

  dif_winograd_inputs (job, &group, part, slice * slice_rows (job), slice_rows (job),
                       own_scratch (job, worker).stage,
                       job->v + index * job->v_size + part * dif_winograd_part_size (job));
}

/* One panel of one group. */
static void
do_panel (gsize tile, guint worker, gpointer data)
{
  const DifWinogradJob    *job = data;
  const gsize              index = tile / dif_winograd_n_panels (job->c_out); /* in the chunk */
  const gsize              panel = tile % dif_winograd_n_panels (job->c_out);
  const DifWinogradGroup   group = dif_winograd_find_group (job, job->first_group + index);
  const DifWinogradScratch scratch = own_scratch (job, worker);
  Fetch                    nothing = { .n_shares = 1 };

  for (gsize part = 0; part < dif_winograd_n_parts (job->c_in); part++)
    multiply (job, group.n, part, panel,
              job->v + index * job->v_size + part * dif_winograd_part_size (job), scratch.m,
              &scratch, &nothing);
  dif_winograd_outputs (job, job->first_group + index, &group, panel, scratch.m, scratch.pixels);
}

/* Many groups with few panels go to workers whole.  Else the workers share the panels, between
 * which the inputs would not stay in their caches. */
static void
plan_groups (DifWinogradJob *job)
{
  dif_winograd_cut_groups (job, job->form->group);
  if (job->n_groups >= MANY_GROUPS && dif_winograd_n_panels (job->c_out) <= 3)
    return;
  dif_winograd_cut_groups (job, 2 * job->form->group);
  job->chunk = CLAMP (CHUNK_BYTES / (dif_winograd_n_parts (job->c_in) *
                                     dif_winograd_part_size (job) * sizeof (float)),
                      1, job->n_groups);
}

/* Room for all that the tiles write to but the output. */
static DifTensor *
make_room (DifContext *context, DifWinogradJob *job)
{
  const gsize n_workers = dif_pool_n_workers (dif_context_pool (context));
  const gsize n_zeros = MAX (dif_winograd_whole_lanes (job->c_in), DIF_PANEL);
  const gsize n_v = job->chunk ? job->chunk : n_workers;
  const gsize n_moments = job->n_groups * 3 * job->c_out;
  DifTensor  *room;

  job->n_workers = n_workers;
  job->v_size = (job->chunk ? dif_winograd_n_parts (job->c_in) : 1) * dif_winograd_part_size (job);
  job->scratch_size = dif_winograd_stage_size (job) + (MAX_PIXELS + 9 * PART) * DIF_PANEL +
                      job->form->points * dif_winograd_point_step (PART, DIF_PANEL) +
                      (job->chunk ? 1 : dif_winograd_n_panels (job->c_out)) * panel_size (job);
  room = dif_context_tensor (
      context, 1,
      (gsize[]) { n_v * job->v_size + n_workers * job->scratch_size + n_zeros + n_moments });
  if (! room)
    return NULL;
  job->zeros = room->data;
  job->v = room->data + n_zeros;
  job->scratch = job->v + n_v * job->v_size;
  if (job->group_pictures == 1)
    job->moments = job->scratch + n_workers * job->scratch_size;
  memset (room->data, 0, n_zeros * sizeof (float));
  return room;
}

static void
run_job (DifPool *pool, DifWinogradJob *job)
{
  if (job->chunk == 0)
    {
      dif_pool_run (pool, job->n_groups, do_group, job);
      return;
    }
  for (; job->first_group < job->n_groups; job->first_group += job->chunk)
    {
      gsize here = MIN (job->chunk, job->n_groups - job->first_group);

      dif_pool_run (pool, here * n_slices (job) * dif_winograd_n_parts (job->c_in), do_inputs, job);
      dif_pool_run (pool, here * dif_winograd_n_panels (job->c_out), do_panel, job);
    }
}

/* The groups' moments, put together in their order. */
static DifTensor *
merge_moments (DifContext *context, const DifWinogradJob *job)
{
  const gsize out = job->form->out;
  const gsize per_picture = job->groups_y * job->groups_x;
  DifTensor  *moments = dif_moments_new (context, job->input->n, job->c_out);

  for (gsize picture = 0; moments && picture < job->input->n; picture++)
    {
      gsize n = 0;

      for (gsize i = 0; i < per_picture; i++)
        {
          DifWinogradGroup g = dif_winograd_find_group (job, picture * per_picture + i);
          gsize            h = MIN (g.h * out, job->input->seen_h - g.y * out);
          gsize            w = MIN (g.w * out, job->input->seen_w - g.x * out);

          dif_moments_add (dif_moments_of (moments, picture), job->c_out, n,
                           job->moments + (picture * per_picture + i) * 3 * job->c_out, h * w);
          n += h * w;
        }
    }
  return moments;
}

gboolean
dif_winograd_conv (DifContext *context, const DifWinogradForm *form, const DifWinogradInput *input,
                   const DifWeight *weight, DifTensor *out, const DifEpilogue *epilogue)
{
  g_autoptr (DifTensor) room = NULL;
  DifWinogradJob        job = { 0 };

  if (! out)
    return FALSE;
  job.form = form;
  job.input = input;
  job.weight = weight;
  job.stored = dif_winograd_stored (context, form, weight);
  job.out = out->data;
  job.c_in = input->c + input->c_beside;
  job.c_out = weight->n;
  job.blocks_y = divide_up (input->seen_h, form->out);
  job.blocks_x = divide_up (input->seen_w, form->out);
  plan_groups (&job);
  room = make_room (context, &job);
  if (! room || ! dif_epilogue_prepare (context, epilogue, out, &job.epilogue))
    return FALSE;
  dif_context_count (context,
                     18.0 * input->n * input->seen_h * input->seen_w * job.c_in * job.c_out);
  run_job (dif_context_pool (context), &job);
  dif_epilogue_clear (&job.epilogue);
  if (job.moments)
    dif_tensor_set_summary (out, merge_moments (context, &job));
  return TRUE;
}
