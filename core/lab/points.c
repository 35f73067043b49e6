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

/* A point is a picture of d numbers. */
static void
each_point (const DifObjective *objective, const DifObjectiveArgs *args, const DifMlp *mlp,
            const DifPoints *points, double *per_point, double *gradient)
{
  const gsize            n = points->n;
  const gsize            d = mlp->width[mlp->n_layers];
  const gsize            n_in = mlp->width[0];
  const gsize            n_told = n_in - d;
  const DifStep          clean = { 0.0, 1.0, 0.0 };
  g_autofree double     *x = g_new (double, n *n_in);
  g_autofree double     *y = g_new (double, n *d);
  g_autofree double     *of_y = g_new (double, n *d);
  g_autofree double     *target = g_new (double, d);
  g_autoptr (DifMlpPass) pass = NULL;

  for (gsize p = 0; p < n; p++)
    {
      dif_objective_noised (points->steps ? &points->steps[p] : &clean, d, points->x + p * d,
                            points->noise ? points->noise + p * d : NULL, x + p * n_in);
      for (gsize i = 0; i < n_told; i++)
        x[p * n_in + d + i] = points->told[p * n_told + i];
    }
  pass = dif_mlp_forward (mlp, n, x, 0, NULL);
  dif_mlp_pass_output (pass, y, NULL);
  for (gsize p = 0; p < n; p++)
    {
      const DifExample example = { points->steps ? points->steps[p] : clean, d, points->x + p * d,
                                   points->noise ? points->noise + p * d : NULL, x + p * n_in };
      const DifOutput  output = { y + p * d, NULL, of_y + p * d, NULL };
      const double     weight = dif_objective_weight (objective, args, &example.step);
      const double     scale = points->scale ? points->scale[p] : 1.0;

      for (gsize i = 0; i < d; i++)
        y[p * d + i] *= scale;
      if (objective->target)
        objective->target (args, &example, target);
      else
        memcpy (target, points->score + p * d, d * sizeof *target);
      per_point[p] = weight * objective->loss (args, &example, target, &output);
      for (gsize i = 0; i < d; i++)
        of_y[p * d + i] *= weight * scale / (double) n;
    }
  if (gradient)
    dif_mlp_backward (pass, of_y, NULL, gradient);
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
