/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/diffusion/evaluator.h"

typedef struct
{
  DifEvaluator   parent;
  DifEvaluator  *inner;
  DifWindowSizes sizes;
  DifTensor     *extra;
  guint          turn; /* counts evaluations */
} Windows;

/* How one axis is cut: where windows begin, how long they are, and their weights, which add up to 1
 * at every pixel.  On an axis that wraps around they go on at its beginning, and may be longer than
 * it is. */
typedef struct
{
  gsize  n;
  gsize *first;
  gsize *length;
  float *weight; /* [n, stride], from where the window begins */
  gsize  stride;
  gsize  total;
  gsize  guard; /* pixels at either end of a window that do not count */
} Axis;

static void
axis_clear (Axis *axis)
{
  g_free (axis->first);
  g_free (axis->length);
  g_free (axis->weight);
}

/* Rises over the overlap and falls over it; above 0, so that pixels that only one window sees have
 * a sum. */
static double
window_weight (const Axis *axis, gsize i, gsize length, gsize overlap)
{
  double edge = (double) MIN (i, length - 1 - i) - (double) axis->guard + 0.5; /* pixels from it */

  if (edge < 0.0)
    return 0.0;
  if (edge >= overlap)
    return 1.0;
  return 0.5 - 0.5 * cos (G_PI * edge / overlap) + 1e-3;
}

static void
axis_weigh (Axis *axis, gsize overlap)
{
  g_autofree double *sum = g_new0 (double, axis->total);

  for (gsize k = 0; k < axis->n; k++)
    axis->stride = MAX (axis->stride, axis->length[k]);
  axis->weight = g_new (float, axis->n * axis->stride);
  for (gsize k = 0; k < axis->n; k++)
    for (gsize i = 0; i < axis->length[k]; i++)
      sum[(axis->first[k] + i) % axis->total] += window_weight (axis, i, axis->length[k], overlap);
  for (gsize k = 0; k < axis->n; k++)
    for (gsize i = 0; i < axis->length[k]; i++)
      axis->weight[k * axis->stride + i] =
          (float) (window_weight (axis, i, axis->length[k], overlap) /
                   sum[(axis->first[k] + i) % axis->total]);
}

/* Windows of one size, spread evenly. */
static void
axis_spread (Axis *axis, const DifWindowSizes *sizes)
{
  const gsize m = sizes->multiple;
  const gsize length = MIN (sizes->most, axis->total);
  const gsize last = axis->total - length;
  const gsize stride = MAX (sizes->most - sizes->overlap, 1);

  axis->n = axis->total <= length ? 1 : (axis->total - sizes->overlap + stride - 1) / stride;
  axis->first = g_new (gsize, axis->n);
  axis->length = g_new (gsize, axis->n);
  for (gsize k = 0; k < axis->n; k++)
    {
      axis->first[k] = k + 1 < axis->n ? last * k / (axis->n - 1) / m * m : last;
      axis->length[k] = length;
    }
}

/* Cells side by side, cut after some quarters of one and then after each whole, with half the
 * overlap around them.  A rest of a quarter at either end goes to its neighbor. */
static void
axis_shift (Axis *axis, const DifWindowSizes *sizes, guint quarters)
{
  const gsize m = sizes->multiple;
  const gsize total = axis->total;
  const gsize half = (sizes->overlap / 2 + m - 1) / m * m;
  const gsize room = (sizes->most - 2 * half - m) * 4 / 5; /* for a cell, a quarter being added */
  const gsize n = total <= sizes->most ? 1 : (total + room - 1) / room;
  const gsize cell = (total + n - 1) / n;
  gsize       begin = 0;

  axis->first = g_new (gsize, n + 1);
  axis->length = g_new (gsize, n + 1);
  for (gsize k = 0; k <= n && begin < total; k++)
    {
      gsize end = (k * cell + quarters * cell / 4) / m * m;

      if (k == n || end + cell * 3 / 8 > total)
        end = total;
      if (end < begin + cell * 3 / 8)
        continue;
      axis->first[axis->n] = begin > half ? begin - half : 0;
      axis->length[axis->n] = MIN (end + half, total) - axis->first[axis->n];
      axis->n++;
      begin = end;
    }
}

/* Cells around a circle, cut after some quarters of one, with the overlap and what does not count
 * around them.  One cell that is all of it overlaps with itself. */
static void
axis_wrap (Axis *axis, const DifWindowSizes *sizes, guint quarters)
{
  const gsize    m = sizes->multiple;
  const gsize    total = axis->total;
  const gsize    around = 2 * sizes->overlap;
  const gsize    room = sizes->most > around + m ? (sizes->most - around) / m * m : m;
  const gsize    least = (total + room - 1) / room;
  const gsize    cell = least == 1 ? total : ((total + least - 1) / least + m - 1) / m * m;
  const gsize    length = (cell + around + m - 1) / m * m;
  const gboolean one_size = ! sizes->shifts && sizes->most < G_MAXSIZE;

  axis->n = (total + cell - 1) / cell;
  axis->guard = sizes->overlap / 2;
  axis->first = g_new (gsize, axis->n);
  axis->length = g_new (gsize, axis->n);
  for (gsize k = 0; k < axis->n; k++)
    {
      axis->first[k] = (k * cell + (sizes->shifts ? quarters * cell / 4 / m * m : 0)) % total;
      axis->length[k] = one_size ? MAX (length, sizes->most) : length;
    }
}

static void
axis_init (Axis *axis, gsize total, const DifWindowSizes *sizes, gboolean wraps, guint quarters)
{
  *axis = (Axis) { .total = total };
  if (wraps)
    axis_wrap (axis, sizes, quarters);
  else if (sizes->shifts && total > sizes->most)
    axis_shift (axis, sizes, quarters);
  else
    axis_spread (axis, sizes);
  axis_weigh (axis, sizes->overlap);
}

