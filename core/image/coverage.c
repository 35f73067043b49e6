/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/coverage.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/nearest.h"

#define MAX_LEVELS 16

static gboolean
no_memory (GError **error, guint width, guint height)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
               _ ("There is not enough memory for a mask of %u × %u pixels."), width, height);
  return FALSE;
}

float *
dif_coverage_copy (const float *coverage, guint width, guint height, GError **error)
{
  const gsize n = (gsize) width * height;
  float      *copy = g_try_new (float, n);

  if (! copy)
    no_memory (error, width, height);
  for (gsize i = 0; copy && i < n; i++)
    copy[i] = CLAMP (coverage[i], 0.0f, 1.0f);
  return copy;
}

/* ---- growing ---- */

typedef struct
{
  guint    width, height;
  gsize    n;
  guint8  *set;
  guint32 *nearest;
  float   *last; /* distance from the level before */
  float   *grown;
  guint    n_levels;
  float    levels[MAX_LEVELS + 1];
  gboolean exact;
} Grow;

static void
grow_clear (Grow *grow)
{
  g_free (grow->set);
  g_free (grow->nearest);
  g_free (grow->last);
  g_free (grow->grown);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grow, grow_clear)

/* The coverage's own values above 0 if they are few, else even ones from 0 on. */
static void
find_levels (Grow *grow, const float *coverage)
{
  grow->exact = TRUE;
  for (gsize i = 0; i < grow->n && grow->exact; i++)
    {
      guint k = 0;

      if (coverage[i] <= 0.0f)
        continue;
      while (k < grow->n_levels && grow->levels[k] < coverage[i])
        k++;
      if (k < grow->n_levels && grow->levels[k] == coverage[i])
        continue;
      grow->exact = grow->n_levels < MAX_LEVELS;
      if (! grow->exact)
        break;
      memmove (grow->levels + k + 1, grow->levels + k, (grow->n_levels - k) * sizeof (float));
      grow->levels[k] = coverage[i];
      grow->n_levels++;
    }
  if (grow->exact)
    return;
  grow->n_levels = MAX_LEVELS + 1;
  for (guint k = 0; k <= MAX_LEVELS; k++)
    grow->levels[k] = (float) k / MAX_LEVELS;
}

/* Raises what lies within the distance of this level, and partly what does not any more. */
static void
grow_level (Grow *grow, const float *coverage, guint k, double pixels)
{
  const float level = grow->levels[k];

  for (gsize i = 0; i < grow->n; i++)
    grow->set[i] = coverage[i] > 0.0f && coverage[i] >= level;
  dif_nearest (grow->set, grow->width, grow->height, grow->nearest);
  for (gsize i = 0; i < grow->n; i++)
    {
      double distance = dif_nearest_distance (grow->nearest, grow->width, i);

      if (distance <= pixels)
        grow->grown[i] = MAX (grow->grown[i], level);
      else if (! grow->exact && k > 0 && grow->last[i] <= pixels && isfinite (distance))
        {
          double part = (pixels - grow->last[i]) / (distance - grow->last[i]);

          grow->grown[i] = MAX (
              grow->grown[i], (float) (grow->levels[k - 1] + part * (level - grow->levels[k - 1])));
        }
      grow->last[i] = (float) distance;
    }
}

static gboolean
grow_by (float *coverage, guint width, guint height, double pixels, GError **error)
{
  const gsize n = (gsize) width * height;
  g_auto (Grow) grow = { .width = width,
                         .height = height,
                         .n = n,
                         .set = g_try_new (guint8, n),
                         .nearest = g_try_new (guint32, n),
                         .last = g_try_new (float, n),
                         .grown = g_try_new (float, n) };

  if (! grow.set || ! grow.nearest || ! grow.last || ! grow.grown)
    return no_memory (error, width, height);
  memcpy (grow.grown, coverage, n * sizeof (float));
  find_levels (&grow, coverage);
  for (guint k = 0; k < grow.n_levels; k++)
    grow_level (&grow, coverage, k, pixels);
  memcpy (coverage, grow.grown, n * sizeof (float));
  return TRUE;
}

static void
invert (float *coverage, gsize n)
{
  for (gsize i = 0; i < n; i++)
    coverage[i] = 1.0f - coverage[i];
}

gboolean
dif_coverage_grow (float *coverage, guint width, guint height, gint pixels, GError **error)
{
  const gsize n = (gsize) width * height;
  gboolean    done;

  if (pixels == 0)
    return TRUE;
  if (pixels > 0)
    return grow_by (coverage, width, height, pixels, error);
  invert (coverage, n);
  done = grow_by (coverage, width, height, -(double) pixels, error);
  invert (coverage, n);
  return done;
}

