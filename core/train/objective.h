/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/diffusion/process.h"
#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * DifWeighting:
 * @DIF_WEIGHTING_NONE: all noise levels count alike
 * @DIF_WEIGHTING_MIN_SNR: min (snr, gamma) of the error of x_0, whatever is predicted (Hang et al.
 *   2023)
 * @DIF_WEIGHTING_SIGMA2: lambda = sigma² (Song & Ermon 2019)
 * @DIF_WEIGHTING_LIKELIHOOD: g² of the exploding process, per unit of its time (Song et al. 2021,
 *   maximum likelihood training)
 *
 * How much a noise level counts.
 */
typedef enum
{
  DIF_WEIGHTING_NONE,
  DIF_WEIGHTING_MIN_SNR,
  DIF_WEIGHTING_SIGMA2,
  DIF_WEIGHTING_LIKELIHOOD,
} DifWeighting;

/**
 * DifVariance:
 * @DIF_VARIANCE_FIXED_SMALL: the posterior's
 * @DIF_VARIANCE_FIXED_LARGE: beta_t
 * @DIF_VARIANCE_LEARNED_RANGE: between them, told by the second half of the network's channels
 *
 * The variance of a step back in the variational bound.
 */
typedef enum
{
  DIF_VARIANCE_FIXED_SMALL,
  DIF_VARIANCE_FIXED_LARGE,
  DIF_VARIANCE_LEARNED_RANGE,
} DifVariance;

/**
 * DifObjectiveArgs:
 * @process: (nullable): of the network; the variational bound and some steps need it
 * @prediction: what the network outputs
 * @weighting: how much a noise level counts
 * @gamma: of %DIF_WEIGHTING_MIN_SNR
 * @variance: of the variational bound
 * @clip: whether the bound clips x_0 to [-1, 1]
 * @exact_cdf: whether L_0 has the normal distribution itself, not its usual approximation
 * @bound_factor: of the bound beside L_simple
 * @sigma_min: lowest noise level of the ladder, of sigma / alpha; the one of objectives of one
 * level
 * @sigma_max: highest
 * @n_levels: of the ladder, which is geometric
 * @mean: score matching: the mean of the squares instead of half their sum
 * @delta: finite differences: how far the two views are from x_t, over sigma
 *
 * What can be turned.  Each objective looks at what concerns it.
 */
typedef struct
{
  const DifProcess *process;
  DifPredictionType prediction;
  DifWeighting      weighting;
  double            gamma;
  DifVariance       variance;
  gboolean          clip;
  gboolean          exact_cdf;
  double            bound_factor;
  double            sigma_min;
  double            sigma_max;
  guint             n_levels;
  gboolean          mean;
  double            delta;
} DifObjectiveArgs;

/**
 * dif_objective_args_init:
 * @args: (out caller-allocates): the usual choices
 * @process: (nullable): of the network; %NULL for one that outputs scores
 *
 * Thread: any
 */
void dif_objective_args_init (DifObjectiveArgs *args, const DifProcess *process);

/**
 * DifExample:
 * @step: the noise level
 * @n: numbers
 * @x0: (array length=n): the clean picture
 * @noise: (array length=n) (nullable): the noise; %NULL for none
 * @x_t: (array length=n): alpha x0 + sigma noise; where the network looks twice, this view
 * @direction: (array length=n) (nullable): where the network looks twice, the random direction xi
 *   between its two views, with E[xi xiᵀ] = 1
 * @share: (array length=n) (nullable): how much each number counts, 1 in the mean; rows that have
 *   the bound heed it
 *
 * One picture or point to learn from.
 */
typedef struct
{
  DifStep       step;
  gsize         n;
  const double *x0;
  const double *noise;
  const double *x_t;
  const double *direction;
  const double *share;
} DifExample;

/**
 * DifOutput:
 * @mean: (array): what the network said
 * @variance: (array) (nullable): what it said of the variance
 * @of_mean: (array) (nullable): the loss's gradient with respect to @mean
 * @of_variance: (array) (nullable): the loss's gradient with respect to @variance
 * @other: (array) (nullable): what it said of the second view
 * @of_other: (array) (nullable): the loss's gradient with respect to @other
 *
 * A network's output for an example, and the way back; gradients are written, not added.
 */
