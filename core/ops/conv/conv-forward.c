/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv-forward.h"

#include "core/ops/conv/conv-gather.h"
#include "core/ops/profile.h"
#include "core/ops/winograd/winograd.h"

static const float *
gather_rows (gsize first, gsize n, float *scratch, gpointer data)
{
  const DifConvGather *g = data;
  const gsize          k = (gsize) g->kernel * g->kernel * g->c;

  dif_conv_gather (g, first, n, 0, k, scratch, k);
  return scratch;
}

static const float *
own_pixels (gsize first, gsize n G_GNUC_UNUSED, float *scratch G_GNUC_UNUSED, gpointer data)
{
  const DifConvGather *g = data;

  return g->x + first * g->c;
}

static DifTensor *
convolve (DifContext *context, const DifConvInput *input, const DifWeight *weight,
          const DifConvShape *shape, const DifEpilogue *epilogue, DifConvAlgorithm algorithm)
{
  DIF_OP_TIMER (context, DIF_OP_IM2ROW);
  g_autoptr (DifTensor) y = NULL;
  g_autoptr (DifTensor) joined = NULL;
  g_autoptr (DifTensor) normed = NULL;
  DifConvInput          in = *input;
  DifConvGather         g = { 0 };
  gboolean              pointwise;
  gboolean              done;

  if (! in.x)
    return NULL;
  g_return_val_if_fail (in.x->n_dims == 4 && dif_conv_gather_init (&g, in.x, shape), NULL);
  y = dif_context_nhwc (context, in.x->dim[0], g.out_h, g.out_w, weight->n);
  pointwise = dif_conv_is_pointwise (shape);
  algorithm =
      dif_conv_pick (shape,
                     &(DifConvWork) { in.x->dim[0], g.out_h, g.out_w,
                                      weight->k / shape->kernel / shape->kernel, weight->n },
                     algorithm);
  if (! dif_conv_prepare_input (context, shape, algorithm, &in, &joined, &normed))
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
dif_conv_forward (DifContext *context, const DifConvInput *input, const DifWeight *weight,
                  const DifConvShape *shape, const DifEpilogue *epilogue,
                  DifConvAlgorithm algorithm)
{
  struct _DifTape *tape = dif_context_tape (context);
  DifTensor       *y;

  dif_context_set_tape (context, NULL); /* what is done beforehand is part of this */
  y = convolve (context, input, weight, shape, epilogue, algorithm);
  dif_context_set_tape (context, tape);
  return y;
}
