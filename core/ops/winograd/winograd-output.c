/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/simd.h"
#include "core/ops/winograd/winograd-job.h"

#define LANES DIF_WINOGRAD_LANES

/* Where a block of outputs lies. */
typedef struct
{
  gsize picture;
  gsize row;  /* of the output: its first pixel */
  gsize h, w; /* of the part within the picture */
} Place;

static Place
find_place (const DifWinogradJob *job, gsize picture, gsize block_y, gsize block_x)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             y = block_y * out;
  const gsize             x = block_x * out;

  return (Place) { picture, (picture * in->seen_h + y) * in->seen_w + x, MIN (out, in->seen_h - y),
                   MIN (out, in->seen_w - x) };
}

/* Cold outputs would hold up their writer at every line.  Those of a block further on in this row,
 * if there is one; if not, others. */
static void
prefetch_block (const DifWinogradJob *job, const Place *place, gsize column, gsize n)
{
  const gsize ahead = DIF_WINOGRAD_AHEAD * job->form->out;

  for (gsize y = 0; y < place->h; y++)
    for (gsize x = ahead; x < ahead + place->w; x++)
      for (gsize c = column; c < column + n; c += LANES)
        {
          gsize at = (place->row + y * job->input->seen_w + x) * job->c_out + c;

          __builtin_prefetch (job->out + at, 1);
          if (job->epilogue.residual)
            __builtin_prefetch (job->epilogue.residual + at);
        }
}

DIF_INLINE void
sum_row_body (const float *y, gsize n, float *moments, gsize step)
{
  for (gsize i = 0; i < n; i++)
    {
      float d = y[i] - moments[i];

      moments[step + i] += d;
      moments[2 * step + i] += d * d;
    }
}

DIF_VARIANTS (static, void, sum_row, (const float *y, gsize n, float *moments, gsize step),
              (y, n, moments, step))

/* A block at the edge, with less than whole lanes, or to be activated. */
static void
write_part (const DifWinogradJob *job, const Place *place, gsize column, gsize n, const float *m,
            float *pixels, float *moments)
{
  const gsize out = job->form->out;

  job->form->outputs (m, dif_winograd_point_step (job->group, DIF_PANEL),
                      dif_winograd_whole_lanes (n), pixels, out * DIF_PANEL, DIF_PANEL,
                      &(DifWinogradEpilogue) { job->zeros, NULL, 1.0f, NULL, 0 });
  for (gsize y = 0; y < place->h; y++)
    for (gsize x = 0; x < place->w; x++)
      {
        const gsize row = place->row + y * job->input->seen_w + x;
        float      *to = job->out + row * job->c_out + column;

        dif_epilogue_row (&job->epilogue, place->picture, row, column, n,
                          pixels + (y * out + x) * DIF_PANEL, to);
        if (moments)
          sum_row (to, n, moments, job->c_out);
      }
}

static void
write_block (const DifWinogradJob *job, const Place *place, gsize column, gsize n, const float *m,
             float *pixels, float *moments)
{
  const gsize           out = job->form->out;
  const DifEpilogueJob *e = &job->epilogue;
  DifWinogradEpilogue   whole = { e->offset + place->picture * e->step + column,
                                e->residual ? e->residual + place->row * e->c + column : NULL,
                                  e->scale, moments, job->c_out };

  if (place->h == out && place->w == out && n % LANES == 0 && e->activation == DIF_ACTIVATION_NONE)
    job->form->outputs (m, dif_winograd_point_step (job->group, DIF_PANEL), n,
                        job->out + place->row * job->c_out + column,
                        job->input->seen_w * job->c_out, job->c_out, &whole);
  else
    write_part (job, place, column, n, m, pixels, moments);
}

/* Moments are summed up around the group's first pixel, so that a large mean costs no digits of
 * a small deviation.  To know it, the first block is made twice. */
static void
begin_moments (const DifWinogradJob *job, const Place *place, gsize column, gsize n, const float *m,
               float *pixels, float *moments)
{
  const float *first = job->out + place->row * job->c_out + column;

  write_part (job, place, column, n, m, pixels, NULL);
  for (gsize i = 0; i < n; i++)
    {
      moments[i] = first[i];
      moments[job->c_out + i] = 0.0f;
      moments[2 * job->c_out + i] = 0.0f;
    }
}

void
dif_winograd_outputs (const DifWinogradJob *job, gsize index, const DifWinogradGroup *group,
                      gsize panel, const float *m, float *pixels)
{
  const gsize column = panel * DIF_PANEL;
  const gsize n = MIN (DIF_PANEL, job->c_out - column);
  float      *moments = job->moments ? job->moments + index * 3 * job->c_out + column : NULL;

  for (gsize b = 0; b < group->n; b++, m += DIF_PANEL)
    {
      const gsize row = b / group->w;
      const Place place = find_place (job, group->picture + row / group->h,
                                      group->y + row % group->h, group->x + b % group->w);

      if (b == 0 && moments)
        begin_moments (job, &place, column, n, m, pixels, moments);
      if (job->chunk > 0)
        prefetch_block (job, &place, column, n);
      write_block (job, &place, column, n, m, pixels, moments);
    }
}
