/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv-input-backward.h"

#include <string.h>

#include "core/ops/conv/conv-forward.h"
#include "core/ops/product.h"
#include "core/ops/profile.h"

/* ---- strides ---- */

/* Of one dimension: the pixels of dx that the same taps of the kernel reach, every stride-th, and
 * these taps, every stride-th too.  Pixel i gets dy's pixel last + i - j by tap j. */
typedef struct
{
  gsize first, n; /* pixels */
  gsize tap, n_taps;
  gsize last;
} Phase;

typedef struct
{
  const DifTensor *dy;
  Phase            y, x;
} Gather;

/* @n pixels in all, @pad zeros before them; @rest is what the place of a phase's pixels, zeros
 * counted in, leaves when it is divided by the stride. */
static Phase
find_phase (gsize n, const DifConvShape *shape, gsize rest)
{
  const gsize stride = shape->stride;
  Phase       phase = { .tap = rest };

  phase.first = (rest + stride - shape->pad_begin % stride) % stride;
  phase.n = phase.first < n ? (n - phase.first + stride - 1) / stride : 0;
  phase.n_taps = rest < shape->kernel ? (shape->kernel - rest + stride - 1) / stride : 0;
  phase.last = (phase.first + shape->pad_begin) / stride;
  return phase;
}

static const float *
gather_rows (gsize first, gsize n, float *scratch, gpointer data)
{
  const Gather    *g = data;
  const DifTensor *dy = g->dy;
  const gsize      c = dy->dim[3];
  float           *dst = scratch;

  for (gsize r = first; r < first + n; r++)
    {
      const gsize  last_x = g->x.last + r % g->x.n;
      const gsize  last_y = g->y.last + r / g->x.n % g->y.n;
      const float *picture = dy->data + r / (g->x.n * g->y.n) * dy->dim[1] * dy->dim[2] * c;

      for (gsize ty = 0; ty < g->y.n_taps; ty++)
        for (gsize tx = 0; tx < g->x.n_taps; tx++, dst += c)
          /* before the first pixel, numbers without a sign are large */
          if (last_y - ty < dy->dim[1] && last_x - tx < dy->dim[2])
            memcpy (dst, picture + ((last_y - ty) * dy->dim[2] + last_x - tx) * c,
                    c * sizeof (float));
          else
            memset (dst, 0, c * sizeof (float));
    }
  return scratch;
}

/* The taps of a phase alone, packed as @weight is, as floats. */
static DifTensor *
pick_taps (DifContext *context, const DifWeight *weight, const Gather *g, gsize stride)
{
  const gsize area = (gsize) weight->kernel * weight->kernel;
  const gsize c = weight->k / area;
  const gsize size = dif_panels_size (g->y.n_taps * g->x.n_taps * c, weight->n);
  DifTensor  *panels = dif_context_tensor (context, 1, &size);
  float      *to = panels ? panels->data : NULL;

  for (gsize panel = 0; to && panel * DIF_PANEL < weight->n; panel++)
    for (gsize ty = 0; ty < g->y.n_taps; ty++)
      for (gsize tx = 0; tx < g->x.n_taps; tx++, to += c * DIF_PANEL)
        {
          const gsize  at = (g->y.tap + ty * stride) * weight->kernel + g->x.tap + tx * stride;
          const float *rows = dif_weight_rows (weight, panel, (area - 1 - at) * c, c, to);

          if (rows != to)
            memcpy (to, rows, c * DIF_PANEL * sizeof (float));
        }
  return panels;
}

typedef struct
{
  const DifTensor *part; /* a phase's pixels; NULL for zeros */
  DifTensor       *dx;
  Phase            y, x;
  gsize            stride;
} Spread;

/* One row of a phase to where it belongs. */
static void
spread_row (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Spread *job = data;
  const gsize   c = job->dx->dim[3];
  const gsize  y = tile / job->y.n * job->dx->dim[1] + job->y.first + tile % job->y.n * job->stride;
  const float *from = job->part ? job->part->data + tile * job->x.n * c : NULL;

  for (gsize x = job->x.first; x < job->dx->dim[2]; x += job->stride)
    {
      float *to = job->dx->data + (y * job->dx->dim[2] + x) * c;

      if (from)
        memcpy (to, from, c * sizeof (float));
      else
        memset (to, 0, c * sizeof (float));
      if (from)
        from += c;
    }
}

static gboolean
do_phase (DifContext *context, const Gather *g, const DifWeight *weight, gsize stride,
          DifTensor *dx)
{
  g_autoptr (DifTensor) panels = NULL;
  g_autoptr (DifTensor) part = NULL;
  DifWeight             taps = { .n = weight->n, .type = DIF_WEIGHT_F32, .kernel = 1 };

  if (g->y.n == 0 || g->x.n == 0)
    return TRUE;
  taps.k = g->y.n_taps * g->x.n_taps * g->dy->dim[3];
  if (taps.k > 0)
    {
      panels = pick_taps (context, weight, g, stride);
      part = dif_context_nhwc (context, dx->dim[0], g->y.n, g->x.n, dx->dim[3]);
      taps.panels = panels;
      if (! panels ||
          ! dif_matmul_rows (context, gather_rows, (gpointer) g, TRUE, NULL, &taps, part, NULL))
        return FALSE;
    }
  dif_pool_run (dif_context_pool (context), dx->dim[0] * g->y.n, spread_row,
                &(Spread) { part, dx, g->y, g->x, stride });
  return TRUE;
}

/* Pixels that the same taps reach are made together, so that nothing is multiplied by the zeros
 * between dy's pixels. */
static DifTensor *
strided (DifContext *context, const DifTensor *dy, const DifWeight *weight,
         const DifConvShape *shape, gsize h, gsize w)
{
  DIF_OP_TIMER (context, DIF_OP_IM2ROW);
  g_autoptr (DifTensor) dx = dif_context_nhwc (context, dy->dim[0], h, w, weight->n);

  for (gsize y = 0; dx && y < shape->stride; y++)
    for (gsize x = 0; x < shape->stride; x++)
      {
        const Gather g = { dy, find_phase (h, shape, y), find_phase (w, shape, x) };

        if (! do_phase (context, &g, weight, shape->stride, dx))
          return NULL;
      }
  return g_steal_pointer (&dx);
}

DifTensor *
dif_conv_input_backward (DifContext *context, const DifTensor *dy, const DifWeight *weight,
                         const DifConvShape *shape, gsize h, gsize w)
{
  const guint last = shape->kernel - 1;

  if (! dy || ! dif_context_ok (context))
    return NULL;
  g_return_val_if_fail (shape->up_h == 0 && shape->pad_begin <= last && shape->pad_end <= last,
                        NULL);
  g_return_val_if_fail (weight->k == shape->kernel * shape->kernel * dy->dim[3], NULL);
  if (shape->stride > 1)
    return strided (context, dy, weight, shape, h, w);
  return dif_conv_forward (context, &(DifConvInput) { .x = dy }, weight,
                           &(DifConvShape) { .kernel = shape->kernel,
                                             .stride = 1,
                                             .pad_begin = last - shape->pad_begin,
                                             .pad_end = last - shape->pad_end },
                           NULL, DIF_CONV_AUTO);
}
