/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ops/winograd/winograd-job.h"

#define LANES      DIF_WINOGRAD_LANES
#define MAX_POINTS DIF_WINOGRAD_MAX_POINTS
#define MAX_SIDE   (DIF_WINOGRAD_MAX_OUT + 2)

/* Where pixels are read from: the picture itself, or a stage that holds the part of it that a
 * group needs, through the prologue. */
typedef struct
{
  const float *data; /* from the part's first channel of the first pixel on */
  gsize        step; /* from pixel to pixel */
  gsize        w;    /* pixels in a row */
  gsize        y, x; /* of the first pixel in the picture as it is seen */
  gboolean     staged;
} Source;

gsize
dif_winograd_stage_size (const DifWinogradJob *job)
{
  const gsize out = job->form->out;

  if (! job->input->prologue)
    return 0;
  return (job->group_y * out + 2) * (job->group_x * out + 2) * DIF_WINOGRAD_PART;
}

/* Rows (or columns) of a picture of @seen pixels that a block reads, -1 beyond its edge. */
static void
find_side (const DifWinogradForm *form, gsize block, gsize seen, gssize *at)
{
  for (guint i = 0; i < form->side; i++)
    {
      gssize p = (gssize) (block * form->out + i) - 1;

      at[i] = p < 0 || (gsize) p >= seen ? -1 : p;
    }
}

/* Of a row of blocks: NULL beyond the picture's edge. */
static void
find_rows (const DifWinogradJob *job, const Source *source, gsize block_y,
           const float *rows[MAX_SIDE])
{
  const DifWinogradInput *in = job->input;
  gssize                  at[MAX_SIDE];

  find_side (job->form, block_y, in->seen_h, at);
  for (guint i = 0; i < job->form->side; i++)
    {
      gsize y = at[i] < 0 ? 0 : (gsize) at[i] - source->y;

      if (! source->staged && in->seen_h != in->h)
        y = y * in->h / in->seen_h;
      rows[i] = at[i] < 0 ? NULL : source->data + y * source->w * source->step;
    }
}

/* Where the pixels of a block are; beyond the picture's edge there are zeros. */
static void
find_pixels (const DifWinogradJob *job, const Source *source, const float *const rows[MAX_SIDE],
             gsize block_x, const float *d[MAX_POINTS])
{
  const DifWinogradInput *in = job->input;
  const guint             side = job->form->side;
  gssize                  at[MAX_SIDE];

  find_side (job->form, block_x, in->seen_w, at);
  for (guint j = 0; j < side; j++)
    if (at[j] >= 0)
      {
        at[j] -= (gssize) source->x;
        if (! source->staged && in->seen_w != in->w)
          at[j] = (gssize) ((gsize) at[j] * in->w / in->seen_w);
        at[j] *= (gssize) source->step;
      }
  for (guint i = 0; i < side; i++, d += side)
    for (guint j = 0; j < side; j++)
      d[j] = ! rows[i] || at[j] < 0 ? job->zeros : rows[i] + at[j];
}

/* What a block further on in this row will be the first to read.  It may be no pixel at all. */
static void
prefetch_pixels (const DifWinogradJob *job, const Source *source, const float *const rows[MAX_SIDE],
                 gsize block_x, gsize n)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             x = (block_x + DIF_WINOGRAD_AHEAD) * out * in->w / in->seen_w;
  const gsize             w = MAX (out * in->w / in->seen_w, 1);

  for (guint i = 0; i < job->form->side; i++)
    if (rows[i])
      for (gsize j = x; j < x + w; j++)
        for (gsize c = 0; c < n; c += LANES)
          __builtin_prefetch (rows[i] + j * source->step + c);
}

/* Channels beyond the last whole lanes are copied out, so that nothing is read past them. */
static void
transform_rest (const DifWinogradJob *job, const float *const d[MAX_POINTS], gsize channel, gsize n,
                float *v, gsize step)
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

/* One row of blocks of a group; @n channels. */
static void
transform_row (const DifWinogradJob *job, const DifWinogradGroup *group, const Source *source,
               gsize block_y, gsize n, float *v)
{
  const gsize  whole = n / LANES * LANES;
  const gsize  padded = dif_winograd_whole_lanes (n);
  const gsize  step = dif_winograd_point_step (job->group, padded);
  const float *rows[MAX_SIDE];

  find_rows (job, source, block_y, rows);
  for (gsize x = group->x; x < group->x + group->w; x++, v += padded)
    {
      const float *d[MAX_POINTS];

      if (! source->staged)
        prefetch_pixels (job, source, rows, x, n);
      find_pixels (job, source, rows, x, d);
      if (whole > 0)
        job->form->inputs (d, 0, whole, v, step);
      if (whole < n)
        transform_rest (job, d, whole, n - whole, v + whole, step);
    }
}

/* The pixels that rows of blocks read, through the prologue. */
static Source
fill_stage (const DifWinogradJob *job, const DifWinogradGroup *group, gsize picture, gsize block_y,
            gsize n_rows, gsize first, gsize n, float *stage)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             y = MAX (block_y * out, 1) - 1;
  const gsize             x = MAX (group->x * out, 1) - 1;
  const gsize             end_y = MIN ((block_y + n_rows) * out + 1, in->h);
  const gsize             end_x = MIN ((group->x + group->w) * out + 1, in->w);
  const gsize             own = first < in->c ? MIN (n, in->c - first) : 0; /* the rest beside */
  const Source            source = { stage, n, end_x - x, y, x, TRUE };

  for (gsize row = y; row < end_y; row++, stage += source.w * n)
    {
      const gsize pixel = (picture * in->h + row) * in->w + x;

      if (own > 0)
        dif_prologue_pixels (in->prologue, picture, first, own, in->x + pixel * in->c + first,
                             in->c, source.w, stage, n);
      if (own < n)
        dif_prologue_pixels (in->prologue, picture, first + own, n - own,
                             in->beside + pixel * in->c_beside + first + own - in->c, in->c_beside,
                             source.w, stage + own, n);
    }
  return source;
}

void
dif_winograd_inputs (const DifWinogradJob *job, const DifWinogradGroup *group, gsize part,
                     gsize first_row, gsize n_rows, float *stage, float *v)
{
  const DifWinogradInput *in = job->input;
  const gsize             first = part * DIF_WINOGRAD_PART;
  const gsize             n = MIN (DIF_WINOGRAD_PART, job->c_in - first);
  const gsize             row_size = group->w * dif_winograd_whole_lanes (n);
  const gsize             end = MIN (first_row + n_rows, group->n_pictures * group->h);

  for (gsize row = first_row; row < end;)
    {
      const gsize picture = group->picture + row / group->h;
      const gsize y = row % group->h;
      const gsize here = MIN (end - row, group->h - y); /* rows of this picture */
      Source      source = {
        in->x + picture * in->h * in->w * in->c + first, in->c, in->w, 0, 0, FALSE
      };

      if (in->prologue)
        source = fill_stage (job, group, picture, group->y + y, here, first, n, stage);
      for (gsize i = 0; i < here; i++)
        transform_row (job, group, &source, group->y + y + i, n, v + (row + i) * row_size);
      row += here;
    }
}
