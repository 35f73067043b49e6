/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/winograd/winograd-job.h"

#define LINE (DIF_WINOGRAD_LANES * sizeof (float)) /* of most caches; others fetch some twice */

DifWinogradRegion
dif_winograd_input_region (const DifWinogradJob *job, const DifWinogradGroup *group, gsize part)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             first = part * DIF_WINOGRAD_PART;
  const gsize             y = (MAX (group->y * out, 1) - 1) * in->h / in->seen_h;
  const gsize             x = (MAX (group->x * out, 1) - 1) * in->w / in->seen_w;
  const gsize end_y = MIN (((group->y + group->h) * out * in->h + 1) / in->seen_h + 1, in->h);
  const gsize end_x = MIN (((group->x + group->w) * out * in->w + 1) / in->seen_w + 1, in->w);

  const float *picture = first < in->c ? in->x + first : in->beside + first - in->c;
  const gsize  c = first < in->c ? in->c : in->c_beside;

  return (DifWinogradRegion) {
    picture + ((group->picture * in->h + y) * in->w + x) * c,
    end_y - y,
    end_x - x,
    MIN (DIF_WINOGRAD_PART, (first < in->c ? in->c : job->c_in) - first),
    c,
    in->w * c,
  };
}

DifWinogradRegion
dif_winograd_output_region (const DifWinogradJob *job, const DifWinogradGroup *group,
                            const float *picture)
{
  const DifWinogradInput *in = job->input;
  const gsize             out = job->form->out;
  const gsize             y = group->y * out;
  const gsize             x = group->x * out;

  return (DifWinogradRegion) {
    picture + ((group->picture * in->seen_h + y) * in->seen_w + x) * job->c_out,
    MIN (group->h * out, in->seen_h - y),
    MIN (group->w * out, in->seen_w - x),
    job->c_out,
    job->c_out,
    in->seen_w * job->c_out,
  };
}

void
dif_winograd_fetch (const DifWinogradRegion *region, gboolean to_write, gsize share, gsize n_shares)
{
  const gsize  all = region->h * region->w;
  const gsize  first = all * share / n_shares;
  const gsize  n = all * (share + 1) / n_shares - first;
  gsize        x = first % region->w;
  const float *row = region->data + first / region->w * region->row_step;

  for (gsize at = 0; at < n; at++)
    {
      const char *pixel = (const char *) (row + x * region->pixel_step);

      for (gsize i = 0; i < region->n * sizeof (float); i += LINE)
        if (to_write)
          __builtin_prefetch (pixel + i, 1);
        else
          __builtin_prefetch (pixel + i, 0, 2);
      if (++x == region->w)
        {
          x = 0;
          row += region->row_step;
        }
    }
}
