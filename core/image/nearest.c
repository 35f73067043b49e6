/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/nearest.h"

#include <math.h>

/* In each column, the row of the nearest pixel that is set: once down, once up. */
static void
along_columns (const guint8 *set, gsize w, gsize h, guint32 *rows)
{
  for (gsize i = 0; i < w * h; i++)
    rows[i] = set[i] ? (guint32) (i / w) : (i < w ? DIF_NEAREST_NONE : rows[i - w]);
  for (gsize i = w * (h - 1); i-- > 0;)
    {
      guint32 below = rows[i + w];
      guint32 y = (guint32) (i / w);

      if (below != DIF_NEAREST_NONE && below >= y &&
          (rows[i] == DIF_NEAREST_NONE || below - y < y - rows[i]))
        rows[i] = below;
    }
}

/* Scratch of one row: which columns' parabolas make up the lower envelope, and from where on. */
typedef struct
{
  guint32 *column;
  guint32 *row;
  double  *height; /* of the parabola's lowest point, and the column squared */
  double  *from;
} Envelope;

static gsize
build_envelope (Envelope *e, const guint32 *rows, gsize w, gsize y)
{
  gsize n = 0;

  for (gsize x = 0; x < w; x++)
    {
      double down = (double) rows[x] - (double) y;
      double height = down * down + (double) x * (double) x;
      double from = -INFINITY;

      if (rows[x] == DIF_NEAREST_NONE)
        continue;
      while (n > 0)
        {
          from = (height - e->height[n - 1]) / (2.0 * ((double) x - e->column[n - 1]));
          if (from > e->from[n - 1])
            break;
          n--;
          from = -INFINITY;
        }
      e->column[n] = (guint32) x;
      e->row[n] = rows[x];
      e->height[n] = height;
      e->from[n++] = from;
    }
  return n;
}

void
dif_nearest (const guint8 *set, guint width, guint height, guint32 *nearest)
{
  const gsize w = width;
  Envelope    e = { g_new (guint32, w), g_new (guint32, w), g_new (double, w), g_new (double, w) };

  along_columns (set, w, height, nearest);
  for (gsize y = 0; y < height; y++)
    {
      guint32 *row = nearest + y * w;
      gsize    n = build_envelope (&e, row, w, y);
      gsize    k = 0;

      for (gsize x = 0; x < w && n > 0; x++)
        {
          while (k + 1 < n && e.from[k + 1] < (double) x)
            k++;
          row[x] = (guint32) (e.row[k] * w + e.column[k]);
        }
    }
  g_free (e.column);
  g_free (e.row);
  g_free (e.height);
  g_free (e.from);
}

double
dif_nearest_distance (const guint32 *nearest, guint width, gsize at)
{
  guint32 to = nearest[at];

  if (to == DIF_NEAREST_NONE)
    return INFINITY;
  return hypot ((double) (to % width) - (double) (at % width),
                (double) (to / width) - (double) (at / width));
}
