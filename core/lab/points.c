/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/points.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"

/* Each number is made from the normal one of the same place. */
void
dif_points_directions (DifProjection projection, guint64 seed, guint64 stream, gsize n, gsize d,
                       double *out)
{
  g_autofree float *normal = g_new (float, n *d);

  dif_rng_normal (seed, stream, 0, normal, n * d);
  for (gsize k = 0; k < n; k++)
    {
      double squares = 0.0;

      for (gsize i = k * d; i < (k + 1) * d; i++)
        {
          squares += (double) normal[i] * normal[i];
          out[i] =
              projection == DIF_PROJECTION_RADEMACHER ? (normal[i] < 0.0f ? -1.0 : 1.0) : normal[i];
        }
      for (gsize i = k * d; projection == DIF_PROJECTION_SPHERE && i < (k + 1) * d; i++)
        out[i] *= sqrt (d / squares);
    }
}

/* ---- objectives that pictures have too: a point is a picture of d numbers ---- */

typedef struct
{
  gsize   n;        /* points */
  gsize   d;        /* numbers of each */
  gsize   n_in;     /* and what the network sees besides */
  guint   views;    /* of each point; first the first ones of all */
  double *x;        /* [views, n, n_in] */
  double *y, *of_y; /* [views, n, d] */
  double *middle;   /* [d], between the views */
  double *view;     /* [d] */
  double *target;   /* [views, d] */
} Look;

static void
look_init (Look *look, const DifObjective *objective, const DifMlp *mlp, const DifPoints *points)
{
  const gsize d = mlp->width[mlp->n_layers];
  const guint views = dif_objective_views (objective);
  const gsize all = views * points->n;
  double     *room = g_new0 (double, all *(mlp->width[0] + 2 * d) + (2 + views) * d);

  *look = (Look) { .n = points->n, .d = d, .n_in = mlp->width[0], .views = views, .x = room };
  look->y = room + all * look->n_in;
  look->of_y = look->y + all * d;
  look->middle = look->of_y + all * d;
  look->view = look->middle + d;
  look->target = look->view + d;
}

static void
look_clear (Look *look)
{
  g_free (look->x);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

/* A point, noised, in the room that is for its middle. */
static DifExample
example_at (const Look *look, const DifPoints *points, gsize p)
{
  const gsize   d = look->d;
  const double *noise = points->noise ? points->noise + p * d : NULL;
  DifExample    example = { .step = { 0.0, 1.0, 0.0 },
                            .n = d,
                            .x0 = points->x + p * d,
                            .noise = noise,
                            .x_t = look->middle,
                            .direction = look->views > 1 ? points->directions + p * d : NULL };

  if (points->steps)
    example.step = points->steps[p];
  dif_objective_noised (&example.step, d, example.x0, noise, look->middle);
  return example;
}

/* What the network sees of a point. */
static void
show (const DifObjective *objective, const DifObjectiveArgs *args, const DifPoints *points, gsize p,
      Look *look)
{
  const DifExample example = example_at (look, points, p);
  const gsize      n_told = look->n_in - look->d;

  for (guint v = 0; v < look->views; v++)
    {
      double *x = look->x + (v * look->n + p) * look->n_in;

      dif_objective_look (objective, args, &example, v, x);
      for (gsize i = 0; i < n_told; i++)
        x[look->d + i] = points->told[p * n_told + i];
    }
}

static void
find_target (const DifObjective *objective, const DifObjectiveArgs *args, const DifPoints *points,
             gsize p, const DifExample *example, Look *look)
{
  DifExample seen = *example;

  if (! objective->target)
    memcpy (look->target, points->score + p * look->d, look->d * sizeof *look->target);
  seen.x_t = look->view;
  for (guint v = 0; objective->target && v < look->views; v++)
    {
      dif_objective_look (objective, args, example, v, look->view);
      objective->target (args, &seen, look->target + v * look->d);
    }
}

/* The weighted loss of a point; the gradient with respect to what the network said is that of the
 * mean over points. */
static double
judge (const DifObjective *objective, const DifObjectiveArgs *args, const DifPoints *points,
       gsize p, Look *look)
{
  const DifExample example = example_at (look, points, p);
  const gsize      first = p * look->d;
  const gsize      second = (look->n + p) * look->d;
  const gboolean   twice = look->views > 1;
  const DifOutput  output = { .mean = look->y + first,
                              .of_mean = look->of_y + first,
                              .other = twice ? look->y + second : NULL,
                              .of_other = twice ? look->of_y + second : NULL };
  const double     weight = dif_objective_weight (objective, args, &example.step);
  const double     scale = points->scale ? points->scale[p] : 1.0;
  double           loss;

  for (guint v = 0; v < look->views; v++)
    for (gsize i = 0; i < look->d; i++)
      look->y[(v * look->n + p) * look->d + i] *= scale;
  find_target (objective, args, points, p, &example, look);
  loss = weight * objective->loss (args, &example, look->target, &output);
  for (guint v = 0; v < look->views; v++)
    for (gsize i = 0; i < look->d; i++)
      look->of_y[(v * look->n + p) * look->d + i] *= weight * scale / (double) look->n;
  return loss;
}

static void
each_point (const DifObjective *objective, const DifObjectiveArgs *args, const DifMlp *mlp,
            const DifPoints *points, double *per_point, double *gradient)
{
  g_auto (Look) look = { 0 };
  g_autoptr (DifMlpPass) pass = NULL;

  look_init (&look, objective, mlp, points);
  for (gsize p = 0; p < look.n; p++)
    show (objective, args, points, p, &look);
  pass = dif_mlp_forward (mlp, look.views * look.n, look.x, 0, NULL);
  dif_mlp_pass_output (pass, look.y, NULL);
  for (gsize p = 0; p < look.n; p++)
    per_point[p] = judge (objective, args, points, p, &look);
  if (gradient)
    dif_mlp_backward (pass, look.of_y, NULL, gradient);
}

double
dif_points_loss (const char *objective, const DifObjectiveArgs *args, const DifMlp *mlp,
                 const DifPoints *points, double *per_point, double *gradient)
{
  const DifPointObjective *own = dif_point_objective_find (objective);
  double                   sum = 0.0;

  if (own && own->loss)
    own->loss (mlp, points, per_point, gradient);
  else
    each_point (own ? own->objective : dif_objective_find (objective), args, mlp, points, per_point,
                gradient);
  for (gsize p = 0; p < points->n; p++)
    sum += per_point[p];
  return sum / (double) points->n;
}
