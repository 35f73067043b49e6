/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv-backward.h"

#include <string.h>

typedef struct
{
  const DifTensor *dy;
  gsize            h, w; /* of the input */
  guint            kernel, stride;
  gssize           pad; /* zeros before dy, with those between its pixels */
} Gather;

/* The pixel of dy at a place of the spread one, from 0 to before n; -1 where a zero is. */
static gssize
source_of (gssize spread, guint stride, gsize n)
{
  if (spread < 0 || spread % stride != 0 || (gsize) spread / stride >= n)
    return -1;
  return spread / stride;
}

static void
gather_kernel_row (const Gather *g, gsize picture, gssize sy, gssize sx, float *dst)
{
  const DifTensor *dy = g->dy;
  const gsize      c = dy->dim[3];
  const gssize     row = source_of (sy, g->stride, dy->dim[1]);

  for (guint kx = 0; kx < g->kernel; kx++, dst += c)
    {
      const gssize column = source_of (sx + kx, g->stride, dy->dim[2]);

      if (row < 0 || column < 0)
        memset (dst, 0, c * sizeof (float));
      else
        memcpy (dst,
                dy->data + ((picture * dy->dim[1] + (gsize) row) * dy->dim[2] + (gsize) column) * c,
                c * sizeof (float));
    }
}

static const float *
gather_rows (gsize first, gsize n, float *scratch, gpointer data)
{
  const Gather *g = data;
  float        *dst = scratch;

  for (gsize r = first; r < first + n; r++)
    {
      const gssize sx = (gssize) (r % g->w) - g->pad;
      const gssize sy = (gssize) (r / g->w % g->h) - g->pad;

      for (guint ky = 0; ky < g->kernel; ky++, dst += g->kernel * g->dy->dim[3])
        gather_kernel_row (g, r / (g->w * g->h), sy + ky, sx, dst);
    }
  return scratch;
}

static DifTensor *
strided (DifContext *context, const Gather *g, const DifWeight *weight, const DifEpilogue *epilogue)
{
  DIF_OP_TIMER (context, DIF_OP_IM2ROW);
  g_autoptr (DifTensor) dx = dif_context_nhwc (context, g->dy->dim[0], g->h, g->w, weight->n);

  if (! dif_matmul_rows (context, gather_rows, (gpointer) g, TRUE, NULL, weight, dx, epilogue))
    return NULL;
  return g_steal_pointer (&dx);
}

DifTensor *
dif_conv_backward (DifContext *context, const DifTensor *dy, const DifWeight *weight,
                   const DifConvShape *shape, gsize h, gsize w, const DifTensor *residual)
{
  const DifEpilogue epilogue = { .residual = residual };
  const guint       last = shape->kernel - 1;
  const Gather      g = {
    dy, h, w, shape->kernel, shape->stride, (gssize) last - (gssize) shape->pad_begin
  };

  if (! dy)
    return NULL;
  g_return_val_if_fail (shape->up_h == 0 && shape->pad_begin <= last && shape->pad_end <= last,
                        NULL);
  g_return_val_if_fail (weight->k == shape->kernel * shape->kernel * dy->dim[3], NULL);
  if (shape->stride > 1)
    return strided (context, &g, weight, &epilogue);
  return dif_conv (context, &(DifConvInput) { .x = dy }, weight,
                   &(DifConvShape) { .kernel = shape->kernel,
                                     .stride = 1,
                                     .pad_begin = last - shape->pad_begin,
                                     .pad_end = last - shape->pad_end },
                   &epilogue);
}
