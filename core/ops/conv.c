/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv.h"

#include <string.h>

#include "core/ops/winograd.h"

typedef struct
{
  const float *x;
  gsize        h, w, c;        /* of x */
  gsize        seen_h, seen_w; /* after resizing */
  gsize        out_h, out_w;
  guint        kernel, stride, pad;
  gboolean     resized;
} Gather;

/* One row of the kernel at one output: kernel * c numbers from picture row sy. */
static void
gather_kernel_row (const Gather *g, const float *picture, gssize sy, gssize sx, float *dst)
{
  gsize        c = g->c;
  const float *row;

  if (sy < 0 || sy >= (gssize) g->seen_h)
    {
      memset (dst, 0, g->kernel * c * sizeof (float));
      return;
    }
  if (g->resized)
    sy = (gssize) ((gsize) sy * g->h / g->seen_h);
  row = picture + (gsize) sy * g->w * c;
  if (! g->resized && sx >= 0 && (gsize) sx + g->kernel <= g->w)
    {
      memcpy (dst, row + (gsize) sx * c, g->kernel * c * sizeof (float));
      return;
    }
  for (guint kx = 0; kx < g->kernel; kx++, sx++, dst += c)
    if (sx < 0 || sx >= (gssize) g->seen_w)
      memset (dst, 0, c * sizeof (float));
    else
      memcpy (dst, row + (g->resized ? (gsize) sx * g->w / g->seen_w : (gsize) sx) * c,
              c * sizeof (float));
}

static const float *
gather_rows (gsize first, gsize n, float *scratch, gpointer data)
{
  const Gather *g = data;
  gsize         row_size = (gsize) g->kernel * g->c;
  float        *dst = scratch;

  for (gsize r = first; r < first + n; r++)
    {
      gsize        ox = r % g->out_w;
      gsize        oy = r / g->out_w % g->out_h;
      gsize        picture = r / (g->out_w * g->out_h);
      const float *src = g->x + picture * g->h * g->w * g->c;
      gssize       sx = (gssize) (ox * g->stride) - g->pad;
      gssize       sy = (gssize) (oy * g->stride) - g->pad;

      for (guint ky = 0; ky < g->kernel; ky++, dst += row_size)
        gather_kernel_row (g, src, sy + ky, sx, dst);
    }
  return scratch;
}

static const float *
own_pixels (gsize first, gsize n G_GNUC_UNUSED, float *scratch G_GNUC_UNUSED, gpointer data)
{
  const Gather *g = data;

  return g->x + first * g->c;
}

DifTensor *
dif_conv (DifContext *context, const DifTensor *x, const DifWeight *weight,
          const DifConvShape *shape, const DifEpilogue *epilogue)
{
  DIF_OP_TIMER (context, DIF_OP_IM2ROW);
  g_autoptr (DifTensor) y = NULL;
  Gather                g = { 0 };
  gsize                 pads = (gsize) shape->pad_begin + shape->pad_end;
  gboolean              pointwise;
  gboolean              done;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->n_dims == 4, NULL);
  g.x = x->data;
  g.h = x->dim[1];
  g.w = x->dim[2];
  g.c = x->dim[3];
  g.resized = shape->up_h > 0;
  g.seen_h = g.resized ? shape->up_h : g.h;
  g.seen_w = g.resized ? shape->up_w : g.w;
  g_return_val_if_fail (g.seen_h + pads >= shape->kernel && g.seen_w + pads >= shape->kernel, NULL);
  g.kernel = shape->kernel;
  g.stride = shape->stride;
  g.pad = shape->pad_begin;
  g.out_h = (g.seen_h + pads - shape->kernel) / shape->stride + 1;
  g.out_w = (g.seen_w + pads - shape->kernel) / shape->stride + 1;

  y = dif_context_nhwc (context, x->dim[0], g.out_h, g.out_w, weight->n);
  pointwise = shape->kernel == 1 && shape->stride == 1 && pads == 0 && ! g.resized;
  if (pointwise)
    op_timer.kind = DIF_OP_POINTWISE;
  else if (weight->winograd && shape->pad_begin == 1 && shape->pad_end == 1)
    op_timer.kind = DIF_OP_WINOGRAD;
  if (weight->winograd && shape->pad_begin == 1 && shape->pad_end == 1)
    done = dif_winograd_conv (
        context, &(DifWinogradInput) { g.x, x->dim[0], g.h, g.w, g.c, g.seen_h, g.seen_w }, weight,
        y, epilogue);
  else
    done = dif_matmul_rows (context, pointwise ? own_pixels : gather_rows, &g, ! pointwise, weight,
                            y, epilogue);
  if (! done)
    return NULL;
  return g_steal_pointer (&y);
}
