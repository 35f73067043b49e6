/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/lab/mlp.h"
#include "core/train/objective.h"

G_BEGIN_DECLS

/**
 * DifProjection:
 * @DIF_PROJECTION_RADEMACHER: signs
 * @DIF_PROJECTION_GAUSSIAN: normal numbers
 * @DIF_PROJECTION_SPHERE: even over the directions, of length sqrt (d)
 *
 * Random directions of sliced score matching; the mean of v vᵀ is one.
 */
typedef enum
{
  DIF_PROJECTION_RADEMACHER,
  DIF_PROJECTION_GAUSSIAN,
  DIF_PROJECTION_SPHERE,
} DifProjection;

/**
 * DifPoints:
 * @n: how many
 * @x: (array): points
 * @score: (array) (nullable): their scores, where they are known
 * @noise: (array) (nullable): what denoising score matching adds, times sigma
 * @steps: (array length=n) (nullable): its noise levels
 * @told: (array) (nullable): what the network sees besides the point, [n, width of the input - d]
 * @directions: (array) (nullable): of sliced score matching; by differences, where the network is
 *   asked at both ends, the first of each point
 * @n_directions: for each point
 * @scale: (array length=n) (nullable): what the network's output is multiplied by, for objectives
 *   that have a target
 *
 * Points for a small score network.
 *
 * Shapes: x, score, noise [n, d]; directions [n_directions, n, d]
 */
typedef struct
{
  gsize          n;
  const double  *x;
  const double  *score;
  const double  *noise;
  const DifStep *steps;
  const double  *told;
  const double  *directions;
  guint          n_directions;
  const double  *scale;
} DifPoints;

/**
 * DifPointObjective:
 * @id: "sliced"
 * @label: for people
 * @citation: where it is defined
 * @objective: (nullable): for the score itself, where that is known: the points have it, so that
 *   the row needs neither step nor target
 * @loss: (nullable): for what a network's derivatives tell of it: the loss at each point, and what
 *   is added to the gradient with respect to the parameters of the mean
 *
 * An objective that small networks alone can have, because it asks for the true score or for
 * derivatives with respect to the input.  Each has either an objective or a loss.
 */
typedef struct
{
  const char         *id;
  const char         *label;
  const char         *citation;
  const DifObjective *objective;
  void (*loss) (const DifMlp *mlp, const DifPoints *points, double *per_point, double *gradient);
} DifPointObjective;

/**
 * dif_point_objectives:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifPointObjective *const *dif_point_objectives (guint *n);

/**
 * dif_point_objective_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifPointObjective *dif_point_objective_find (const char *id);

/**
 * dif_points_directions:
 * @projection: which
 * @seed: of the run
 * @stream: which draw
 * @n: how many
 * @d: numbers of each
 * @out: (out caller-allocates) (array): [n, d]
 *
 * Directions for sliced score matching.
 *
 * Thread: any
 * Source: Song et al. 2019 (sliced score matching), section 3.1
 */
void dif_points_directions (DifProjection projection, guint64 seed, guint64 stream, gsize n,
                            gsize d, double *out);

/**
 * dif_points_loss:
 * @objective: id of what is learned from, a #DifPointObjective or a #DifObjective
 * @args: what was turned
 * @mlp: a score network, or one of another prediction
 * @points: where
 * @per_point: (out caller-allocates) (array): the weighted loss of each
 * @gradient: (nullable) (inout) (array): the gradient of their mean with respect to the parameters
 *   is added to it
 *
 * Any objective for a small network.
 *
 * Returns: the mean
 *
 * Thread: any
 */
double dif_points_loss (const char *objective, const DifObjectiveArgs *args, const DifMlp *mlp,
                        const DifPoints *points, double *per_point, double *gradient);

G_END_DECLS