typedef struct
{
  const double *mean;
  const double *variance;
  double       *of_mean;
  double       *of_variance;
  const double *other;
  double       *of_other;
} DifOutput;

/**
 * DifObjective:
 * @id: "simple"
 * @label: for people
 * @citation: where it is defined
 * @learns_variance: whether it has the bound, which teaches their variance to networks with twice
 *   the channels
 * @needs_variance: whether it is for such networks only: new ones, and those that go on, become
 *   some
 * @needs_steps: whether it is of processes with timesteps only
 * @process: (nullable): id of the kind of process that it draws its examples from, and that a
 *   network which has learned nothing gets; %NULL for the network's own
 * @one_level: whether all of them are of one noise level
 * @step: (nullable): which noise level of that process a number in [0, 1) draws; see
 *   dif_objective_draw()
 * @reach: (nullable): for rows that have the network look twice, how far its two views, x_t + reach
 *   xi and x_t - reach xi, are from x_t at a noise level; %NULL for one look, at x_t
 * @target: (nullable): what errors of an example are measured from: what the network should say of
 *   it, or, in two views, what it says of each if it sees no noise there
 * @weight: (nullable): how much an example counts, besides the weighting
 * @loss: of an example, before its weight; @target has the second view's numbers after the first's
 *
 * One thing to learn from.  A trainer weights pixels by scaling an output's distance from the
 * target, and the direction, by the weights' roots, which is exact where the loss is a sum over
 * numbers of terms of degree two in these: in all but the variational bounds, which are told each
 * number's share.
 */
typedef struct
{
  const char *id;
  const char *label;
  const char *citation;
  gboolean    learns_variance;
  gboolean    needs_variance;
  gboolean    needs_steps;
  const char *process;
  gboolean    one_level;
  DifStep (*step) (const DifObjectiveArgs *args, double u);
  double (*reach) (const DifObjectiveArgs *args, const DifStep *step);
  void (*target) (const DifObjectiveArgs *args, const DifExample *example, double *target);
  double (*weight) (const DifObjectiveArgs *args, const DifStep *step);
  double (*loss) (const DifObjectiveArgs *args, const DifExample *example, const double *target,
                  const DifOutput *output);
} DifObjective;

/**
 * dif_objectives:
 * @n: (out): how many rows
 *
 * Returns: (array length=n): the rows
 *
 * Thread: any
 */
const DifObjective *const *dif_objectives (guint *n);

/**
 * dif_objective_find:
 * @id: (nullable): an id
 *
 * Returns: (nullable): the row, or %NULL
 *
 * Thread: any
 */
const DifObjective *dif_objective_find (const char *id);

/**
 * dif_objective_draw:
 * @objective: a row that has steps
 * @args: what was turned
 * @u: a number in [0, 1)
 *
 * The noise level that a number draws: of the row's process, or for a network that of its own by
 * dif_bridge_step().  The score of x there, -eps / sigma, is that of the row's x by
 * the factor between them.
 *
 * Returns: a noise level of @args' process, or of the row's own without one
 *
 * Thread: any
 */
DifStep dif_objective_draw (const DifObjective *objective, const DifObjectiveArgs *args, double u);

/**
 * dif_objective_target:
 * @args: for the prediction
 * @example: with noise
 * @out: (out caller-allocates) (array): what the network should say
 *
 * For rows whose target is what the network predicts.
 *
 * Thread: any
 */
void dif_objective_target (const DifObjectiveArgs *args, const DifExample *example, double *out);

/**
 * dif_objective_slope:
 * @prediction: what a network outputs
 * @step: a noise level
 *
 * By how much its output's error is one of the noise: weighted by the square, squares of whatever
 * is predicted are those of the noise.
 *
 * Returns: d eps / d output
 *
 * Thread: any
 */
double dif_objective_slope (DifPredictionType prediction, const DifStep *step);

/**
 * dif_objective_views:
 * @objective: a row
 *
 * Returns: how often the network is asked for one example: 1 or 2
 *
 * Thread: any
 */
guint dif_objective_views (const DifObjective *objective);

/**
 * dif_objective_look:
 * @objective: what is learned from
 * @args: what was turned
 * @example: whose x_t is the middle
 * @view: 0 or, where there are two, 1
 * @x: (out caller-allocates) (array): what the network sees
 *
 * Thread: any
 */
void dif_objective_look (const DifObjective *objective, const DifObjectiveArgs *args,
                         const DifExample *example, guint view, double *x);

