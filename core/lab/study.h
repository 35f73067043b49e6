/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mixture.h"
#include "core/lab/points.h"

G_BEGIN_DECLS

/**
 * DifStudy:
 * @objective: id of what is learned from, a #DifPointObjective or a #DifObjective
 * @args: what was turned of it
 * @projection: directions of sliced score matching
 * @seed: of everything
 * @n_hidden: units of each of the two hidden layers
 * @n_steps: of gradient descent
 * @n_points: drawn anew for each
 * @rate: learning rate, which falls to 0 along half a cosine
 * @scale: of the points, as the network sees them
 * @draw: writes n points, [n, 2], of draw number @draw
 * @data: for @draw
 * @mixture: (nullable): what tells their scores, for explicit score matching
 * @levels: whether there are many noise levels, which the network is told
 * @losses: (nullable) (array length=n_steps): where they go
 * @mlp: (out): the network
 *
 * How a small network learns from points in the plane.
 */
typedef struct
{
  const char      *objective;
  DifObjectiveArgs args;
  DifProjection    projection;
  guint64          seed;
  guint            n_hidden;
  guint            n_steps;
  gsize            n_points;
  double           rate;
  double           scale;
  void (*draw) (gconstpointer data, guint64 seed, guint64 draw, gsize n, double *out);
  gconstpointer     data;
  const DifMixture *mixture;
  gboolean          levels;
  double           *losses;
  DifMlp           *mlp;
} DifStudy;

/**
 * dif_study_init:
 * @study: (out caller-allocates): filled with what is usual
 * @objective: id of what is learned from
 * @mixture: what points are drawn from
 *
 * Thread: any
 */
void dif_study_init (DifStudy *study, const char *objective, const DifMixture *mixture);

/**
 * dif_study_all:
 * @context: whose workers learn, one network each
 * @studies: (array length=n): what is to be learned
 * @n: how many
 *
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether all have learned
 */
gboolean dif_study_all (DifContext *context, DifStudy *studies, guint n);

/**
 * dif_study_score:
 * @study: what was learned
 * @step: at which noise level
 * @n: points
 * @x: (array): [n, 2]
 * @score: (out caller-allocates) (array): [n, 2], whatever the network predicts
 *
 * Thread: any
 */
void dif_study_score (const DifStudy *study, const DifStep *step, gsize n, const double *x,
                      double *score);

/**
 * dif_study_clear:
 * @studies: (array length=n): whose networks are freed
 * @n: how many
 *
 * Thread: any
 */
void dif_study_clear (DifStudy *studies, guint n);

/**
 * DifAgreement:
 * @cosine: the mean of that between two vectors
 * @error: length of all differences, by that of all vectors
 *
 * How alike two vector fields are.
 */
typedef struct
{
  double cosine;
  double error;
} DifAgreement;

/**
 * dif_agreement:
 * @n: points
 * @field: (array): vectors, [n, 2]
 * @truth: (array): what they should be, [n, 2]
 *
 * Thread: any
 *
 * Returns: how alike they are
 */
DifAgreement dif_agreement (gsize n, const double *field, const double *truth);

/**
 * dif_study_grid:
 * @side: points on a side
 * @reach: to [-reach, reach]²
 *
 * Thread: any
 *
 * Returns: (transfer full): the middles of cells, the lowest row first, [side², 2]
 */
double *dif_study_grid (guint side, double reach);

/**
 * dif_study_arrows:
 * @n: how many
 * @field: (array) (inout): vectors, which become arrows
 * @longest: their greatest length
 * @unit: the vector that is half as long
 *
 * Long ones are shortened more.
 *
 * Thread: any
 */
void dif_study_arrows (gsize n, double *field, double longest, double unit);

G_END_DECLS
