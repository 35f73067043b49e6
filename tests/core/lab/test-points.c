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

/* ---- differences for derivatives ---- */

#define SIGMA   0.3
#define N_SIGNS 8 /* all of three dimensions */

/* One network and points that are not noised, at one noise level. */
typedef struct
{
  DifMlp          *mlp;
  Numbers          numbers;
  DifPoints        points;
  DifObjectiveArgs args;
} Fixed;

static void
fixed_init (Fixed *fixed)
{
  const guint       width[] = { D, 9, 6, D };
  const DifMlpCurve curve[] = { DIF_MLP_TANH, DIF_MLP_SOFTPLUS, DIF_MLP_LINEAR };

  fixed->mlp = dif_mlp_new (3, width, curve, 11);
  dif_objective_args_init (&fixed->args, NULL);
  fixed->args.prediction = DIF_PREDICTION_SCORE;
  fill (&fixed->numbers, &fixed->points);
  for (gsize p = 0; p < N; p++)
    fixed->numbers.steps[p] = (DifStep) { 0.0, 1.0, SIGMA };
  dif_points_directions (DIF_PROJECTION_RADEMACHER, 3, 6, N, D, fixed->numbers.directions);
  fixed->points.noise = NULL;
  fixed->points.scale = NULL;
  fixed->points.n_directions = 1;
}

static void
fixed_clear (Fixed *fixed)
{
  dif_mlp_free (fixed->mlp);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixed, fixed_clear)

/* Losses of all points, and then the gradient of their mean, both of the score. */
static double *
look_at (const Fixed *fixed, const char *id)
{
  const double factor = dif_objective_find (id) ? 1.0 / (SIGMA * SIGMA) : 1.0;
  double      *all = g_new0 (double, N + fixed->mlp->n_params);

  dif_points_loss (id, &fixed->args, fixed->mlp, &fixed->points, all, all + N);
  for (gsize i = 0; i < N + fixed->mlp->n_params; i++)
    all[i] *= factor;
  return all;
}

static double
largest_of (const double *x, gsize n)
{
  double largest = 0.0;

  for (gsize i = 0; i < n; i++)
    largest = fmax (largest, fabs (x[i]));
  return largest;
}

/* Of values or of a gradient: the largest difference, by the largest number. */
static double
apart (const double *x, const double *exact, gsize n)
{
  double most = 0.0;

  for (gsize i = 0; i < n; i++)
    most = fmax (most, fabs (x[i] - exact[i]));
  return most / largest_of (exact, n);
}

/* In the same directions, what differences tell is what derivatives do, up to a part that goes with
 * the square of the distance. */
static void
test_differences (void)
{
  static const double deltas[] = { 0.32, 0.16, 0.08, 0.04, 0.02 };
  g_auto (Fixed) fixed = { NULL };
  g_autofree double *exact = NULL;
  g_autofree double *usual = NULL;
  double             last[2] = { 0.0, 0.0 };

  fixed_init (&fixed);
  exact = look_at (&fixed, "sliced-reduced");
  usual = look_at (&fixed, "fd-ssm");
  for (guint k = 0; k < G_N_ELEMENTS (deltas); k++)
    {
      g_autofree double *seen = NULL;
      double             off[2];

      fixed.args.delta = deltas[k];
      seen = look_at (&fixed, "fd-ssm");
      off[0] = apart (seen, exact, N);
      off[1] = apart (seen + N, exact + N, fixed.mlp->n_params);
      g_test_message ("%g: values %.2e, gradient %.2e", deltas[k], off[0], off[1]);
      for (guint i = 0; i < 2; i++)
        {
          if (k > 0)
            g_assert_cmpfloat_with_epsilon (last[i] / off[i], 4.0, 0.1);
          last[i] = off[i];
        }
    }
  g_test_message ("usually: values %.2e, gradient %.2e", apart (usual, exact, N),
                  apart (usual + N, exact + N, fixed.mlp->n_params));
  g_assert_cmpfloat (apart (usual, exact, N), <, 1e-3);
  g_assert_cmpfloat (apart (usual + N, exact + N, fixed.mlp->n_params), <, 1e-3);
}

/* The mean over all signs is implicit score matching. */
static void
test_all_signs (void)
{
  g_auto (Fixed) fixed = { NULL };
  const gsize        n_all = N + (D + 1) * 9 + (9 + 1) * 6 + (6 + 1) * D;
  g_autofree double *mean = g_new0 (double, n_all);
  g_autofree double *exact = NULL;

  fixed_init (&fixed);
  g_assert_cmpuint (n_all, ==, N + fixed.mlp->n_params);
  exact = look_at (&fixed, "implicit");
  for (guint k = 0; k < N_SIGNS; k++)
    {
      g_autofree double *seen = NULL;

      for (gsize i = 0; i < N * D; i++)
        fixed.numbers.directions[i] = k >> (i % D) & 1 ? -1.0 : 1.0;
      seen = look_at (&fixed, "fd-ssm");
      for (gsize i = 0; i < n_all; i++)
        mean[i] += seen[i] / N_SIGNS;
    }
  g_assert_cmpfloat (apart (mean, exact, N), <, 1e-3);
  g_assert_cmpfloat (apart (mean + N, exact + N, n_all - N), <, 1e-3);
}

/* ---- normal data, whose score is a linear network ---- */

#define N_BATCHES 200
#define N_OF_EACH 500
#define N_LINEAR  (D * (D + 1))

static const double deviation[D] = { 0.5, 1.0, 2.0 };