/**
 * dif_objective_weight:
 * @objective: what is learned from
 * @args: what was turned
 * @step: a noise level
 *
 * Returns: how much an example of it counts
 *
 * Thread: any
 */
double dif_objective_weight (const DifObjective *objective, const DifObjectiveArgs *args,
                             const DifStep *step);

/**
 * dif_objective_noised:
 * @step: the noise level
 * @n: numbers
 * @x0: (array length=n): the clean ones
 * @noise: (array length=n) (nullable): the noise
 * @x_t: (out caller-allocates) (array length=n): alpha x0 + sigma noise
 *
 * Thread: any
 */
void dif_objective_noised (const DifStep *step, gsize n, const double *x0, const double *noise,
                           double *x_t);

/**
 * dif_objective_squares:
 * @scale: of the sum
 * @n: numbers
 * @target: (array length=n): what the network should have said
 * @output: what it said
 *
 * For rows: scale times the sum of (target - output)².
 *
 * Returns: the loss
 *
 * Thread: any
 */
double dif_objective_squares (double scale, gsize n, const double *target, const DifOutput *output);

/**
 * DifLesson:
 * @n: pictures
 * @views: of each that the network sees, 1 or 2: first the first ones of all pictures, then the
 *   second ones
 * @x_t: what the network sees, [views N, H, W, C]
 * @target: what it should say, or #DifObjective.target, [views N, H, W, C]
 * @x0: the clean pictures, [N, H, W, C]
 * @direction: (nullable): between two views, [N, H, W, C]
 * @steps: (array length=n): noise levels; the network is told their t
 * @weight: (array length=n): how much each picture counts
 * @share: (nullable): how much each pixel counts, 1 in the mean, [N, H, W, 1]; see #DifExample
 *
 * A batch of pictures to learn from.
 */
typedef struct
{
  gsize      n;
  guint      views;
  DifTensor *x_t;
  DifTensor *target;
  DifTensor *x0;
  DifTensor *direction;
  DifStep   *steps;
  double    *weight;
  DifTensor *share;
} DifLesson;

/**
 * dif_lesson_clear:
 * @lesson: emptied
 *
 * Thread: any
 */
void dif_lesson_clear (DifLesson *lesson);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifLesson, dif_lesson_clear)

/**
 * dif_objective_prepare:
 * @objective: a row that has a target
 * @args: what was turned
 * @context: the context, which records nothing of it
 * @x0: (nullable): clean pictures
 * @noise: (nullable): of their shape
 * @direction: (nullable): for rows of two views, random signs or normal numbers of their shape
 * @steps: (array): a noise level for each picture, e.g. from the row's own @step
 * @out: (out caller-allocates): an empty lesson, filled
 *
 * What comes before the network.
 *
 * Shapes: x0, noise, direction [N, H, W, C]
 * Errors: sticky in @context
 * Thread: the context's
 *
 * Returns: whether @out is filled
 */
gboolean dif_objective_prepare (const DifObjective *objective, const DifObjectiveArgs *args,
                                DifContext *context, DifTensor *x0, const DifTensor *noise,
                                DifTensor *direction, const DifStep *steps, DifLesson *out);

/**
 * dif_objective_loss:
 * @objective: what @lesson was prepared for
 * @args: what was turned
 * @context: the context
 * @lesson: the batch
 * @output: (nullable): what the network said
 * @loss: (out): the mean of the pictures' weighted losses
 * @per_picture: (out caller-allocates) (array) (nullable): these, before their mean
 *
 * What comes after the network.  Sums are in double and in the order of the numbers.
 *
 * Of networks with twice the channels, rows that do not teach the variance look at the first half
 * only, and the gradient of the second is 0.
 *
 * Shapes: output and out [views N, H, W, C] or [views N, H, W, 2 C]; the latter where the variance
 *   is learned
 * Errors: sticky in @context; %DIF_ERROR_MISMATCH if the network has other channels
 * Thread: the context's
 *
 * Returns: (transfer full) (nullable): the gradient of @loss with respect to @output
 */
DifTensor *dif_objective_loss (const DifObjective *objective, const DifObjectiveArgs *args,
                               DifContext *context, const DifLesson *lesson,
                               const DifTensor *output, double *loss, double *per_picture);

G_END_DECLS
