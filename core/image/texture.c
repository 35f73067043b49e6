/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/texture.h"

#include <math.h>

#include "core/image/nearest.h"

#define MAX_CHANNELS 4
#define BLOCK        8    /* pixels on a side */
#define BAND         40.0 /* pixels beside the hole */
#define LEAST_BLOCKS 8
#define MOST_BETWEEN 0.45          /* share of the variance */
#define FLAT         (3.0 / 255.0) /* deviation within blocks below which there is no texture */
#define ALIKE        1.5           /* times by which blocks of a texture may differ in contrast */
#define SLACK        (4.0 / 255.0)

typedef struct
{
  double y, x;
  double mean[MAX_CHANNELS];
  double variance; /* of all channels together */
} Block;

struct _DifTexture
{
  gint64  h, w, c;
  GArray *blocks;
  double  spread;      /* deviation of their means, all channels together */
  double  least, most; /* of their deviations */
};

/* Returns FALSE where any of its pixels is unknown. */
static gboolean
measure_block (const DifTensor *picture, const guint8 *hole, gint64 y, gint64 x, Block *block)
{
  const gint64 w = (gint64) picture->dim[2];
  const gint64 c = (gint64) picture->dim[3];
  double       sum[MAX_CHANNELS] = { 0.0 };
  double       squares = 0.0;

  if (y < 0 || x < 0 || y + BLOCK > (gint64) picture->dim[1] || x + BLOCK > w)
    return FALSE;
  for (gint64 i = y; i < y + BLOCK; i++)
    for (gint64 k = x; k < x + BLOCK; k++)
      {
        if (hole[i * w + k])
          return FALSE;
        for (gint64 channel = 0; channel < c; channel++)
          {
            const double v = picture->data[(i * w + k) * c + channel];

            sum[channel] += v;
            squares += v * v;
          }
      }
  *block = (Block) { .y = (double) y, .x = (double) x, .variance = squares / (BLOCK * BLOCK) };
  for (gint64 channel = 0; channel < c; channel++)
    {
      block->mean[channel] = sum[channel] / (BLOCK * BLOCK);
      block->variance -= block->mean[channel] * block->mean[channel];
    }
  block->variance = MAX (block->variance, 0.0);
  return TRUE;
}

static gboolean
find_blocks (DifTexture *t, const DifTensor *x, const guint8 *hole)
{
  g_autofree guint32 *nearest = g_try_new (guint32, (gsize) (t->h * t->w));

  if (! nearest)
    return FALSE;
  dif_nearest (hole, (guint) t->w, (guint) t->h, nearest);
  for (gint64 y = 0; y + BLOCK <= t->h; y += BLOCK / 2)
    for (gint64 k = 0; k + BLOCK <= t->w; k += BLOCK / 2)
      {
        const gsize middle = (gsize) ((y + BLOCK / 2) * t->w + k + BLOCK / 2);
        Block       block;

        if (dif_nearest_distance (nearest, (guint) t->w, middle) <= BAND &&
            measure_block (x, hole, y, k, &block))
          g_array_append_val (t->blocks, block);
      }
  return t->blocks->len >= LEAST_BLOCKS;
}

/* Takes the gradient out that fits the means of a channel best: of each axis by itself, which is
 * near enough. */
static double
variance_between (const DifTexture *t, gint64 channel)
{
  const Block *b = (const Block *) t->blocks->data;
  const guint  n = t->blocks->len;
  double       y = 0.0, x = 0.0, v = 0.0, yy = 0.0, xx = 0.0, vv = 0.0, yv = 0.0, xv = 0.0;

  for (guint i = 0; i < n; i++)
    {
      y += b[i].y / n;
      x += b[i].x / n;
      v += b[i].mean[channel] / n;
    }
  for (guint i = 0; i < n; i++)
    {
      const double dy = b[i].y - y, dx = b[i].x - x, dv = b[i].mean[channel] - v;

      yy += dy * dy;
      xx += dx * dx;
      vv += dv * dv;
      yv += dy * dv;
      xv += dx * dv;
    }
  if (yy > 0.0)
    vv -= yv * yv / yy;
  if (xx > 0.0)
    vv -= xv * xv / xx;
  return MAX (vv / n, 0.0);
}

static gboolean
is_texture (DifTexture *t)
{
  double between = 0.0;
  double within = 0.0;

  t->least = G_MAXDOUBLE;
  for (guint i = 0; i < t->blocks->len; i++)
    {
      const double variance = g_array_index (t->blocks, Block, i).variance;

      within += variance / t->blocks->len;
      t->least = MIN (t->least, sqrt (variance));
      t->most = MAX (t->most, sqrt (variance));
    }
  for (gint64 k = 0; k < t->c; k++)
    between += variance_between (t, k);
  t->spread = sqrt (between);
  return sqrt (within / (double) t->c) > 2.0 * FLAT && between < MOST_BETWEEN * (between + within);
}

DifTexture *
dif_texture_new (const DifTensor *x, const guint8 *hole)
{
  g_autoptr (DifTexture) t = g_new0 (DifTexture, 1);

  t->h = (gint64) x->dim[1];
  t->w = (gint64) x->dim[2];
  t->c = (gint64) x->dim[3];
  t->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  return find_blocks (t, x, hole) && is_texture (t) ? g_steal_pointer (&t) : NULL;
}

void
dif_texture_free (DifTexture *texture)
{
  if (! texture)
    return;
  g_array_unref (texture->blocks);
  g_free (texture);
}

static gboolean
is_strange (const DifTexture *t, const Block *block)
{
  const double deviation = sqrt (block->variance);
  double       nearest = G_MAXDOUBLE;

  if (deviation * ALIKE < t->least || deviation > ALIKE * t->most)
    return TRUE;
  for (guint i = 0; i < t->blocks->len; i++)
    {
      const Block *other = &g_array_index (t->blocks, Block, i);
      double       squares = 0.0;

      for (gint64 k = 0; k < t->c; k++)
        squares += (block->mean[k] - other->mean[k]) * (block->mean[k] - other->mean[k]);
      nearest = MIN (nearest, squares);
    }
  return sqrt (nearest) > t->spread + 2.0 * SLACK;
}

double
dif_texture_strange (const DifTexture *t, const DifTensor *x, const guint8 *hole, gint64 dy,
                     gint64 dx)
{
  guint n = 0;
  guint strange = 0;

  for (gint64 y = 0; y + BLOCK <= t->h; y += BLOCK)
    for (gint64 k = 0; k + BLOCK <= t->w; k += BLOCK)
      {
        Block block;

        if (! hole[(y + BLOCK / 2) * t->w + k + BLOCK / 2] ||
            ! measure_block (x, hole, y + dy, k + dx, &block))
          continue;
        n++;
        strange += is_strange (t, &block);
      }
  return n > 0 ? (double) strange / n : 1.0;
}
