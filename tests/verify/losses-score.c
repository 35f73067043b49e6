/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Score matching: over noise levels with an exact score, and of a small network with its gradients.
 */

#include <math.h>

#include "core/lab/points.h"
#include "tests/verify/checks.h"
#include "tests/verify/losses.h"
#include "tests/verify/score-net.h"

/* ---- noise levels ---- */

typedef struct
{
  LossShape shape; /* of x0 */
  gsize     n_levels;
  double   *x0, *z;
  double   *half, *weighted, *mean, *likelihood; /* [n, levels] */
} Levels;

static void
levels_clear (Levels *l)
{
  g_free (l->x0);
  g_free (l->z);
  g_free (l->half);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Levels, levels_clear)

static void
level (Levels *l, Case *c, const DifEvaluator *toy, double sigma, gsize picture, gsize at)
{
  const DifStep      step = { sigma, 1.0, sigma };
  const gsize        n = l->shape.size;
  const double      *x0 = l->x0 + picture * n;
  const double      *z = l->z + (picture * l->n_levels + at) * n;
  const gsize        to = picture * l->n_levels + at;
  g_autofree double *x = g_new (double, n);
  g_autofree double *score = g_new (double, n);
  const DifExample   example = { step, n, x0, z, x };
  DifObjectiveArgs   args;

  dif_objective_args_init (&args, NULL);
  args.sigma_min = case_number (c, c->json, "sigma_min");
  args.sigma_max = case_number (c, c->json, "sigma_max");
  dif_objective_noised (&step, n, x0, z, x);
  losses_mixture (toy, &l->shape, &step, x, score, NULL);
  l->half[to] = losses_of (c, "dsm", &args, &example, score);
  l->weighted[to] = losses_of (c, "ncsn", &args, &example, score);
  args.weighting = DIF_WEIGHTING_LIKELIHOOD;
  l->likelihood[to] = losses_of (c, "ncsn", &args, &example, score);
  args.weighting = DIF_WEIGHTING_SIGMA2;
  args.mean = TRUE;
  l->mean[to] = losses_of (c, "dsm", &args, &example, score);
}

/* The core's own ladder from the first of the levels to the last; some levels of a ladder are none
 * (they do not fall by one factor), and nothing is known of where they should be. */
static void
compare_ladder (Case *c, const double *sigmas, gsize n)
{
  const DifObjective *ncsn = dif_objective_find ("ncsn");
  g_autofree double  *own = g_new (double, n);
  gboolean            ladder = TRUE;
  DifObjectiveArgs    args;

  dif_objective_args_init (&args, NULL);
  args.sigma_max = sigmas[0];
  args.sigma_min = sigmas[n - 1];
  args.n_levels = (guint) n;
  for (gsize k = 0; k < n; k++)
    own[k] = ncsn->step (&args, ((double) k + 0.5) / (double) n).sigma;
  for (gsize k = 2; k < n; k++)
    ladder =
        ladder && fabs (sigmas[k] * sigmas[k - 2] / (sigmas[k - 1] * sigmas[k - 1]) - 1.0) < 1e-6;
  if (ladder)
    case_compare_shaped (c, "sigmas", own, &CASE_SHAPE (n));
}

static double *
read_levels (Case *c, gsize *n)
{
  const CaseShape shape = case_input_shape (c, "sigmas");
  double         *sigmas = losses_input (c, "sigmas", &shape);

  *n = case_shape_size (&shape);
  for (gsize k = 0; case_ok (c) && k < *n; k++)
    if (! (sigmas[k] > 0.0 && isfinite (sigmas[k])))
      case_fail (c, "sigmas: %g is no noise level", sigmas[k]);
  return sigmas;
}

static void
compare_levels (const Levels *l, Case *c)
{
  const CaseShape each = CASE_SHAPE (l->shape.n, l->n_levels);
  const gsize     n = case_shape_size (&each);
  double          mean[2] = { 0.0 };

  for (gsize k = 0; k < n; k++)
    {
      mean[0] += l->weighted[k] / (double) n;
      mean[1] += l->mean[k] / (double) n;
    }
  case_compare_shaped (c, "per_sample_sum", l->half, &each);
  case_compare_shaped (c, "weighted", l->weighted, &each);
  case_compare_shaped (c, "per_sample_mean", l->mean, &each);
  case_compare_shaped (c, "likelihood_weighted", l->likelihood, &each);
  case_compare (c, "loss_sum", &mean[0], 1);
  case_compare (c, "loss_mean", &mean[1], 1);
}

static void
check_levels (Case *c)
{
  g_autoptr (DifEvaluator) toy = toy_new (c, json_object_get (c->root, "toy"), NULL, NULL);
  g_auto (Levels) l = { .shape = losses_shape (c, "x0") };
  g_autofree double *sigmas = read_levels (c, &l.n_levels);
  const gsize        n = l.shape.n * l.n_levels;
  const CaseShape    noise = case_shape_insert (c, &l.shape.whole, 1, l.n_levels);

  l.x0 = losses_input (c, "x0", &l.shape.whole);
  l.z = losses_input (c, "z", &noise);
  l.half = g_new0 (double, 4 * n);
  l.weighted = l.half + n;
  l.mean = l.half + 2 * n;
  l.likelihood = l.half + 3 * n;
  for (gsize k = 0; case_ok (c) && k < n; k++)
    level (&l, c, toy, sigmas[k % l.n_levels], k / l.n_levels, k % l.n_levels);
  if (! case_ok (c))
    return;
  compare_ladder (c, sigmas, l.n_levels);
  compare_levels (&l, c);
}

