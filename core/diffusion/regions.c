/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/diffusion/evaluator.h"

typedef struct
{
  DifEvaluator   parent;
  DifEvaluator **inner;
  guint          n;
  DifRegionSizes sizes;
} Regions;

/* from first to before end */
typedef struct
{
  gsize first, end;
} Range;

typedef struct
{
  Range rows, columns;
} Box;

static float
mask_at (const Regions *regions, const DifTensor *x, guint k, gsize row, gsize column)
{
  const gsize c = x->dim[3];

  return x->data[(row * x->dim[2] + column) * c + c - regions->n + k];
}

/* Where a mask is above 0; empty if it is nowhere. */
static Box
box_of (const Regions *regions, const DifTensor *x, guint k)
{
  Box box = { { x->dim[1], 0 }, { x->dim[2], 0 } };

  for (gsize row = 0; row < x->dim[1]; row++)
    for (gsize column = 0; column < x->dim[2]; column++)
      if (mask_at (regions, x, k, row, column) > 0.0f)
        {
          box.rows.first = MIN (box.rows.first, row);
          box.rows.end = row + 1;
          box.columns.first = MIN (box.columns.first, column);
          box.columns.end = MAX (box.columns.end, column + 1);
        }
  return box;
}

/* With its margin, at least as long as it has to be, from multiple to multiple. */
static Range
widen (Range range, gsize total, const DifRegionSizes *sizes)
{
  const gsize m = sizes->multiple;
  const gsize smallest = MIN (sizes->smallest, total);
  const gsize length = range.end - range.first + 2 * sizes->margin;
  const gsize around = sizes->margin + (length < smallest ? smallest - length + 1 : 0) / 2;
  Range       wide;

  wide.first = range.first > around ? (range.first - around) / m * m : 0;
  wide.end = MIN ((range.end + around + m - 1) / m * m, total);
  if (wide.end - wide.first < smallest && wide.first == 0)
    wide.end = MIN ((smallest + m - 1) / m * m, total);
  if (wide.end - wide.first < smallest && wide.end == total)
    wide.first = (total - smallest) / m * m;
  return wide;
}

/* i, mirrored into a range, whose ends are there twice then. */
static gsize
mirror (gsize i, Range range)
{
  const gsize length = range.end - range.first;
  const gsize away = i < range.first ? range.first - 1 - i : i - range.first;
  const gsize at = away % (2 * length);

  return range.first + (at < length ? at : 2 * length - 1 - at);
}

static gsize
distance (gsize i, Range range)
{
  return i < range.first ? range.first - i : i >= range.end ? i + 1 - range.end : 0;
}

/* Which of 0 … n - 1 stands at each of them, if only what is @own may be seen: each of these stays,
 * others are mirrored into the nearest stretch.  Nothing if none is. */
static gboolean
fill_axis (const gboolean *own, gsize n, gsize *from)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Range));

  for (gsize i = 0; i < n; i++)
    {
      if (own[i] && i > 0 && own[i - 1])
        g_array_index (runs, Range, runs->len - 1).end++;
      else if (own[i])
        g_array_append_val (runs, ((const Range) { i, i + 1 }));
    }
  for (gsize i = 0; i < n && runs->len > 0; i++)
    {
      Range best = g_array_index (runs, Range, 0);

      for (guint k = 1; k < runs->len && distance (i, best) > 0; k++)
        if (distance (i, g_array_index (runs, Range, k)) < distance (i, best))
          best = g_array_index (runs, Range, k);
      from[i] = distance (i, best) == 0 ? i : mirror (i, best);
    }
  return runs->len > 0;
}

/* Which pixel of the picture stands at each of a box: its own. */
static gsize *
sources_of (const DifTensor *x, const Box *box)
{
  const gsize w = box->columns.end - box->columns.first;
  const gsize n = (box->rows.end - box->rows.first) * w;
  gsize      *out = g_new (gsize, n);

  for (gsize i = 0; i < n; i++)
    out[i] = (box->rows.first + i / w) * x->dim[2] + box->columns.first + i % w;
  return out;
}

