/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/diffusion/evaluator.h"

typedef struct
{
  DifEvaluator   parent;
  DifEvaluator  *inner;
  DifWindowSizes sizes;
} Windows;

/* How one axis is cut: the windows' beginnings, and each window's weights, which add up
 * to 1 at every pixel. */
typedef struct
{
  gsize  n;
  gsize  length; /* of a window */
  gsize *first;
  float *weight; /* [n, length] */
} Axis;

static void
axis_clear (Axis *axis)
{
  g_free (axis->first);
  g_free (axis->weight);
}

/* Rises over the overlap and falls over it; above 0, so that pixels that only one window sees have
 * a sum. */
static double
window_weight (gsize i, gsize length, gsize overlap)
{
  double edge = MIN (i, length - 1 - i) + 0.5; /* pixels from it */

  if (edge >= overlap)
    return 1.0;
  return 0.5 - 0.5 * cos (G_PI * edge / overlap) + 1e-3;
}

static void
axis_init (Axis *axis, gsize total, const DifWindowSizes *sizes)
{
  const gsize        m = sizes->multiple;
  const gsize        stride = MAX (sizes->most - sizes->overlap, 1);
  const gsize        n = total <= sizes->most ? 1 : (total - sizes->overlap + stride - 1) / stride;
  const gsize        even = (total + (n - 1) * sizes->overlap + n - 1) / n;
  g_autofree double *sum = g_new0 (double, total);
  gsize              last;

  axis->n = n;
  axis->length = MIN (MAX ((even + m - 1) / m * m, sizes->least), MIN (sizes->most, total));
  axis->first = g_new (gsize, n);
  axis->weight = g_new (float, n * axis->length);
  last = total - axis->length;
  for (gsize k = 0; k < n; k++)
    {
      axis->first[k] = k + 1 < n ? last * k / (n - 1) / m * m : last;
      for (gsize i = 0; i < axis->length; i++)
        sum[axis->first[k] + i] += window_weight (i, axis->length, sizes->overlap);
    }
  for (gsize k = 0; k < n; k++)
    for (gsize i = 0; i < axis->length; i++)
      axis->weight[k * axis->length + i] =
          (float) (window_weight (i, axis->length, sizes->overlap) / sum[axis->first[k] + i]);
}

static DifTensor *
cut (DifContext *context, const DifTensor *x, gsize y0, gsize x0, gsize h, gsize w)
{
  gsize      c = x->dim[3];
  DifTensor *window = dif_context_nhwc (context, x->dim[0], h, w, c);

  for (gsize row = 0; window && row < x->dim[0] * h; row++)
    memcpy (window->data + row * w * c,
            x->data + ((row / h * x->dim[1] + y0 + row % h) * x->dim[2] + x0) * c,
            w * c * sizeof (float));
  return window;
}

static void
add (DifTensor *sum, const DifTensor *window, gsize y0, gsize x0, const float *wy, const float *wx)
{
  gsize h = window->dim[1];
  gsize w = window->dim[2];
  gsize c = window->dim[3];

  for (gsize row = 0; row < window->dim[0] * h; row++)
    {
      const float *src = window->data + row * w * c;
      float *dst = sum->data + ((row / h * sum->dim[1] + y0 + row % h) * sum->dim[2] + x0) * c;

      for (gsize i = 0; i < w * c; i++)
        dst[i] += wy[row % h] * wx[i / c] * src[i];
    }
}

static DifTensor *
sum_windows (Windows *windows, DifContext *context, DifTensor *x, double t, const Axis *rows,
             const Axis *columns)
{
  g_autoptr (DifTensor) sum = NULL;

  for (gsize k = 0; k < rows->n * columns->n; k++)
    {
      gsize                 ky = k / columns->n;
      gsize                 kx = k % columns->n;
      g_autoptr (DifTensor) window =
          cut (context, x, rows->first[ky], columns->first[kx], rows->length, columns->length);
      g_autoptr (DifTensor) output = dif_evaluate (windows->inner, context, window, t);

      if (output && ! sum)
        {
          sum = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], output->dim[3]);
          if (sum)
            memset (sum->data, 0, sum->size * sizeof (float));
        }
      if (! output || ! sum)
        return NULL;
      add (sum, output, rows->first[ky], columns->first[kx], rows->weight + ky * rows->length,
           columns->weight + kx * columns->length);
    }
  return g_steal_pointer (&sum);
}

static DifTensor *
windows_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  Windows   *windows = (Windows *) self;
  Axis       rows;
  Axis       columns;
  DifTensor *sum;

  if (x->dim[1] <= windows->sizes.most && x->dim[2] <= windows->sizes.most)
    return dif_evaluate (windows->inner, context, x, t);
  axis_init (&rows, x->dim[1], &windows->sizes);
  axis_init (&columns, x->dim[2], &windows->sizes);
  sum = sum_windows (windows, context, x, t, &rows, &columns);
  axis_clear (&rows);
  axis_clear (&columns);
  return sum;
}

static void
windows_free (DifEvaluator *self)
{
  dif_evaluator_free (((Windows *) self)->inner);
  g_free (self);
}

DifEvaluator *
dif_windows_new (DifEvaluator *inner, const DifWindowSizes *sizes)
{
  Windows *windows = g_new0 (Windows, 1);

  windows->parent = (DifEvaluator) { windows_evaluate, windows_free };
  windows->inner = inner;
  windows->sizes = *sizes;
  return &windows->parent;
}
