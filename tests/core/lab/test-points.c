/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objectives of small networks: gradients of all parameters against differences of the loss, in
 * three dimensions and with noise levels that the network is told. */

#include <math.h>

#include "core/base/rng.h"
#include "core/lab/points.h"

#define N            70 /* more than the network does together */
#define D            3
#define N_TOLD       2
#define N_DIRECTIONS 2

typedef struct
{
  double  x[N * D], score[N * D], noise[N * D], told[N * N_TOLD], scale[N];
  double  directions[N_DIRECTIONS * N * D];
  DifStep steps[N];
} Numbers;

static void
draw (guint64 stream, gsize n, double *out)
{
  float normal[N * D];

  dif_rng_normal (3, stream, 0, normal, n);
  for (gsize i = 0; i < n; i++)
    out[i] = normal[i];
}

static void
fill (Numbers *numbers, DifPoints *points)
{
  draw (1, N * D, numbers->x);
  draw (2, N * D, numbers->score);
  draw (3, N * D, numbers->noise);
  draw (4, N * N_TOLD, numbers->told);
  draw (5, N, numbers->scale);
  dif_points_directions (DIF_PROJECTION_SPHERE, 3, 6, N_DIRECTIONS * N, D, numbers->directions);
  for (gsize p = 0; p < N; p++)
    numbers->steps[p] = (DifStep) { 0.0, 0.8, 0.3 + 0.01 * (double) p };
  *points = (DifPoints) { N,
                          numbers->x,
                          numbers->score,
                          numbers->noise,
                          numbers->steps,
                          numbers->told,
                          numbers->directions,
                          N_DIRECTIONS,
                          numbers->scale };
}

static void
test_gradient (gconstpointer data)
{
  const char              *id = data;
  const DifPointObjective *own = dif_point_objective_find (id);
  const guint              width[] = { own && own->loss ? D : D + N_TOLD, 7, 5, D };
  const DifMlpCurve        curve[] = { DIF_MLP_SOFTPLUS, DIF_MLP_TANH, DIF_MLP_LINEAR };
  g_autoptr (DifMlp)       mlp = dif_mlp_new (3, width, curve, 8);
  g_autofree double       *gradient = g_new0 (double, mlp->n_params);
  g_autofree Numbers      *numbers = g_new0 (Numbers, 1);
  double                   per_point[N];
  const double             h = 1e-5;
  double                   largest = 0.0;
  DifPoints                points;
  DifObjectiveArgs         args;

  dif_objective_args_init (&args, NULL);
  fill (numbers, &points);
  dif_points_loss (id, &args, mlp, &points, per_point, gradient);
  for (gsize i = 0; i < mlp->n_params; i++)
    largest = fmax (largest, fabs (gradient[i]));
  g_assert_cmpfloat (largest, >, 0.0);
  for (gsize i = 0; i < mlp->n_params; i++)
    {
      const double was = mlp->params[i];
      double       change;

      mlp->params[i] = was + h;
      change = dif_points_loss (id, &args, mlp, &points, per_point, NULL);
      mlp->params[i] = was - h;
      change -= dif_points_loss (id, &args, mlp, &points, per_point, NULL);
      mlp->params[i] = was;
      g_assert_cmpfloat_with_epsilon (gradient[i], change / (2.0 * h), 1e-6 * largest);
    }
}

/* The mean of v vᵀ is one, and of the sliced objective over v the implicit one. */
static void
test_directions (void)
{
  const gsize        n = 20000;
  g_autofree double *v = g_new (double, n *D);

  for (DifProjection kind = DIF_PROJECTION_RADEMACHER; kind <= DIF_PROJECTION_SPHERE; kind++)
    {
      double product[D * D] = { 0.0 };

      dif_points_directions (kind, 4, 0, n, D, v);
      for (gsize k = 0; k < n; k++)
        for (guint i = 0; i < D * D; i++)
          product[i] += v[k * D + i / D] * v[k * D + i % D] / (double) n;
      for (guint i = 0; i < D * D; i++)
        g_assert_cmpfloat_with_epsilon (product[i], i % (D + 1) == 0 ? 1.0 : 0.0,
                                        5.0 * sqrt (2.0 / (double) n));
    }
}

/* Along the axes, one after the other, sliced is implicit; reduced or not. */
static void
test_axes (void)
{
  static const char *const ids[] = { "sliced", "sliced-reduced" };
  const guint              width[] = { D, 6, D };
  const DifMlpCurve        curve[] = { DIF_MLP_TANH, DIF_MLP_LINEAR };
  g_autoptr (DifMlp)       mlp = dif_mlp_new (2, width, curve, 9);
  g_autofree Numbers      *numbers = g_new0 (Numbers, 1);
  g_autofree double       *axes = g_new0 (double, D *N *D);
  double                   implicit[N], sliced[N];
  DifPoints                points;
  DifObjectiveArgs         args;

  dif_objective_args_init (&args, NULL);
  fill (numbers, &points);
  for (gsize k = 0; k < D; k++)
    for (gsize p = 0; p < N; p++)
      axes[(k * N + p) * D + k] = sqrt (D);
  points.directions = axes;
  points.n_directions = D;
  dif_points_loss ("implicit", &args, mlp, &points, implicit, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
    {
      dif_points_loss (ids[k], &args, mlp, &points, sliced, NULL);
      for (gsize p = 0; p < N; p++)
        g_assert_cmpfloat_with_epsilon (sliced[p], implicit[p], 1e-12);
    }
}

int
main (int argc, char **argv)
{
  static const char *const ids[] = { "explicit",       "implicit", "sliced",
                                     "sliced-reduced", "dsm",      "ncsn" };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *path = g_strconcat ("/points/gradient/", ids[i], NULL);

      g_test_add_data_func (path, ids[i], test_gradient);
    }
  g_test_add_func ("/points/directions", test_directions);
  g_test_add_func ("/points/axes", test_axes);
  return g_test_run ();
}