/* Only the region's own: all around are mirrored pieces of it, along rows and then whole rows. */
static void
keep_apart (const Regions *regions, const DifTensor *x, guint k, const Box *box, gsize *sources)
{
  const gsize          h = box->rows.end - box->rows.first;
  const gsize          w = box->columns.end - box->columns.first;
  g_autofree gsize    *from = g_new (gsize, MAX (h, w));
  g_autofree gboolean *own = g_new (gboolean, w);
  g_autofree gboolean *own_rows = g_new (gboolean, h);

  for (gsize row = 0; row < h; row++)
    {
      const gsize y = box->rows.first + row;

      for (gsize i = 0; i < w; i++)
        own[i] = mask_at (regions, x, k, y, box->columns.first + i) >= 0.5f;
      own_rows[row] = fill_axis (own, w, from);
      for (gsize i = 0; i < w && own_rows[row]; i++)
        sources[row * w + i] = y * x->dim[2] + box->columns.first + from[i];
    }
  if (! fill_axis (own_rows, h, from))
    return;
  for (gsize row = 0; row < h; row++)
    if (from[row] != row)
      memcpy (sources + row * w, sources + from[row] * w, w * sizeof *sources);
}

/* What the evaluator of a region sees. */
static DifTensor *
cut (const Regions *regions, DifContext *context, const DifTensor *x, guint k, const Box *box,
     gboolean apart)
{
  const gsize       h = box->rows.end - box->rows.first;
  const gsize       w = box->columns.end - box->columns.first;
  const gsize       c = x->dim[3];
  const gsize       own = c - regions->n;
  g_autofree gsize *sources = sources_of (x, box);
  DifTensor        *y = dif_context_nhwc (context, x->dim[0], h, w, own);

  if (y && apart)
    keep_apart (regions, x, k, box, sources);
  for (gsize i = 0; y && i < x->dim[0] * h * w; i++)
    {
      const gsize picture = i / (h * w) * x->dim[1] * x->dim[2];

      memcpy (y->data + i * own, x->data + (picture + sources[i % (h * w)]) * c,
              own * sizeof (float));
    }
  return y;
}

/* sum += mask output; where the masks are 0 and 1, the bytes of one output. */
static void
add (const Regions *regions, const DifTensor *x, guint k, const Box *box, const DifTensor *output,
     DifTensor *sum)
{
  const gsize h = output->dim[1];
  const gsize w = output->dim[2];
  const gsize c = output->dim[3];

  for (gsize row = 0; row < output->dim[0] * h; row++)
    for (gsize column = 0; column < w; column++)
      {
        const gsize  y = box->rows.first + row % h;
        const float  mask = mask_at (regions, x, k, y, box->columns.first + column);
        const gsize  to = (row / h * sum->dim[1] + y) * sum->dim[2] + box->columns.first + column;
        const float *src = output->data + (row * w + column) * c;

        for (gsize i = 0; i < c && mask > 0.0f; i++)
          sum->data[to * c + i] += mask * src[i];
      }
}

static DifTensor *
regions_evaluate (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  const Regions        *regions = (const Regions *) self;
  g_autoptr (DifTensor) sum = NULL;

  g_return_val_if_fail (x->dim[3] > regions->n, NULL);
  for (guint k = 0; k < regions->n; k++)
    {
      Box                   box = box_of (regions, x, k);
      g_autoptr (DifTensor) seen = NULL;
      g_autoptr (DifTensor) output = NULL;

      if (box.rows.end == 0)
        continue;
      box.rows = widen (box.rows, x->dim[1], &regions->sizes);
      box.columns = widen (box.columns, x->dim[2], &regions->sizes);
      seen = cut (regions, context, x, k, &box, t >= regions->sizes.apart);
      output = dif_evaluate (regions->inner[k], context, seen, t);
      if (output && ! sum)
        {
          sum = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], output->dim[3]);
          if (sum)
            memset (sum->data, 0, sum->size * sizeof (float));
        }
      if (! output || ! sum)
        return NULL;
      add (regions, x, k, &box, output, sum);
    }
  return g_steal_pointer (&sum);
}

static void
regions_free (DifEvaluator *self)
{
  Regions *regions = (Regions *) self;

  for (guint k = 0; k < regions->n; k++)
    dif_evaluator_free (regions->inner[k]);
  g_free (regions->inner);
  g_free (regions);
}

DifEvaluator *
dif_regions_new (DifEvaluator *const *inner, guint n, const DifRegionSizes *sizes)
{
  Regions *regions = g_new0 (Regions, 1);

  regions->parent = (DifEvaluator) { regions_evaluate, regions_free };
  regions->inner = g_memdup2 (inner, n * sizeof *inner);
  regions->n = n;
  regions->sizes = *sizes;
  return &regions->parent;
}
