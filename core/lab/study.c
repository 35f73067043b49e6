/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/study.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/train/optimizer.h"

#define D        2
#define N_LAYERS 3
#define STREAMS  8 /* random draws that belong to one step */

static void
draw_mixture (gconstpointer data, guint64 seed, guint64 draw, gsize n, double *out)
{
  dif_mixture_draw (data, seed, draw, n, out);
}

void
dif_study_init (DifStudy *study, const char *objective, const DifMixture *mixture)
{
  *study = (DifStudy) {
    .objective = objective,
    .seed = 1,
    .n_hidden = 32,
    .n_steps = 2000,
    .n_points = 256,
    .rate = 5e-3,
    .scale = 1.0,
    .draw = draw_mixture,
    .data = mixture,
    .mixture = mixture,
  };
  dif_objective_args_init (&study->args, NULL);
}

static DifMlp *
network (const DifStudy *study)
{
  const guint       n_in = study->levels ? D + 1 : D;
  const guint       width[] = { n_in, study->n_hidden, study->n_hidden, D };
  const DifMlpCurve curve[] = { DIF_MLP_TANH, DIF_MLP_SOFTPLUS, DIF_MLP_LINEAR };
  DifMlp           *mlp = dif_mlp_new (N_LAYERS, width, curve, study->seed);

  for (gsize i = 0; i < (gsize) n_in * study->n_hidden; i++)
    mlp->params[i] *= study->scale;
  return mlp;
}

/* What a network is told of a noise level, and by what its output is multiplied: scores are as
 * large as 1 / sigma (Song & Ermon 2020, technique 3). */
static double
told (const DifStep *step)
{
  return log (step->sigma / step->alpha);
}

static double
factor (const DifStudy *study, const DifStep *step)
{
  const gboolean score = study->args.prediction == DIF_PREDICTION_SCORE;

  return study->levels && score ? 1.0 / step->sigma : 1.0;
}

typedef struct
{
  double  *x, *score, *noise, *told, *scale, *directions, *uniform, *per_point;
  float   *normal;
  DifStep *steps;
} Draws;

static void
draws_init (Draws *draws, gsize n)
{
  double *room = g_new0 (double, 12 * n);

  *draws = (Draws) { .x = room,
                     .score = room + 2 * n,
                     .noise = room + 4 * n,
                     .directions = room + 6 * n,
                     .told = room + 8 * n,
                     .scale = room + 9 * n,
                     .uniform = room + 10 * n,
                     .per_point = room + 11 * n,
                     .normal = g_new (float, D *n),
                     .steps = g_new (DifStep, n) };
}

static void
draws_clear (Draws *draws)
{
  g_free (draws->x);
  g_free (draws->normal);
  g_free (draws->steps);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draws, draws_clear)

/* Of every other point the one before is taken again, with the opposite noise: what the noise,
 * large as it is by 1 / sigma, adds to their gradients then cancels. */
static void
pair (const DifStudy *study, Draws *to)
{
  for (gsize p = 1; p < study->n_points; p += 2)
    {
      for (gsize i = D * p; i < D * (p + 1); i++)
        {
          to->x[i] = to->x[i - D];
          to->noise[i] = -to->noise[i - D];
        }
      to->uniform[p] = to->uniform[p - 1];
    }
}

/* The noise levels an objective draws, and noise for them. */
static void
draw_noise (const DifStudy *study, guint64 stream, Draws *to, DifPoints *points)
{
  const DifObjective *objective = dif_objective_find (study->objective);
  const gsize         n = points->n;

  dif_rng_normal (study->seed, stream + 3, 0, to->normal, D * n);
  dif_rng_uniform (study->seed, stream + 4, 0, to->uniform, n);
  for (gsize i = 0; i < D * n; i++)
    to->noise[i] = to->normal[i];
  pair (study, to);
  for (gsize p = 0; p < n; p++)
    {
      to->steps[p] = objective->step (&study->args, to->uniform[p]);
      to->told[p] = told (&to->steps[p]);
      to->scale[p] = factor (study, &to->steps[p]);
    }
  points->noise = to->noise;
  points->steps = to->steps;
  points->told = to->told;
  points->scale = to->scale;
}

static void
find_scores (const DifStudy *study, Draws *to, DifPoints *points)
{
  const DifStep clean = { 0.0, 1.0, 0.0 };

  for (gsize p = 0; p < points->n; p++)
    dif_mixture_look (study->mixture, &clean, to->x + D * p, to->score + D * p, NULL);
  points->score = to->score;
}

static void
draw_directions (const DifStudy *study, guint64 stream, Draws *to, DifPoints *points)
{
  dif_points_directions (study->projection, study->seed, stream + 2, points->n, D, to->directions);
  points->directions = to->directions;
  points->n_directions = 1;
}

