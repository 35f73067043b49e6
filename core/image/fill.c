/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/fill.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/ops/elementwise.h"

#define SWEEPS     4 /* at each size: 0.03 dB from where hundreds lead, in holes of photographs */
#define RELAXATION 1.5f /* with which fewer do */

typedef struct
{
  gboolean wrap_y, wrap_x;
} Edges;

/* Means of the known pixels of each 2 x 2; unknown where none is known. */
static void
pull (const DifTensor *x, const DifTensor *mask, DifTensor *half, DifTensor *half_mask)
{
  const gsize h = x->dim[1], w = x->dim[2], c = x->dim[3];
  const gsize half_h = half->dim[1], half_w = half->dim[2];

  for (gsize to = 0; to < half_mask->size; to++)
    {
      const gsize first = to / (half_h * half_w) * h * w;
      const gsize y = to / half_w % half_h * 2;
      const gsize left = to % half_w * 2;
      float      *sum = half->data + to * c;
      float       n = 0.0f;

      for (gsize i = 0; i < c; i++)
        sum[i] = 0.0f;
      for (guint k = 0; k < 4; k++)
        {
          const gsize from = first + MIN (y + k / 2, h - 1) * w + MIN (left + k % 2, w - 1);

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

/* The index before or after one; the own at an end that is free. */
static gsize
before (gsize i, gsize n, gboolean wrap)
{
  return i > 0 ? i - 1 : wrap ? n - 1 : 0;
}

static gsize
after (gsize i, gsize n, gboolean wrap)
{
  return i + 1 < n ? i + 1 : wrap ? 0 : n - 1;
}

/* The value of the half-size picture at a pixel of the full one, between its pixels. */
static float
between (const DifTensor *half, const float *d, gsize y, gsize x, const Edges *edges)
{
  const gsize h = half->dim[1];
  const gsize w = half->dim[2];
  const gsize c = half->dim[3];
  gsize       y0 = y / 2;
  gsize       x0 = x / 2;
  gsize       y1 = y % 2 ? after (y0, h, edges->wrap_y) : before (y0, h, edges->wrap_y);
  gsize       x1 = x % 2 ? after (x0, w, edges->wrap_x) : before (x0, w, edges->wrap_x);

  return 0.5625f * d[(y0 * w + x0) * c] + 0.1875f * d[(y0 * w + x1) * c] +
         0.1875f * d[(y1 * w + x0) * c] + 0.0625f * d[(y1 * w + x1) * c];
}

static void
push (const DifTensor *half, DifTensor *x, const DifTensor *mask, const Edges *edges)
{
  const gsize h = x->dim[1], w = x->dim[2], c = x->dim[3];
  const gsize half_area = half->dim[1] * half->dim[2];

  for (gsize to = 0; to < mask->size; to++)
    for (gsize i = 0; i < c && mask->data[to] != 0.0f; i++)
      x->data[to * c + i] =
          between (half, half->data + to / (h * w) * half_area * c + i, to / w % h, to % w, edges);
}

/* Unknown pixels of one color of a chequerboard go beyond the means of their neighbors, which are
 * of the other; at a free edge of the picture they are their own. */
static void
sweep (DifTensor *x, const DifTensor *mask, gsize color, const Edges *edges)
{
  const gsize h = x->dim[1], w = x->dim[2], c = x->dim[3];

  for (gsize at = 0; at < mask->size; at++)
    {
      const gsize  column = at % w;
      const gsize  row = at / w % h;
      float       *first = x->data + (at - row * w - column) * c;
      const float *up = first + (before (row, h, edges->wrap_y) * w + column) * c;
      const float *down = first + (after (row, h, edges->wrap_y) * w + column) * c;
      const float *left = first + (row * w + before (column, w, edges->wrap_x)) * c;
      const float *right = first + (row * w + after (column, w, edges->wrap_x)) * c;

      if (mask->data[at] == 0.0f || (row + column) % 2 != color)
        continue;
      for (gsize i = 0; i < c; i++)
        {
          const float mean = 0.25f * (up[i] + down[i] + left[i] + right[i]);

          x->data[at * c + i] += RELAXATION * (mean - x->data[at * c + i]);
        }
    }
}

void
dif_fill (DifContext *context, DifTensor *x, const DifTensor *mask, gboolean wrap_y,
          gboolean wrap_x)
{
  const Edges           edges = { wrap_y, wrap_x };
  g_autoptr (DifTensor) half = NULL;
  g_autoptr (DifTensor) half_mask = NULL;

  if (! x)
    return;
  if (! mask)
    {
      memset (x->data, 0, x->size * sizeof (float));
      return;
    }
  if (x->dim[1] == 1 && x->dim[2] == 1)
    {
      for (gsize i = 0; i < x->size; i++)
        if (mask->data[i / x->dim[3]] != 0.0f)
          x->data[i] = 0.0f;
      return;
    }
  half = dif_context_nhwc (context, x->dim[0], (x->dim[1] + 1) / 2, (x->dim[2] + 1) / 2, x->dim[3]);
  half_mask = dif_context_nhwc (context, x->dim[0], (x->dim[1] + 1) / 2, (x->dim[2] + 1) / 2, 1);
  if (! half || ! half_mask)
    return;
  pull (x, mask, half, half_mask);
  dif_fill (context, half, half_mask, wrap_y, wrap_x);
  push (half, x, mask, &edges);
  for (guint k = 0; k < SWEEPS; k++)
    {
      sweep (x, mask, 0, &edges);
      sweep (x, mask, 1, &edges);
    }
}

DifTensor *
dif_inpainting_base (DifContext *context, const DifTensor *x0, const DifTensor *mask,
                     gboolean wrap_y, gboolean wrap_x)
{
  DifTensor *base = NULL;

  if (mask)
    base = dif_sum (context, 1, (DifTerm[]) { { 1.0, x0 } });
  dif_fill (context, base, mask, wrap_y, wrap_x);
  return base;
}

DifTensor *
dif_inpainting_condition (DifContext *context, const DifTensor *base, const DifTensor *mask,
                          gsize channels)
{
  DifTensor *pixel;

  if (mask)
    return dif_concat_channels (context, mask, base);
  pixel = dif_context_nhwc (context, 1, 1, 1, 1 + channels);
  for (gsize i = 0; pixel && i < pixel->size; i++)
    pixel->data[i] = i == 0 ? 1.0f : 0.0f;
  return pixel;
}

gboolean
dif_fill_pixels (float *pixels, const float *mask, guint width, guint height, gboolean wrap_y,
                 gboolean wrap_x, GError **error)
{
  const gsize            n = (gsize) width * height;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, height, width, 3);
  g_autoptr (DifTensor)  m = dif_context_nhwc (context, 1, height, width, 1);

  if (x && m)
    {
      memcpy (x->data, pixels, 3 * n * sizeof (float));
      memcpy (m->data, mask, n * sizeof (float));
      dif_fill (context, x, m, wrap_y, wrap_x);
      memcpy (pixels, x->data, 3 * n * sizeof (float));
    }
  if (dif_context_ok (context))
    return TRUE;
  dif_context_take_error (context, error);
  return FALSE;
}

gboolean
dif_fill_unseen (float *pixels, const float *alpha, guint width, guint height, GError **error)
{
  const gsize       n = (gsize) width * height;
  g_autofree float *mask = g_try_new (float, n);
  gboolean          any = FALSE;

  if (! mask)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                   _ ("There is not enough memory for %u × %u pixels."), width, height);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      mask[i] = alpha[i] >= DIF_LEAST_ALPHA ? 0.0f : 1.0f;
      any = any || mask[i] != 0.0f;
    }
  return ! any || dif_fill_pixels (pixels, mask, width, height, FALSE, FALSE, error);
}