/* The score of x = x_0 + sigma noise, times @factor. */
static DifMlp *
linear (double factor)
{
  const guint       width[] = { D, D };
  const DifMlpCurve curve[] = { DIF_MLP_LINEAR };
  DifMlp           *mlp = dif_mlp_new (1, width, curve, 1);

  for (gsize i = 0; i < mlp->n_params; i++)
    mlp->params[i] = 0.0;
  for (gsize i = 0; i < D; i++)
    mlp->params[i * D + i] = -factor / (deviation[i] * deviation[i] + SIGMA * SIGMA);
  return mlp;
}

/* sigma² (tr ds / dx + |s|² / 2), of the score times @factor */
static double
expected (double factor)
{
  double sum = 0.0;

  for (gsize i = 0; i < D; i++)
    sum += SIGMA * SIGMA * (0.5 * factor * factor - factor) /
           (deviation[i] * deviation[i] + SIGMA * SIGMA);
  return sum;
}

typedef struct
{
  double mean, error;
} Estimate;

static Estimate
estimate (const double *x, gsize n)
{
  double mean = 0.0, square = 0.0;

  for (gsize i = 0; i < n; i++)
    mean += x[i] / (double) n;
  for (gsize i = 0; i < n; i++)
    square += (x[i] - mean) * (x[i] - mean) / (double) (n - 1);
  return (Estimate) { mean, sqrt (square / (double) n) };
}

/* Losses of batches, and gradients: [parameters, batches] after the losses. */
static double *
batches (double factor, DifProjection projection)
{
  g_autoptr (DifMlp) mlp = linear (factor);
  double            *all = g_new0 (double, (1 + N_LINEAR) * N_BATCHES);
  g_autofree double *x = g_new (double, 3 * D * N_OF_EACH);
  float              normal[2 * D * N_OF_EACH];
  DifStep            steps[N_OF_EACH];
  double             per_point[N_OF_EACH];
  DifPoints          points = { .n = N_OF_EACH,
                                .x = x,
                                .noise = x + D * N_OF_EACH,
                                .directions = x + 2 * D * N_OF_EACH,
                                .n_directions = 1,
                                .steps = steps };
  DifObjectiveArgs   args;

  dif_objective_args_init (&args, NULL);
  args.prediction = DIF_PREDICTION_SCORE;
  for (gsize p = 0; p < N_OF_EACH; p++)
    steps[p] = (DifStep) { 0.0, 1.0, SIGMA };
  for (gsize b = 0; b < N_BATCHES; b++)
    {
      double gradient[N_LINEAR] = { 0.0 };

      dif_rng_normal (6, 2 * b, 0, normal, G_N_ELEMENTS (normal));
      for (gsize i = 0; i < 2 * D * N_OF_EACH; i++)
        x[i] = normal[i] * (i < D * N_OF_EACH ? deviation[i % D] : 1.0);
      dif_points_directions (projection, 6, 2 * b + 1, N_OF_EACH, D, x + 2 * D * N_OF_EACH);
      all[b] = dif_points_loss ("fd-ssm", &args, mlp, &points, per_point, gradient);
      for (gsize i = 0; i < N_LINEAR; i++)
        all[(1 + i) * N_BATCHES + b] = gradient[i];
    }
  return all;
}

/* Losses are those of implicit score matching on the mean, the true score's is the lowest and has
 * no slope; four standard errors hold for all fifteen numbers, of these seeds. */
static void
test_unbiased (gconstpointer data)
{
  const DifProjection projection = GPOINTER_TO_UINT (data);
  g_autofree double  *truth = batches (1.0, projection);

  for (guint k = 0; k < 3; k++)
    {
      const double       factor = (const double[]) { 1.0, 0.8, 1.2 }[k];
      g_autofree double *other = batches (factor, projection);
      const Estimate     loss = estimate (other, N_BATCHES);
      Estimate           rise;

      g_test_message ("%g: %.5f +- %.5f, expected %.5f", factor, loss.mean, loss.error,
                      expected (factor));
      g_assert_cmpfloat (loss.error, >, 0.0);
      g_assert_cmpfloat_with_epsilon (loss.mean, expected (factor), 4.0 * loss.error);
      if (k == 0)
        continue;
      for (gsize b = 0; b < N_BATCHES; b++)
        other[b] -= truth[b];
      rise = estimate (other, N_BATCHES);
      g_assert_cmpfloat (rise.mean, >, 4.0 * rise.error);
    }
  for (gsize i = 0; i < N_LINEAR; i++)
    {
      const Estimate slope = estimate (truth + (1 + i) * N_BATCHES, N_BATCHES);

      g_assert_cmpfloat (slope.error, >, 0.0);
      g_assert_cmpfloat (slope.error, <, 0.01);
      g_assert_cmpfloat_with_epsilon (slope.mean, 0.0, 4.0 * slope.error);
    }
}

int
main (int argc, char **argv)
{
  static const char *const ids[] = { "explicit", "implicit", "sliced", "sliced-reduced",
                                     "dsm",      "ncsn",     "fd-ssm" };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *path = g_strconcat ("/points/gradient/", ids[i], NULL);

      g_test_add_data_func (path, ids[i], test_gradient);
    }
  g_test_add_func ("/points/directions", test_directions);
  g_test_add_func ("/points/axes", test_axes);
  g_test_add_func ("/points/differences", test_differences);
  g_test_add_func ("/points/all-signs", test_all_signs);
  g_test_add_data_func ("/points/unbiased/signs", GUINT_TO_POINTER (DIF_PROJECTION_RADEMACHER),
                        test_unbiased);
  g_test_add_data_func ("/points/unbiased/normal", GUINT_TO_POINTER (DIF_PROJECTION_GAUSSIAN),
                        test_unbiased);
  return g_test_run ();
}
