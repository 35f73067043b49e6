/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/bound-figures.h"

#include <math.h>

void
dif_bound_figures_clear (DifBoundFigures *figures)
{
  g_free (figures->terms);
  g_free (figures->counts);
  g_free (figures->shares);
  *figures = (DifBoundFigures) { 0 };
}

/* ---- a crop ---- */

void
dif_bound_record_init (DifBoundRecord *record, guint n_levels)
{
  *record = (DifBoundRecord) { .n_levels = n_levels,
                               .sums = g_new0 (double, n_levels),
                               .counts = g_new0 (guint, n_levels),
                               .shares = g_new0 (double, n_levels) };
}

void
dif_bound_record_clear (DifBoundRecord *record)
{
  g_free (record->sums);
  g_free (record->counts);
  g_free (record->shares);
  *record = (DifBoundRecord) { 0 };
}

void
dif_bound_record_step (DifBoundRecord *record, guint index, double term, double times)
{
  const double share = term * times;

  record->sums[index] += term;
  record->counts[index]++;
  record->shares[index] += share;
  if (record->n_drawn++ > 0)
    record->squares += (share - record->last) * (share - record->last);
  record->last = share;
}

static double
sum_of_steps (const DifBoundRecord *record)
{
  double sum = 0.0;

  for (guint t = 1; t < record->n_levels; t++)
    sum += record->shares[t];
  return sum;
}

/* Of the sum of n summands from n layers: two neighbors stand for draws from the same layer, and
 * what their layers differ by makes it too large rather than too small (Cochran 1977, section
 * 5A.12). */
static double
variance_of_steps (const DifBoundRecord *record)
{
  return 0.5 * record->squares * record->n_drawn / (record->n_drawn - 1.0);
}

/* ---- pictures ---- */

/* A mean and a sum of squares that grow by one number at a time (Welford 1962). */
typedef struct
{
  guint  n;
  double mean;
  double squares;
} Spread;

struct _DifBoundTally
{
  guint   n_levels;
  guint   n_crops;
  Spread  prior, steps, decoder, total;
  Spread *terms;
  guint  *counts;
  double *shares;   /* added up */
  double  variance; /* of the total's sum, of draws */
};

static void
spread_add (Spread *spread, double x)
{
  const double off = x - spread->mean;

  spread->n++;
  spread->mean += off / spread->n;
  spread->squares += off * (x - spread->mean);
}

static DifBoundPart
spread_part (const Spread *spread)
{
  const double n = spread->n;

  return (DifBoundPart) { spread->n > 0 ? spread->mean : NAN,
                          spread->n > 1 ? sqrt (spread->squares / (n * (n - 1.0))) : NAN };
}

DifBoundTally *
dif_bound_tally_new (guint n_levels)
{
  DifBoundTally *tally = g_new0 (DifBoundTally, 1);

  tally->n_levels = n_levels;
  tally->terms = g_new0 (Spread, n_levels);
  tally->counts = g_new0 (guint, n_levels);
  tally->shares = g_new0 (double, n_levels);
  return tally;
}

void
dif_bound_tally_free (DifBoundTally *tally)
{
  if (! tally)
    return;
  g_free (tally->terms);
  g_free (tally->counts);
  g_free (tally->shares);
  g_free (tally);
}

/* Of a step on the crops on which it was looked at. */
static void
add_term (DifBoundTally *tally, guint n, const DifBoundRecord *records, guint t)
{
  double sum = 0.0;
  guint  count = 0, crops = 0;

  for (guint k = 0; k < n; k++)
    {
      sum += records[k].sums[t];
      count += records[k].counts[t];
      crops += records[k].counts[t] > 0;
      tally->shares[t] += records[k].shares[t] / n;
    }
  if (count == 0)
    return;
  spread_add (&tally->terms[t], sum / count);
  tally->counts[t] += crops;
}

void
dif_bound_tally_add (DifBoundTally *tally, guint n, const DifBoundRecord *records)
{
  double prior = 0.0, steps = 0.0, decoder = 0.0;

  for (guint k = 0; k < n; k++)
    {
      prior += records[k].prior / n;
      steps += sum_of_steps (&records[k]) / n;
      decoder += records[k].decoder / n;
      tally->variance += variance_of_steps (&records[k]) / n / n;
    }
  if (n == 0)
    return;
  tally->n_crops += n;
  spread_add (&tally->prior, prior);
  spread_add (&tally->steps, steps);
  spread_add (&tally->decoder, decoder);
  spread_add (&tally->total, prior + steps + decoder);
  spread_add (&tally->terms[0], decoder);
  tally->counts[0] += n;
  tally->shares[0] += decoder;
  for (guint t = 1; t < tally->n_levels; t++)
    add_term (tally, n, records, t);
}

void
dif_bound_tally_figures (const DifBoundTally *tally, DifBoundFigures *figures)
{
  const double n = tally->total.n;

  *figures = (DifBoundFigures) {
    .n_levels = tally->n_levels,
    .n_pictures = tally->total.n,
    .n_crops = tally->n_crops,
    .prior = spread_part (&tally->prior),
    .steps = spread_part (&tally->steps),
    .decoder = spread_part (&tally->decoder),
    .total = spread_part (&tally->total),
    .drawn = sqrt (tally->variance) / n,
    .terms = g_new (DifBoundPart, tally->n_levels),
    .counts = g_memdup2 (tally->counts, tally->n_levels * sizeof *tally->counts),
    .shares = g_new (double, tally->n_levels),
  };
  for (guint t = 0; t < tally->n_levels; t++)
    {
      figures->terms[t] = spread_part (&tally->terms[t]);
      figures->shares[t] = tally->shares[t] / n;
    }
}
