/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/color-match.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/image/nearest.h"

#define LARGEST        0.2  /* in [-1, 1] */
#define LEAST_COVERAGE 0.25 /* of pixels that tell: those with less hardly drift */
#define FEW            8.0  /* samples, with which only half of the drift is believed */
#define SLACK          (2.0 / 255.0)

#define RING 8.0 /* pixels from the edge inwards that tell */
#define RAY  9   /* known pixels outwards that they are compared with */

#define USUAL (4.0 / 255.0) /* a drift's size */
#define PATCH 32.0          /* samples of a texture that tell as much as one */

#define RANGE 2.0 /* differences beyond it do not happen */
#define BINS  8192

/* Called for each sample of the drift. */
typedef void (*Visit) (double drift, double weight, gpointer data);

/* What a straight line through known pixels, from @at outwards, comes to at @before pixels before
 * it; through one or two they tell no slope.  Returns whether there is any. */
static gboolean
extrapolate (const DifColorMatch *m, gsize at, double dy, double dx, double before, gsize channel,
             double *value)
{
  const gsize  w = m->mask->dim[2];
  const double length = hypot (dy, dx);
  double       sum = 0.0, moment = 0.0;
  guint        n = 0;

  for (; n < RAY; n++)
    {
      const gint64 y = (gint64) (at / w) + llrint (n * dy / length);
      const gint64 x = (gint64) (at % w) + llrint (n * dx / length);
      const gint64 i = y * (gint64) w + x;

      if (y < 0 || x < 0 || y >= (gint64) m->height || x >= (gint64) m->width ||
          m->mask->data[i] != 0.0f)
        break;
      sum += m->known->data[3 * i + channel];
      moment += n * (double) m->known->data[3 * i + channel];
    }
  if (n == 0)
    return FALSE;
  *value = sum / n;
  if (n > 2)
    {
      double middle = (n - 1) / 2.0;
      double slope = 12.0 * (moment - middle * sum) / (n * ((double) n * n - 1.0));

      *value -= slope * (middle + before);
    }
  return TRUE;
}

/* What was made near the edge, less what the known pixels nearest to it would go on as. */
static void
visit_ring (const DifColorMatch *m, const DifTensor *x, gsize channel, Visit visit, gpointer data)
{
  const gsize w = m->mask->dim[2];

  for (gsize y = 0; y < m->height; y++)
    for (gsize i = y * w; i < y * w + m->width; i++)
      {
        const double distance = dif_nearest_distance (m->nearest, (guint) w, i);
        const gsize  to = m->nearest[i];
        double       expected;

        if (distance == 0.0 || distance > RING)
          continue;
        if (extrapolate (m, to, (double) (to / w) - (double) y,
                         (double) (to % w) - (double) (i - y * w), distance, channel, &expected))
          visit (x->data[3 * i + channel] - expected, 1.0, data);
      }
}

/* What was made less what was there, as much as it would be at full coverage. */
static void
visit_partly_known (const DifColorMatch *m, const DifTensor *x, gsize channel, Visit visit,
                    gpointer data)
{
  const gsize w = m->mask->dim[2];

  for (gsize y = 0; y < m->height; y++)
    for (gsize i = y * w; i < y * w + m->width; i++)
      {
        double c = m->coverage->data[i];

        if (c >= LEAST_COVERAGE && c < 1.0)
          visit (((double) x->data[3 * i + channel] - m->known->data[3 * i + channel]) / c, c * c,
                 data);
      }
}

static void
visit_all (const DifColorMatch *m, const DifTensor *x, gsize channel, Visit visit, gpointer data)
{
  if (m->coverage)
    visit_partly_known (m, x, channel, visit, data);
  else
    visit_ring (m, x, channel, visit, data);
}

/* Weights of differences from a center, or of their sizes. */
typedef struct
{
  double   bins[BINS];
  double   total;
  double   center;
  gboolean sizes;
} Histogram;

