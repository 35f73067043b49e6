/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/input.h"

DifInput
dif_input_of (const DifRequest *r)
{
  return (DifInput) {
    .request = r,
    .task = dif_task_row (r->task),
    .width = r->width,
    .height = r->height,
    .pixels = r->pixels,
    .alpha = r->alpha,
    .mask = r->mask,
    .regions = r->regions,
    .n_regions = r->n_regions,
    .origin_x = r->origin_x,
    .origin_y = r->origin_y,
  };
}

gboolean
dif_input_is_soft (const DifInput *in)
{
  return in->request->soft_selection && in->mask && dif_task_reworks (in->request->task);
}

/* What is masked; all of the picture where nothing is. */
static void
find_bounds (const DifInput *in, DifPart *part)
{
  guint left = in->width, top = in->height, right = 0, bottom = 0;

  for (guint y = 0; in->mask && y < in->height; y++)
    for (guint x = 0; x < in->width; x++)
      if (in->mask[(gsize) y * in->width + x] > 0.0f)
        {
          left = MIN (left, x);
          right = MAX (right, x + 1);
          top = MIN (top, y);
          bottom = y + 1;
        }
  if (right <= left)
    {
      left = top = 0;
      right = in->width;
      bottom = in->height;
    }
  part->x = left;
  part->y = top;
  part->width = right - left;
  part->height = bottom - top;
}

static void
add_context (const DifInput *in, DifPart *part)
{
  const guint m = dif_request_margin (in->request, part->width, part->height);
  const guint right = MIN (part->x + part->width + m, in->width);
  const guint bottom = MIN (part->y + part->height + m, in->height);

  part->x -= MIN (m, part->x);
  part->y -= MIN (m, part->y);
  part->width = right - part->x;
  part->height = bottom - part->y;
}

void
dif_input_measure (const DifInput *in, DifPart *part)
{
  find_bounds (in, part);
  add_context (in, part);
}