/* ---- a small network ---- */

static void
check_network (Case *c, const ScoreNet *net)
{
  const DifMlp          *mlp = net->mlp;
  const gsize            n = net->n;
  const gsize            d = net->d;
  g_autofree double     *axes = g_new0 (double, d *n *d);
  g_autofree double     *score = g_new (double, n *d);
  g_autofree double     *along = g_new (double, d *n *d);
  g_autofree double     *jacobian = g_new (double, n *d *d);
  g_autoptr (DifMlpPass) pass = NULL;

  for (gsize k = 0; k < d; k++)
    for (gsize p = 0; p < n; p++)
      axes[(k * n + p) * d + k] = 1.0;
  pass = dif_mlp_forward (mlp, n, net->points, (guint) d, axes);
  dif_mlp_pass_output (pass, score, along);
  for (gsize k = 0; k < d; k++)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < d; i++)
        jacobian[(p * d + i) * d + k] = along[(k * n + p) * d + i];
  case_compare_shaped (c, "score", score, &CASE_SHAPE (n, d));
  case_compare_shaped (c, "jacobian", jacobian, &CASE_SHAPE (n, d, d));
}

/* What an entry's id says it is the loss of. */
static const char *
objective_of (Case *c, DifObjectiveArgs *args)
{
  dif_objective_args_init (args, NULL);
  if (case_is_about (c, "ism"))
    return "implicit";
  if (case_is_about (c, "ssm"))
    return case_is_about (c, "vr") ? "sliced-reduced" : "sliced";
  if (! case_is_about (c, "dsm"))
    return NULL;
  args->weighting = DIF_WEIGHTING_SIGMA2;
  args->sigma_min = case_number (c, c->json, "sigma");
  return "dsm";
}

/* Directions are inputs, but what the core draws must be like them. */
static void
compare_lengths (Case *c, const double *recorded, gsize n, gsize d)
{
  const DifProjection projection =
      case_is_about (c, "rademacher") ? DIF_PROJECTION_RADEMACHER : DIF_PROJECTION_SPHERE;
  g_autofree double *own = g_new (double, n *d);

  dif_points_directions (projection, 1, 0, n, d, own);
  for (gsize k = 0; ! case_is_about (c, "gaussian") && k < n; k++)
    {
      double length[2] = { 0.0 };

      for (gsize i = 0; i < d; i++)
        {
          length[0] = hypot (length[0], own[k * d + i]);
          length[1] = hypot (length[1], recorded[k * d + i]);
        }
      case_compare_to (c, "projections", &length[0], &length[1], 1, 0.0, 1e-6);
    }
}

static double *
read_directions (Case *c, const ScoreNet *net, DifPoints *points)
{
  const CaseShape shape = case_input_shape (c, "projections");
  const gsize     n = MAX (1, shape.dim[0]);
  double         *directions = losses_input (c, "projections", &CASE_SHAPE (n, net->n, net->d));

  points->directions = directions;
  points->n_directions = (guint) n;
  if (case_ok (c))
    compare_lengths (c, directions, n * net->n, net->d);
  return directions;
}

static void
check_loss (Case *c, const ScoreNet *net, const char *objective, const DifObjectiveArgs *args)
{
  const gsize         n = net->n;
  DifPoints           points = { .n = n, .x = net->points };
  g_autofree double  *per_point = g_new (double, n);
  g_autofree double  *gradient = g_new0 (double, net->mlp->n_params);
  g_autofree double  *draws = NULL;
  g_autofree DifStep *steps = g_new (DifStep, n);
  double              loss;

  if (g_str_has_prefix (objective, "sliced"))
    draws = read_directions (c, net, &points);
  else if (g_str_equal (objective, "dsm"))
    {
      points.noise = draws = losses_input (c, "z", &CASE_SHAPE (n, net->d));
      for (gsize p = 0; p < n; p++)
        steps[p] = dif_objective_find (objective)->step (args, 0.0);
      points.steps = steps;
    }
  if (! case_ok (c))
    return;
  loss = dif_points_loss (objective, args, net->mlp, &points, per_point, gradient);
  case_compare_shaped (c, "per_point", per_point, &CASE_SHAPE (n));
  case_compare (c, "loss", &loss, 1);
  score_net_compare (net, c, "grad/", gradient);
}

void
check_losses_score (Case *c)
{
  static const char *const known[] = { "sigma_min", "sigma_max", "sigma", NULL };
  const char              *objective;
  DifObjectiveArgs         args;
  g_auto (ScoreNet) net = { NULL };

  case_keys (c, known);
  if (case_ok (c) && case_lists (c, "sigmas"))
    {
      check_levels (c);
      return;
    }
  objective = objective_of (c, &args);
  if (! objective && ! case_is_about (c, "mlp"))
    case_unknown (c, "loss %s", c->id);
  if (! case_ok (c) || ! score_net_read (&net, c))
    return;
  if (objective)
    check_loss (c, &net, objective, &args);
  else
    check_network (c, &net);
}