typedef struct
{
  gsize y, x, h, w;
} Box;

/* From a row of @total pixels, which goes on at its beginning. */
static void
cut_row (const float *src, gsize first, gsize n, gsize total, gsize c, gsize step, float *dst,
         gsize dst_step)
{
  for (gsize i = 0; i < n; i++)
    memcpy (dst + i * dst_step, src + (first + i) % total * step, c * sizeof (float));
}

/* What the network sees: of x and of the extra channels, which may be one pixel's. */
static DifTensor *
cut (const Windows *windows, DifContext *context, const DifTensor *x, const Box *box)
{
  const DifTensor *extra = windows->extra;
  const gsize      w = x->dim[2];
  const gsize      c_x = x->dim[3];
  const gsize      c_extra = extra ? extra->dim[3] : 0;
  const gsize      c = c_x + c_extra;
  const gboolean   one = extra && extra->size == c_extra;
  DifTensor       *window = dif_context_nhwc (context, x->dim[0], box->h, box->w, c);

  for (gsize row = 0; window && row < x->dim[0] * box->h; row++)
    {
      const gsize y = (box->y + row % box->h) % x->dim[1];
      const gsize from = (row / box->h * x->dim[1] + y) * w;
      float      *dst = window->data + row * box->w * c;

      cut_row (x->data + from * c_x, box->x, box->w, w, c_x, c_x, dst, c);
      if (extra)
        cut_row (extra->data + (one ? 0 : y * w * c_extra), box->x, box->w, w, c_extra,
                 one ? 0 : c_extra, dst + c_x, c);
    }
  return window;
}

static void
add (DifTensor *sum, const DifTensor *window, const Box *box, const float *wy, const float *wx)
{
  const gsize h = box->h;
  const gsize w = box->w;
  const gsize c = window->dim[3];

  for (gsize row = 0; row < window->dim[0] * h; row++)
    {
      const float *src = window->data + row * w * c;
      const gsize  y = (box->y + row % h) % sum->dim[1];
      float       *to = sum->data + (row / h * sum->dim[1] + y) * sum->dim[2] * c;

      for (gsize i = 0; i < w; i++)
        {
          float  weight = wy[row % h] * wx[i];
          float *dst = to + (box->x + i) % sum->dim[2] * c;

          for (gsize k = 0; k < c; k++)
            dst[k] += weight * src[i * c + k];
        }
    }
}

static DifTensor *
sum_windows (Windows *windows, DifContext *context, DifTensor *x, double t, const Axis *rows,
             const Axis *columns)
{
  g_autoptr (DifTensor) sum = NULL;

  for (gsize k = 0; k < rows->n * columns->n; k++)
    {
      const gsize           ky = k / columns->n;
      const gsize           kx = k % columns->n;
      const Box             box = { rows->first[ky], columns->first[kx], rows->length[ky],
                                    columns->length[kx] };
      g_autoptr (DifTensor) window = cut (windows, context, x, &box);
      g_autoptr (DifTensor) output = dif_evaluate (windows->inner, context, window, t);

      if (output && ! sum)
        {
          sum = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], output->dim[3]);
          if (sum)
            memset (sum->data, 0, sum->size * sizeof (float));
        }
      if (! output || ! sum)
        return NULL;
      add (sum, output, &box, rows->weight + ky * rows->stride,
           columns->weight + kx * columns->stride);
    }
  return g_steal_pointer (&sum);
}

/* All of it at once. */
static DifTensor *
evaluate_whole (Windows *windows, DifContext *context, DifTensor *x, double t)
{
  g_autoptr (DifTensor) with_extra = NULL;

  if (! windows->extra)
    return dif_evaluate (windows->inner, context, x, t);
  with_extra = cut (windows, context, x, &(const Box) { 0, 0, x->dim[1], x->dim[2] });
  return dif_evaluate (windows->inner, context, with_extra, t);
}

static DifTensor *
windows_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  static const guint    shifts[][2] = { { 0, 0 }, { 2, 2 }, { 1, 3 }, { 3, 1 } }; /* in quarters */
  Windows              *windows = (Windows *) self;
  const DifWindowSizes *sizes = &windows->sizes;
  const guint           turn = windows->turn++ % G_N_ELEMENTS (shifts);
  Axis                  rows;
  Axis                  columns;
  DifTensor            *sum;

  if (! sizes->wrap_rows && ! sizes->wrap_columns && x->dim[1] <= sizes->most &&
      x->dim[2] <= sizes->most)
    return evaluate_whole (windows, context, x, t);
  axis_init (&rows, x->dim[1], sizes, sizes->wrap_rows, shifts[turn][0]);
  axis_init (&columns, x->dim[2], sizes, sizes->wrap_columns, shifts[turn][1]);
  sum = sum_windows (windows, context, x, t, &rows, &columns);
  axis_clear (&rows);
  axis_clear (&columns);
  return sum;
}

static void
windows_free (DifEvaluator *self)
{
  Windows *windows = (Windows *) self;

  dif_evaluator_free (windows->inner);
  dif_tensor_unref (windows->extra);
  g_free (windows);
}

DifEvaluator *
dif_windows_new (DifEvaluator *inner, const DifWindowSizes *sizes, DifTensor *extra)
{
  Windows *windows = g_new0 (Windows, 1);

  windows->parent = (DifEvaluator) { windows_evaluate, windows_free };
  windows->inner = inner;
  windows->sizes = *sizes;
  windows->extra = extra ? dif_tensor_ref (extra) : NULL;
  return &windows->parent;
}