static DifPoints
draw (const DifStudy *study, guint64 step, Draws *to)
{
  const DifPointObjective *own = dif_point_objective_find (study->objective);
  const guint64            stream = STREAMS * step;
  DifPoints                points = { .n = study->n_points, .x = to->x };

  study->draw (study->data, study->seed, stream, points.n, to->x);
  if (! own)
    draw_noise (study, stream, to, &points);
  if (own && own->objective)
    find_scores (study, to, &points);
  else if (own || dif_objective_views (dif_objective_find (study->objective)) > 1)
    draw_directions (study, stream, to, &points);
  return points;
}

static void
learn (DifStudy *study, DifProgress *progress)
{
  const DifOptimizerRule rule = { DIF_OPTIMIZER_ADAM, 0.9, 0.999, 1e-8, 0.0, 0.0 };
  DifMlp                *mlp = study->mlp = network (study);
  g_autofree double     *gradient = g_new (double, mlp->n_params);
  g_autofree double     *moments = g_new0 (double, 2 * mlp->n_params);
  g_auto (Draws) draws = { NULL };

  draws_init (&draws, study->n_points);
  for (guint k = 1; k <= study->n_steps && ! dif_progress_is_cancelled (progress); k++)
    {
      const DifPoints points = draw (study, k, &draws);
      const double    rate = study->rate * dif_warmup_cosine (0.0, study->n_steps, k - 1.0);
      double          loss;
      DifUpdate       update;

      for (gsize i = 0; i < mlp->n_params; i++)
        gradient[i] = 0.0;
      loss =
          dif_points_loss (study->objective, &study->args, mlp, &points, draws.per_point, gradient);
      if (study->losses)
        study->losses[k - 1] = loss;
      dif_update_init (&update, &rule, k, rate, 0.0);
      dif_update_f64 (mlp->params, gradient, moments, moments + mlp->n_params, mlp->n_params,
                      &update);
    }
}

typedef struct
{
  DifStudy    *studies;
  DifProgress *progress;
} Class;

static void
learn_tile (gsize tile, guint thread G_GNUC_UNUSED, gpointer data)
{
  Class *all = data;

  learn (&all->studies[tile], all->progress);
}

gboolean
dif_study_all (DifContext *context, DifStudy *studies, guint n)
{
  Class all = { studies, dif_context_progress (context) };

  dif_pool_run (dif_context_pool (context), n, learn_tile, &all);
  return dif_context_ok (context);
}

void
dif_study_score (const DifStudy *study, const DifStep *step, gsize n, const double *x,
                 double *score)
{
  const gsize  n_in = study->mlp->width[0];
  const double by =
      study->args.prediction == DIF_PREDICTION_EPSILON ? -1.0 / step->sigma : factor (study, step);
  g_autofree double     *in = g_new (double, n *n_in);
  g_autoptr (DifMlpPass) pass = NULL;

  for (gsize p = 0; p < n; p++)
    {
      for (gsize i = 0; i < D; i++)
        in[p * n_in + i] = x[p * D + i];
      if (n_in > D)
        in[p * n_in + D] = told (step);
    }
  pass = dif_mlp_forward (study->mlp, n, in, 0, NULL);
  dif_mlp_pass_output (pass, score, NULL);
  for (gsize i = 0; i < n * D; i++)
    score[i] *= by;
}

void
dif_study_clear (DifStudy *studies, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&studies[i].mlp, dif_mlp_free);
}

DifAgreement
dif_agreement (gsize n, const double *field, const double *truth)
{
  double cosine = 0.0, error = 0.0, total = 0.0;

  for (gsize p = 0; p < n; p++)
    {
      const double *a = field + D * p;
      const double *b = truth + D * p;

      cosine += (a[0] * b[0] + a[1] * b[1]) / (hypot (a[0], a[1]) * hypot (b[0], b[1]) + 1e-12);
      error += pow (a[0] - b[0], 2.0) + pow (a[1] - b[1], 2.0);
      total += b[0] * b[0] + b[1] * b[1];
    }
  return (DifAgreement) { cosine / (double) n, sqrt (error / total) };
}

double *
dif_study_grid (guint side, double reach)
{
  double *grid = g_new (double, D *side *side);

  for (guint i = 0; i < side * side; i++)
    {
      grid[D * i] = reach * (2.0 * (i % side + 0.5) / side - 1.0);
      grid[D * i + 1] = reach * (2.0 * (i / side + 0.5) / side - 1.0);
    }
  return grid;
}

void
dif_study_arrows (gsize n, double *field, double longest, double unit)
{
  for (gsize p = 0; p < n; p++)
    {
      const double by = longest / (hypot (field[D * p], field[D * p + 1]) + unit);

      field[D * p] *= by;
      field[D * p + 1] *= by;
    }
}
