/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifBoundPart:
 * @mean: over the pictures, in bits per dimension; NaN where nothing was looked at
 * @error: its standard error, from how pictures differ; NaN of fewer than two
 *
 * A figure and how exact it is.
 */
typedef struct
{
  double mean;
  double error;
} DifBoundPart;

/**
 * DifBoundFigures:
 * @n_levels: T, noise levels of the chain
 * @n_pictures: that were looked at
 * @n_crops: of them
 * @prior: L_T
 * @steps: the sum of the steps back between, L_{t-1} for t = 2 … T
 * @decoder: L_0
 * @total: the bound, their sum
 * @drawn: the part of the total's standard error that comes from drawing steps, and noise for them,
 *   which more draws on the same pictures lower; an estimate from neighbors, rather too high; NaN
 *   where all steps were looked at
 * @terms: (array length=n_levels): L_0, L_1 and so on, of pictures on which they were looked at
 * @counts: (array length=n_levels): on how many crops that was
 * @shares: (array length=n_levels): L_0, L_1 and so on, with 0 where a term was not drawn and
 *   accordingly more where it was: what sums up to the whole without a bias
 *
 * The variational bound on the bits per dimension of pictures.
 */
typedef struct
{
  guint         n_levels;
  guint         n_pictures;
  guint         n_crops;
  DifBoundPart  prior;
  DifBoundPart  steps;
  DifBoundPart  decoder;
  DifBoundPart  total;
  double        drawn;
  DifBoundPart *terms;
  guint        *counts;
  double       *shares;
} DifBoundFigures;

/**
 * dif_bound_figures_clear:
 * @figures: emptied
 *
 * Thread: any
 */
void dif_bound_figures_clear (DifBoundFigures *figures);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifBoundFigures, dif_bound_figures_clear)

/**
 * DifBoundRecord:
 * @n_levels: T
 * @prior: L_T
 * @decoder: L_0
 * @sums: (array length=n_levels): of what was found of each term
 * @counts: (array length=n_levels): how often it was looked at
 * @shares: (array length=n_levels): what that adds to the estimate of their sum
 * @last: what the term before would have made the sum
 * @squares: of the differences between neighbors of those
 * @n_drawn: how many these are
 *
 * What was found on one crop, term by term.
 */
typedef struct
{
  guint   n_levels;
  double  prior;
  double  decoder;
  double *sums;
  guint  *counts;
  double *shares;
  double  last;
  double  squares;
  guint   n_drawn;
} DifBoundRecord;

/**
 * dif_bound_record_init:
 * @record: (out caller-allocates): empty
 * @n_levels: T
 *
 * Thread: any
 */
void dif_bound_record_init (DifBoundRecord *record, guint n_levels);

/**
 * dif_bound_record_clear:
 * @record: emptied
 *
 * Thread: any
 */
void dif_bound_record_clear (DifBoundRecord *record);

/**
 * dif_bound_record_step:
 * @record: of a crop
 * @index: of the term, 1 to T - 1, rising from call to call
 * @term: L_index
 * @times: of how many terms it is taken to be one, 1 / (draws · chance); 1 where all are looked at
 *
 * Thread: any
 */
void dif_bound_record_step (DifBoundRecord *record, guint index, double term, double times);

/**
 * DifBoundTally:
 *
 * The records of pictures, on their way to figures.
 */
typedef struct _DifBoundTally DifBoundTally;

/**
 * dif_bound_tally_new:
 * @n_levels: T
 *
 * Returns: (transfer full): no pictures yet
 *
 * Thread: any
 */
DifBoundTally *dif_bound_tally_new (guint n_levels);

/**
 * dif_bound_tally_free:
 * @tally: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_bound_tally_free (DifBoundTally *tally);

/**
 * dif_bound_tally_add:
 * @tally: the pictures before
 * @n: crops of the next one
 * @records: (array length=n): of these; a picture without any is passed over
 *
 * Crops of one picture are not independent: it counts once, with their mean.
 *
 * Thread: any
 */
void dif_bound_tally_add (DifBoundTally *tally, guint n, const DifBoundRecord *records);

/**
 * dif_bound_tally_figures:
 * @tally: all pictures
 * @figures: (out caller-allocates): means and standard errors
 *
 * Thread: any
 */
void dif_bound_tally_figures (const DifBoundTally *tally, DifBoundFigures *figures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifBoundTally, dif_bound_tally_free)

G_END_DECLS
