/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv.h"

#include <string.h>

#include "core/ops/elementwise.h"
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

/* Fills @g; returns whether the kernel fits in. */
static gboolean
find_geometry (Gather *g, const DifTensor *x, const DifConvShape *shape)
{
  gsize pads = (gsize) shape->pad_begin + shape->pad_end;

  g->x = x->data;
  g->h = x->dim[1];
  g->w = x->dim[2];
  g->c = x->dim[3];
  g->resized = shape->up_h > 0;
  g->seen_h = g->resized ? shape->up_h : g->h;
  g->seen_w = g->resized ? shape->up_w : g->w;
  if (g->seen_h + pads < shape->kernel || g->seen_w + pads < shape->kernel)
    return FALSE;
  g->kernel = shape->kernel;
  g->stride = shape->stride;
  g->pad = shape->pad_begin;
  g->out_h = (g->seen_h + pads - shape->kernel) / shape->stride + 1;
  g->out_w = (g->seen_w + pads - shape->kernel) / shape->stride + 1;
  return TRUE;
}

static DifConvAlgorithm
pick (const DifConvShape *shape, const DifConvWork *work, DifConvAlgorithm wish)
{
  if (shape->kernel != 3 || shape->stride != 1 || shape->pad_begin != 1 || shape->pad_end != 1)
    return DIF_CONV_IM2ROW;
  return wish == DIF_CONV_AUTO ? dif_cost_pick (dif_costs (), work) : wish;
}

/* What only some ways to convolve can do as they read, done beforehand for the others. */
static gboolean
prepare_input (DifContext *context, const DifConvShape *shape, gboolean pointwise,
               DifConvAlgorithm algorithm, DifConvInput *input, DifTensor **joined,
               DifTensor **normed)
{
  const gboolean staged = algorithm != DIF_CONV_IM2ROW && input->prologue && shape->up_h == 0;

  if (input->beside && ! staged && ! (pointwise && ! input->prologue))
    {
      *joined = dif_concat_channels (context, input->x, input->beside);
      input->x = *joined;
      input->beside = NULL;
    }
  if (input->x && input->prologue && ! staged)
    {
      *normed = dif_prologue_apply (context, input->x, input->prologue);
      input->x = *normed;
      input->prologue = NULL;
    }
  return input->x != NULL;
}

DifTensor *
dif_conv_by (DifContext *context, const DifConvInput *input, const DifWeight *weight,
             const DifConvShape *shape, const DifEpilogue *epilogue, DifConvAlgorithm algorithm)
{
  DIF_OP_TIMER (context, DIF_OP_IM2ROW);
  g_autoptr (DifTensor) y = NULL;
  g_autoptr (DifTensor) joined = NULL;
  g_autoptr (DifTensor) normed = NULL;
  DifConvInput          in = *input;
  Gather                g = { 0 };
  gboolean              pointwise;
  gboolean              done;

  if (! in.x)
    return NULL;
  g_return_val_if_fail (in.x->n_dims == 4 && find_geometry (&g, in.x, shape), NULL);
  y = dif_context_nhwc (context, in.x->dim[0], g.out_h, g.out_w, weight->n);
  pointwise = shape->kernel == 1 && shape->stride == 1 && shape->pad_begin + shape->pad_end == 0 &&
              ! g.resized;
  algorithm = pick (shape,
                    &(DifConvWork) { in.x->dim[0], g.out_h, g.out_w,
                                     weight->k / shape->kernel / shape->kernel, weight->n },
                    algorithm);
  if (! prepare_input (context, shape, pointwise, algorithm, &in, &joined, &normed))
    return NULL;
  g.x = in.x->data;
  g.c = in.x->dim[3];
  if (algorithm == DIF_CONV_IM2ROW)
    {
      op_timer.kind = pointwise ? DIF_OP_POINTWISE : DIF_OP_IM2ROW;
      done = dif_matmul_rows (context, pointwise ? own_pixels : gather_rows, &g, ! pointwise,
                              in.beside, weight, y, epilogue);
    }
  else
    {
      op_timer.kind = DIF_OP_WINOGRAD;
      done = dif_winograd_conv (context, dif_winograd_form (dif_cost_winograd_kind (algorithm)),
                                &(DifWinogradInput) { g.x, in.beside ? in.beside->data : NULL,
                                                      in.x->dim[0], g.h, g.w, g.c,
                                                      in.beside ? in.beside->dim[3] : 0, g.seen_h,
                                                      g.seen_w, in.prologue },
                                weight, y, epilogue);
    }
  return done ? g_steal_pointer (&y) : NULL;
}

DifTensor *
dif_conv (DifContext *context, const DifConvInput *input, const DifWeight *weight,
          const DifConvShape *shape, const DifEpilogue *epilogue)
{
  return dif_conv_by (context, input, weight, shape, epilogue, DIF_CONV_AUTO);
}
