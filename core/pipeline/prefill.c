/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/prefill.h"

#include <string.h>

/* Means of the known pixels of each 2 x 2; unknown where none is known. */
static void
pull (const DifTensor *x, const DifTensor *mask, DifTensor *half, DifTensor *half_mask)
{
  const gsize h = x->dim[1];
  const gsize w = x->dim[2];
  const gsize c = x->dim[3];

  for (gsize to = 0; to < half_mask->size; to++)
    {
      gsize  y = to / half->dim[2] * 2;
      gsize  left = to % half->dim[2] * 2;
      float *sum = half->data + to * c;
      float  n = 0.0f;

      for (gsize i = 0; i < c; i++)
        sum[i] = 0.0f;
      for (guint k = 0; k < 4; k++)
        {
          gsize from = MIN (y + k / 2, h - 1) * w + MIN (left + k % 2, w - 1);

          if (mask->data[from] != 0.0f)
            continue;
          for (gsize i = 0; i < c; i++)
            sum[i] += x->data[from * c + i];
          n += 1.0f;
        }
      for (gsize i = 0; i < c && n > 0.0f; i++)
        sum[i] /= n;
      half_mask->data[to] = n > 0.0f ? 0.0f : 1.0f;
    }
}

/* The value of the half-size picture at a pixel of the full one, between its pixels. */
static float
between (const DifTensor *half, gsize y, gsize x, gsize channel)
{
  const gsize  h = half->dim[1];
  const gsize  w = half->dim[2];
  const gsize  c = half->dim[3];
  gsize        y0 = y / 2;
  gsize        x0 = x / 2;
  gsize        y1 = y % 2 ? MIN (y0 + 1, h - 1) : (y0 > 0 ? y0 - 1 : 0);
  gsize        x1 = x % 2 ? MIN (x0 + 1, w - 1) : (x0 > 0 ? x0 - 1 : 0);
  const float *d = half->data + channel;

  return 0.5625f * d[(y0 * w + x0) * c] + 0.1875f * d[(y0 * w + x1) * c] +
         0.1875f * d[(y1 * w + x0) * c] + 0.0625f * d[(y1 * w + x1) * c];
}

static void
push (const DifTensor *half, DifTensor *x, const DifTensor *mask)
{
  const gsize c = x->dim[3];

  for (gsize to = 0; to < mask->size; to++)
    for (gsize i = 0; i < c && mask->data[to] != 0.0f; i++)
      x->data[to * c + i] = between (half, to / x->dim[2], to % x->dim[2], i);
}

void
dif_prefill (DifContext *context, DifTensor *x, const DifTensor *mask)
{
  g_autoptr (DifTensor) half = NULL;
  g_autoptr (DifTensor) half_mask = NULL;
  gsize                 h, w;

  if (! x)
    return;
  if (! mask)
    {
      memset (x->data, 0, x->size * sizeof (float));
      return;
    }
  if (x->dim[1] == 1 && x->dim[2] == 1)
    {
      for (gsize i = 0; i < x->size && mask->data[0] != 0.0f; i++)
        x->data[i] = 0.0f;
      return;
    }
  h = (x->dim[1] + 1) / 2;
  w = (x->dim[2] + 1) / 2;
  half = dif_context_nhwc (context, x->dim[0], h, w, x->dim[3]);
  half_mask = dif_context_nhwc (context, x->dim[0], h, w, 1);
  if (! half || ! half_mask)
    return;
  pull (x, mask, half, half_mask);
  dif_prefill (context, half, half_mask);
  push (half, x, mask);
}