/* ---- feathering ---- */

/* In whole numbers, so that running sums come back to exactly 0. */
#define ONE (1u << 24)

/* Means over 2 r + 1 columns. */
static void
box_rows (const guint32 *src, gsize w, gsize h, gsize r, guint32 *dst)
{
  for (gsize y = 0; y < h; y++, src += w, dst += w)
    {
      guint64 sum = (guint64) r * src[0];

      for (gsize x = 0; x <= r; x++)
        sum += src[MIN (x, w - 1)];
      for (gsize x = 0; x < w; x++)
        {
          dst[x] = (guint32) (sum / (2 * r + 1));
          sum += src[MIN (x + r + 1, w - 1)];
          sum -= src[x > r ? x - r : 0];
        }
    }
}

/* Means over 2 r + 1 rows. */
static void
box_columns (const guint32 *src, gsize w, gsize h, gsize r, guint64 *sum, guint32 *dst)
{
  for (gsize x = 0; x < w; x++)
    sum[x] = (guint64) r * src[x];
  for (gsize y = 0; y <= r; y++)
    for (gsize x = 0; x < w; x++)
      sum[x] += src[MIN (y, h - 1) * w + x];
  for (gsize y = 0; y < h; y++)
    {
      const guint32 *in = src + MIN (y + r + 1, h - 1) * w;
      const guint32 *out = src + (y > r ? y - r : 0) * w;

      for (gsize x = 0; x < w; x++)
        {
          dst[y * w + x] = (guint32) (sum[x] / (2 * r + 1));
          sum[x] += in[x];
          sum[x] -= out[x];
        }
    }
}

gboolean
dif_coverage_feather (float *coverage, guint width, guint height, guint radius, GError **error)
{
  const gsize         n = radius > 0 ? (gsize) width * height : 0;
  g_autofree guint32 *a = g_try_new (guint32, n);
  g_autofree guint32 *b = g_try_new (guint32, n);
  g_autofree guint64 *sum = g_new (guint64, width);

  if (n == 0)
    return TRUE;
  if (! a || ! b)
    return no_memory (error, width, height);
  for (gsize i = 0; i < n; i++)
    a[i] = (guint32) lrint (CLAMP ((double) coverage[i], 0.0, 1.0) * ONE);
  for (guint pass = 0; pass < 3; pass++)
    {
      guint r = (radius + pass) / 3; /* three that add up to it */

      box_rows (a, width, height, r, b);
      box_columns (b, width, height, r, sum, a);
    }
  for (gsize i = 0; i < n; i++)
    coverage[i] = (float) a[i] / ONE;
  return TRUE;
}

/* Less than half a step of 8 bits is rounding. */
#define OPAQUE (1.0f - 1.0f / 512.0f)

float *
dif_coverage_from_alpha (const float *alpha, gsize n, GError **error)
{
  float *mask = g_try_new (float, n);

  if (! mask)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_NOMEM,
                         _ ("There is not enough memory for the selection."));
  for (gsize i = 0; mask && i < n; i++)
    mask[i] = alpha[i] >= OPAQUE ? 0.0f : 1.0f;
  return mask;
}

/* ---- blending in ---- */

/* 0 at the edge to 1 from @pixels inside on, without kinks. */
static double
rise (double distance, guint pixels)
{
  double t = pixels > 0 ? CLAMP ((distance - 0.5) / pixels, 0.0, 1.0) : 1.0;

  return t * t * (3.0 - 2.0 * t);
}

gboolean
dif_coverage_to_weights (float *coverage, guint width, guint height, guint pixels, gboolean soft,
                         GError **error)
{
  const gsize         n = (gsize) width * height;
  g_autofree guint32 *nearest = pixels > 0 ? g_try_new (guint32, n) : NULL;
  g_autofree guint8  *outside = pixels > 0 ? g_try_new (guint8, n) : NULL;

  if (pixels > 0 && (! nearest || ! outside))
    return no_memory (error, width, height);
  for (gsize i = 0; nearest && i < n; i++)
    outside[i] = ! (coverage[i] > 0.0f);
  if (nearest)
    dif_nearest (outside, width, height, nearest);
  for (gsize i = 0; i < n; i++)
    {
      double distance = nearest ? dif_nearest_distance (nearest, width, i) : INFINITY;
      double factor = soft ? 1.0 : MIN (coverage[i], 1.0f);

      coverage[i] = coverage[i] > 0.0f ? (float) (factor * rise (distance, pixels)) : 0.0f;
    }
  return TRUE;
}
