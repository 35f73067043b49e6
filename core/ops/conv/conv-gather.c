/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv-gather.h"

#include <string.h>

#include "core/ops/conv/prologue-apply.h"
#include "core/ops/elementwise.h"

gboolean
dif_conv_gather_init (DifConvGather *g, const DifTensor *x, const DifConvShape *shape)
{
  const gsize pads = (gsize) shape->pad_begin + shape->pad_end;

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

/* Numbers @from to before @to of a row of the kernel at one output, kernel * c of picture row
 * @sy. */
static void
gather_kernel_row (const DifConvGather *g, const float *picture, gssize sy, gssize sx, gsize from,
                   gsize to, float *dst)
{
  const gsize  c = g->c;
  const float *row;

  if (sy < 0 || sy >= (gssize) g->seen_h)
    {
      memset (dst, 0, (to - from) * sizeof (float));
      return;
    }
  if (g->resized)
    sy = (gssize) ((gsize) sy * g->h / g->seen_h);
  row = picture + (gsize) sy * g->w * c;
  if (! g->resized && sx >= 0 && (gsize) sx + g->kernel <= g->w)
    {
      memcpy (dst, row + (gsize) sx * c + from, (to - from) * sizeof (float));
      return;
    }
  for (gsize kx = from / c; kx * c < to; kx++)
    {
      const gsize  begin = MAX (from, kx * c) - kx * c; /* of a pixel's channels */
      const gsize  n = MIN (to - kx * c, c) - begin;
      const gssize x = sx + (gssize) kx;

      if (x < 0 || x >= (gssize) g->seen_w)
        memset (dst, 0, n * sizeof (float));
      else
        memcpy (dst, row + (g->resized ? (gsize) x * g->w / g->seen_w : (gsize) x) * c + begin,
                n * sizeof (float));
      dst += n;
    }
}

void
dif_conv_gather (const DifConvGather *g, gsize first, gsize n, gsize column, gsize n_columns,
                 float *dst, gsize step)
{
  const gsize row_size = (gsize) g->kernel * g->c;
  const gsize end = column + n_columns;

  for (gsize r = first; r < first + n; r++, dst += step)
    {
      const gsize  ox = r % g->out_w;
      const gsize  oy = r / g->out_w % g->out_h;
      const gsize  picture = r / (g->out_w * g->out_h);
      const float *src = g->x + picture * g->h * g->w * g->c;
      const gssize sx = (gssize) (ox * g->stride) - g->pad;
      const gssize sy = (gssize) (oy * g->stride) - g->pad;

      for (gsize ky = column / row_size; ky * row_size < end; ky++)
        {
          const gsize from = MAX (column, ky * row_size);

          gather_kernel_row (g, src, sy + (gssize) ky, sx, from - ky * row_size,
                             MIN (end - ky * row_size, row_size), dst + from - column);
        }
    }
}

gboolean
dif_conv_is_pointwise (const DifConvShape *shape)
{
  return shape->kernel == 1 && shape->stride == 1 && shape->pad_begin + shape->pad_end == 0 &&
         shape->up_h == 0;
}

DifConvAlgorithm
dif_conv_pick (const DifConvShape *shape, const DifConvWork *work, DifConvAlgorithm wish)
{
  if (shape->kernel != 3 || shape->stride != 1 || shape->pad_begin != 1 || shape->pad_end != 1)
    return DIF_CONV_IM2ROW;
  return wish == DIF_CONV_AUTO ? dif_cost_pick (dif_costs (), work) : wish;
}

gboolean
dif_conv_prepare_input (DifContext *context, const DifConvShape *shape, DifConvAlgorithm algorithm,
                        DifConvInput *input, DifTensor **joined, DifTensor **normed)
{
  const gboolean staged = algorithm != DIF_CONV_IM2ROW && input->prologue && shape->up_h == 0;

  if (input->beside && ! staged && ! (dif_conv_is_pointwise (shape) && ! input->prologue))
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
