/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/resample.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

#define LOBES 3.0

/* Which pixels of a line make up each new one, and with what weights. */
typedef struct
{
  guint  *first;
  guint  *n;
  double *weight; /* [new length, most] */
  gsize   most;
} Taps;

static void
taps_clear (Taps *taps)
{
  g_free (taps->first);
  g_free (taps->n);
  g_free (taps->weight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Taps, taps_clear)

static double
lanczos (double x)
{
  double px = G_PI * x;

  if (fabs (x) >= LOBES)
    return 0.0;
  if (fabs (x) < 1e-9)
    return 1.0;
  return LOBES * sin (px) * sin (px / LOBES) / (px * px);
}

static void
taps_init (Taps *taps, guint from, guint to)
{
  const double ratio = (double) from / to;
  const double wide = MAX (ratio, 1.0);

  taps->most = 2 * (gsize) ceil (LOBES * wide) + 1;
  taps->first = g_new (guint, to);
  taps->n = g_new (guint, to);
  taps->weight = g_new (double, to * taps->most);
  for (guint i = 0; i < to; i++)
    {
      double  center = (i + 0.5) * ratio - 0.5;
      double *weight = taps->weight + i * taps->most;
      double  sum = 0.0;
      gint    first = MAX ((gint) ceil (center - LOBES * wide), 0);
      gint    last = MIN ((gint) floor (center + LOBES * wide), (gint) from - 1);

      taps->first[i] = (guint) first;
      taps->n[i] = (guint) (last - first + 1);
      for (gint k = first; k <= last; k++)
        sum += weight[k - first] = lanczos ((k - center) / wide);
      for (gint k = first; k <= last; k++)
        weight[k - first] /= sum;
    }
}

static void
along_rows (const DifPlane *src, const DifPlane *dst)
{
  const gsize c = src->channels;
  g_auto (Taps) taps = { 0 };

  taps_init (&taps, src->width, dst->width);
  for (gsize y = 0; y < src->height; y++)
    for (gsize x = 0; x < dst->width; x++)
      for (gsize k = 0; k < c; k++)
        {
          const float  *in = src->data + (y * src->width + taps.first[x]) * c + k;
          const double *weight = taps.weight + x * taps.most;
          double        sum = 0.0;

          for (gsize i = 0; i < taps.n[x]; i++)
            sum += weight[i] * in[i * c];
          dst->data[(y * dst->width + x) * c + k] = (float) sum;
        }
}

static void
along_columns (const DifPlane *src, const DifPlane *dst)
{
  const gsize        row = (gsize) src->width * src->channels;
  g_autofree double *sum = g_new (double, row);
  g_auto (Taps) taps = { 0 };

  taps_init (&taps, src->height, dst->height);
  for (gsize y = 0; y < dst->height; y++)
    {
      memset (sum, 0, row * sizeof (double));
      for (gsize i = 0; i < taps.n[y]; i++)
        {
          const float *in = src->data + (taps.first[y] + i) * row;
          double       weight = taps.weight[y * taps.most + i];

          for (gsize k = 0; k < row; k++)
            sum[k] += weight * in[k];
        }
      for (gsize k = 0; k < row; k++)
        dst->data[y * row + k] = (float) sum[k];
    }
}

gboolean
dif_resample (const DifPlane *src, const DifPlane *dst, GError **error)
{
  const gsize       size = (gsize) dst->width * src->height * src->channels;
  const gboolean    turns = src->width != dst->width;
  g_autofree float *between = NULL;
  DifPlane          middle = { dst->width, src->height, src->channels, src->data };

  g_return_val_if_fail (src->channels == dst->channels, FALSE);
  if (turns)
    {
      middle.data = between = g_try_new (float, size);
      if (! between)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                       _ ("There is not enough memory to scale %u × %u pixels."), src->width,
                       src->height);
          return FALSE;
        }
      along_rows (src, &middle);
    }
  if (src->height != dst->height)
    along_columns (&middle, dst);
  else
    memcpy (dst->data, middle.data, size * sizeof (float));
  return TRUE;
}

void
dif_resample_largest (const DifPlane *src, const DifPlane *dst)
{
  for (guint64 y = 0; y < dst->height; y++)
    for (guint64 x = 0; x < dst->width; x++)
      {
        const gsize top = y * src->height / dst->height;
        const gsize left = x * src->width / dst->width;
        const gsize bottom = ((y + 1) * src->height - 1) / dst->height;
        const gsize right = ((x + 1) * src->width - 1) / dst->width;
        float       largest = src->data[top * src->width + left];

        for (gsize row = top; row <= bottom; row++)
          for (gsize column = left; column <= right; column++)
            largest = MAX (largest, src->data[row * src->width + column]);
        dst->data[y * dst->width + x] = largest;
      }
}
