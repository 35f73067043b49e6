/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/colour-match.h"

#include <math.h>

#define LARGEST        0.2  /* in [-1, 1] */
#define LEAST_COVERAGE 0.25 /* of pixels that tell: those with less hardly drift */
#define FEW            8.0  /* samples, with which only half of the drift is believed */
#define SLACK          (2.0 / 255.0)

#define RANGE 2.0 /* differences beyond it do not happen */
#define BINS  8192

/* Called for each sample of the drift. */
typedef void (*Visit) (double drift, double weight, gpointer data);

/* What was made less what is known beside it. */
static void
visit_pairs (const DifColourMatch *m, const DifTensor *x, gsize channel, Visit visit, gpointer data)
{
  const gsize  w = m->mask->dim[2];
  const float *mask = m->mask->data;
  const gsize  steps[] = { 1, w };

  for (gsize y = 0; y < m->height; y++)
    for (gsize column = 0; column < m->width; column++)
      for (guint k = 0; k < 2; k++)
        {
          gsize a = y * w + column;
          gsize b = a + steps[k];

          if ((k == 0 ? column + 1 == m->width : y + 1 == m->height) || mask[a] == mask[b])
            continue;
          if (mask[b] != 0.0f)
            {
              gsize other = a;

              a = b;
              b = other;
            }
          visit ((double) x->data[3 * a + channel] - m->known->data[3 * b + channel], 1.0, data);
        }
}

/* What was made less what was there, as much as it would be at full coverage. */
static void
visit_partly_known (const DifColourMatch *m, const DifTensor *x, gsize channel, Visit visit,
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
visit_all (const DifColourMatch *m, const DifTensor *x, gsize channel, Visit visit, gpointer data)
{
  if (m->coverage)
    visit_partly_known (m, x, channel, visit, data);
  else
    visit_pairs (m, x, channel, visit, data);
}

/* Weights of differences from a centre, or of their sizes. */
typedef struct
{
  double   bins[BINS];
  double   total;
  double   centre;
  gboolean sizes;
} Histogram;

static void
count (double drift, double weight, gpointer data)
{
  Histogram *h = data;
  double     v = h->sizes ? fabs (drift - h->centre) : drift - h->centre;
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
  double centre, reach;
  double weight, weight_squares, sum;
} Mean;

static void
add_near (double drift, double weight, gpointer data)
{
  Mean *mean = data;

  if (fabs (drift - mean->centre) > mean->reach)
    return;
  mean->weight += weight;
  mean->weight_squares += weight * weight;
  mean->sum += weight * drift;
}

static double
drift_of (const DifColourMatch *m, const DifTensor *x, gsize channel)
{
  g_autofree Histogram *h = g_new0 (Histogram, 1);
  Mean                  mean = { 0 };
  double                drift, n;

  visit_all (m, x, channel, count, h);
  if (h->total <= 0.0)
    return 0.0;
  mean.centre = median (h);
  *h = (Histogram) { .centre = mean.centre, .sizes = TRUE };
  visit_all (m, x, channel, count, h);
  mean.reach = 3.0 * 1.4826 * MAX (median (h), 0.0) + SLACK;
  visit_all (m, x, channel, add_near, &mean);
  if (mean.weight <= 0.0)
    return 0.0;
  n = mean.weight * mean.weight / mean.weight_squares;
  drift = mean.sum / mean.weight * (n * n / (n * n + FEW * FEW));
  return CLAMP (drift, -LARGEST, LARGEST);
}

void
dif_colour_match (const DifColourMatch *m, DifTensor *x)
{
  double drift[3];

  if (! x)
    return;
  for (gsize k = 0; k < 3; k++)
    drift[k] = drift_of (m, x, k);
  for (gsize i = 0; i < m->mask->size; i++)
    {
      double share = m->coverage ? m->coverage->data[i] : m->mask->data[i];

      for (gsize k = 0; k < 3; k++)
        x->data[3 * i + k] -= (float) (share * drift[k]);
    }
}