static void
count (double drift, double weight, gpointer data)
{
  Histogram *h = data;
  double     v = h->sizes ? fabs (drift - h->center) : drift - h->center;
  double     at = (v + RANGE) / (2.0 * RANGE) * BINS;

  h->bins[(gsize) CLAMP (at, 0.0, BINS - 1.0)] += weight;
  h->total += weight;
}

static double
median (const Histogram *h)
{
  double sum = 0.0;

  for (gsize k = 0; k < BINS; k++)
    {
      double before = sum;

      sum += h->bins[k];
      if (sum >= h->total / 2.0 && h->bins[k] > 0.0)
        return (k + (h->total / 2.0 - before) / h->bins[k]) / BINS * 2.0 * RANGE - RANGE;
    }
  return 0.0;
}

typedef struct
{
  double center, reach;
  double weight, weight_squares, sum, squares;
} Mean;

static void
add_near (double drift, double weight, gpointer data)
{
  Mean *mean = data;

  if (fabs (drift - mean->center) > mean->reach)
    return;
  mean->weight += weight;
  mean->weight_squares += weight * weight;
  mean->sum += weight * drift;
  mean->squares += weight * drift * drift;
}

/* How much of it to believe: little where samples are few, or so far apart that a texture's own ups
 * and downs come to as much. */
static double
share_believed (const Mean *mean, double drift)
{
  const double n = mean->weight * mean->weight / mean->weight_squares;
  const double variance = MAX (mean->squares / mean->weight - drift * drift, 0.0);
  const double error = variance / MAX (n / PATCH, 1.0);

  return n * n / (n * n + FEW * FEW) * (USUAL * USUAL / (USUAL * USUAL + error));
}

static double
drift_of (const DifColorMatch *m, const DifTensor *x, gsize channel)
{
  g_autofree Histogram *h = g_new0 (Histogram, 1);
  Mean                  mean = { 0 };
  double                drift;

  visit_all (m, x, channel, count, h);
  if (h->total <= 0.0)
    return 0.0;
  mean.center = median (h);
  *h = (Histogram) { .center = mean.center, .sizes = TRUE };
  visit_all (m, x, channel, count, h);
  mean.reach = 3.0 * 1.4826 * MAX (median (h), 0.0) + SLACK;
  visit_all (m, x, channel, add_near, &mean);
  if (mean.weight <= 0.0)
    return 0.0;
  drift = mean.sum / mean.weight;
  return CLAMP (drift * share_believed (&mean, drift), -LARGEST, LARGEST);
}

static gboolean
find_nearest_known (DifContext *context, DifColorMatch *m)
{
  const DifTensor   *mask = m->mask;
  g_autofree guint8 *known = g_try_new (guint8, mask->size);

  m->nearest = g_try_new (guint32, mask->size);
  if (! known || ! m->nearest)
    {
      dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM,
                                                      _ ("There is not enough memory to match the "
                                                         "colors.")));
      return FALSE;
    }
  for (gsize i = 0; i < mask->size; i++)
    known[i] = mask->data[i] == 0.0f;
  dif_nearest (known, (guint) mask->dim[2], (guint) mask->dim[1], m->nearest);
  return TRUE;
}

void
dif_color_match (DifContext *context, const DifColorMatch *match, DifTensor *x)
{
  DifColorMatch m = *match;
  double        drift[3];

  if (! x || (! m.coverage && ! find_nearest_known (context, &m)))
    return;
  for (gsize k = 0; k < 3; k++)
    drift[k] = drift_of (&m, x, k);
  for (gsize i = 0; i < m.mask->size; i++)
    {
      double share = m.coverage ? m.coverage->data[i] : m.mask->data[i];

      for (gsize k = 0; k < 3; k++)
        x->data[3 * i + k] -= (float) (share * drift[k]);
    }
  g_free (m.nearest);
}
