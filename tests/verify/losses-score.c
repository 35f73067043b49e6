/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Score matching: over a ladder of noise levels with an exact score, and of a small network with
 * its gradients. */

#include <math.h>
#include <string.h>

#include "tests/verify/checks.h"
#include "tests/verify/losses.h"

/* ---- the ladder ---- */

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
level (Levels *l, Case *c, const DifEvaluator *toy, const DifStep *step, gsize picture, gsize at)
{
  const gsize        n = l->shape.channels * l->shape.pixels;
  const double      *x0 = l->x0 + picture * n;
  const double      *z = l->z + (picture * l->n_levels + at) * n;
  const gsize        to = picture * l->n_levels + at;
  g_autofree double *x = g_new (double, n);
  g_autofree double *score = g_new (double, n);
  const DifExample   example = { *step, n, x0, z, x };
  DifObjectiveArgs   args;

  dif_objective_args_init (&args, NULL);
  args.sigma_min = case_number (c, c->json, "sigma_min");
  args.sigma_max = case_number (c, c->json, "sigma_max");
  dif_objective_noised (step, n, x0, z, x);
  losses_mixture (toy, &l->shape, step, x, score, NULL);
  l->half[to] = losses_of (c, "dsm", &args, &example, score);
  l->weighted[to] = losses_of (c, "ncsn", &args, &example, score);
  args.weighting = DIF_WEIGHTING_LIKELIHOOD;
  l->likelihood[to] = losses_of (c, "ncsn", &args, &example, score);
  args.weighting = DIF_WEIGHTING_SIGMA2;
  args.mean = TRUE;
  l->mean[to] = losses_of (c, "dsm", &args, &example, score);
}

static void
check_levels (Case *c, const DifEvaluator *toy)
{
  const DifObjective *ncsn = dif_objective_find ("ncsn");
  json_t             *spec = json_object_get (case_spec (c, "sigmas"), "shape");
  const gsize         n_levels = (gsize) json_integer_value (json_array_get (spec, 0));
  gsize               n_ends;
  g_autofree double  *ends = case_numbers (c, "sigmas", &n_ends);
  g_autofree double  *sigmas = g_new0 (double, MAX (1, n_levels));
  g_auto (Levels) l = { .n_levels = n_levels, .shape = losses_shape (c, "x0") };
  const gsize      n = l.shape.n * n_levels;
  const gsize      size = l.shape.channels * l.shape.pixels;
  DifObjectiveArgs args;
  double           mean[2] = { 0.0 };

  dif_objective_args_init (&args, NULL);
  args.sigma_min = case_number (c, c->json, "sigma_min");
  args.sigma_max = ends ? ends[0] : 1.0; /* the entry's own is the weighting's */
  args.n_levels = (guint) n_levels;
  l.x0 = losses_numbers (c, "x0", l.shape.n * size);
  l.z = losses_numbers (c, "z", n * size);
  l.half = g_new0 (double, 4 * n);
  l.weighted = l.half + n;
  l.mean = l.half + 2 * n;
  l.likelihood = l.half + 3 * n;
  for (gsize k = 0; case_ok (c) && k < n; k++)
    {
      const gsize   at = k % n_levels;
      const DifStep step = ncsn->step (&args, ((double) at + 0.5) / (double) n_levels);

      sigmas[at] = step.sigma;
      level (&l, c, toy, &step, k / n_levels, at);
      mean[0] += l.weighted[k] / (double) n;
      mean[1] += l.mean[k] / (double) n;
    }
  case_compare (c, "sigmas", sigmas, n_levels);
  case_compare (c, "per_sample_sum", l.half, n);
  case_compare (c, "weighted", l.weighted, n);
  case_compare (c, "per_sample_mean", l.mean, n);
  case_compare (c, "likelihood_weighted", l.likelihood, n);
  case_compare (c, "loss_sum", &mean[0], 1);
  case_compare (c, "loss_mean", &mean[1], 1);
}

/* ---- the small network ---- */

#define N_LAYERS 3
#define D        2

static const char *const names[] = { "0.weight", "0.bias",   "2.weight",
                                     "2.bias",   "4.weight", "4.bias" };

/* A tensor of the entry that holds the network. */
static gboolean
read_input (Case *c, const char *tensor, gsize n, double *out)
{
  g_autofree char     *name = g_strconcat ("mlp/", tensor, NULL);
  const DifTensorInfo *info = dif_safetensors_find (c->file, name);
  GError              *error = NULL;

  if (! info || info->size != n)
    case_fail (c, "there is no tensor \"%s\" of that size", name);
  else if (! dif_safetensors_read_f64 (c->file, info, out, &error))
    case_fail_error (c, error);
  return case_ok (c);
}

static DifMlp *
read_network (Case *c)
{
  const DifTensorInfo *first = dif_safetensors_find (c->file, "mlp/w/0.bias");
  const guint          inner = first ? (guint) first->size : 1;
  const guint          width[] = { D, inner, inner, D };
  const DifMlpCurve    curve[] = { DIF_MLP_TANH, DIF_MLP_SOFTPLUS, DIF_MLP_LINEAR };
  DifMlp              *mlp = dif_mlp_new (N_LAYERS, width, curve, 0);
  double              *to = mlp->params;

  for (guint i = 0; case_ok (c) && i < G_N_ELEMENTS (names); i++)
    {
      const gsize      n_out = width[i / 2 + 1];
      const gsize      n = i % 2 ? n_out : n_out * width[i / 2];
      g_autofree char *name = g_strconcat ("w/", names[i], NULL);

      read_input (c, name, n, to);
      to += n;
    }
  return mlp;
}

static void
check_mlp (Case *c, const DifMlp *mlp, gsize n, const double *x)
{
  g_autofree double     *axes = g_new0 (double, D *n *D);
  g_autofree double     *score = g_new (double, n *D);
  g_autofree double     *along = g_new (double, D *n *D);
  g_autofree double     *jacobian = g_new (double, n *D *D);
  g_autoptr (DifMlpPass) pass = NULL;

  for (gsize k = 0; k < D; k++)
    for (gsize p = 0; p < n; p++)
      axes[(k * n + p) * D + k] = 1.0;
  pass = dif_mlp_forward (mlp, n, x, D, axes);
  dif_mlp_pass_output (pass, score, along);
  for (gsize k = 0; k < D; k++)
    for (gsize p = 0; p < n; p++)
      for (gsize i = 0; i < D; i++)
        jacobian[(p * D + i) * D + k] = along[(k * n + p) * D + i];
  case_compare (c, "score", score, n * D);
  case_compare (c, "jacobian", jacobian, n * D * D);
}

static const char *
objective_of (Case *c, DifObjectiveArgs *args, DifProjection *projection)
{
  const char *last = strrchr (c->id, '_');

  dif_objective_args_init (args, NULL);
  if (g_str_equal (c->id, "ism"))
    return "implicit";
  if (g_str_has_prefix (c->id, "dsm_mlp_"))
    {
      args->weighting = DIF_WEIGHTING_SIGMA2;
      args->sigma_min = case_number (c, c->json, "sigma");
      return "dsm";
    }
  if (! g_str_has_prefix (c->id, "ssm_"))
    return NULL;
  *projection = g_str_equal (last, "_gaussian")   ? DIF_PROJECTION_GAUSSIAN :
                g_str_equal (last, "_rademacher") ? DIF_PROJECTION_RADEMACHER :
                                                    DIF_PROJECTION_SPHERE;
  return g_str_has_prefix (c->id, "ssm_vr_") ? "sliced-reduced" : "sliced";
}

static void
compare_gradient (Case *c, const double *gradient, const DifMlp *mlp)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const gsize      n_out = mlp->width[i / 2 + 1];
      const gsize      n = i % 2 ? n_out : n_out * mlp->width[i / 2];
      g_autofree char *name = g_strconcat ("grad/", names[i], NULL);

      case_compare (c, name, gradient, n);
      gradient += n;
    }
}

/* Directions are inputs, but what the core draws must be like them. */
static void
compare_lengths (Case *c, DifProjection projection, const double *recorded, gsize n)
{
  g_autofree double *own = g_new (double, n *D);

  dif_points_directions (projection, 1, 0, n, D, own);
  for (gsize k = 0; projection != DIF_PROJECTION_GAUSSIAN && k < n; k++)
    {
      const double length = hypot (own[k * D], own[k * D + 1]);
      const double expected = hypot (recorded[k * D], recorded[k * D + 1]);

      case_compare_to (c, "projections", &length, &expected, 1, 0.0, 1e-6);
    }
}

static void
check_network (Case *c, const DifMlp *mlp, DifPoints *points)
{
  const gsize         n = points->n;
  DifObjectiveArgs    args;
  DifProjection       projection = DIF_PROJECTION_RADEMACHER;
  const char         *id = objective_of (c, &args, &projection);
  g_autofree double  *per_point = g_new (double, n);
  g_autofree double  *gradient = g_new0 (double, mlp->n_params);
  g_autofree double  *draws = NULL;
  g_autofree DifStep *steps = g_new (DifStep, n);
  double              loss;

  if (! id)
    case_unknown (c, "loss %s", c->id);
  else if (case_lists (c, "projections"))
    {
      points->directions = draws = losses_numbers (c, "projections", 3 * n * D);
      points->n_directions = 3;
      compare_lengths (c, projection, draws, 3 * n);
    }
  else if (case_lists (c, "z"))
    {
      points->noise = draws = losses_numbers (c, "z", n * D);
      for (gsize p = 0; p < n; p++)
        steps[p] = dif_objective_find (id)->step (&args, 0.0);
      points->steps = steps;
    }
  if (! case_ok (c))
    return;
  loss = dif_points_loss (id, &args, mlp, points, per_point, gradient);
  case_compare (c, "per_point", per_point, n);
  case_compare (c, "loss", &loss, 1);
  compare_gradient (c, gradient, mlp);
}

void
check_losses_score (Case *c)
{
  static const char *const known[] = { "sigma_min", "sigma_max", "sigma", NULL };
  const DifTensorInfo     *info = dif_safetensors_find (c->file, "mlp/points");
  const gsize              n = info ? info->size / D : 1;
  g_autofree double       *x = g_new (double, n *D);
  DifPoints                points = { .n = n, .x = x };
  g_autoptr (DifMlp)       mlp = NULL;

  case_keys (c, known);
  if (case_ok (c) && g_str_equal (c->id, "dsm_levels"))
    {
      g_autoptr (DifEvaluator) toy = toy_new (c, json_object_get (c->root, "toy"), NULL, NULL);

      if (toy)
        check_levels (c, toy);
      return;
    }
  read_input (c, "points", n * D, x);
  mlp = case_ok (c) ? read_network (c) : NULL;
  if (! case_ok (c))
    return;
  if (g_str_equal (c->id, "mlp"))
    check_mlp (c, mlp, n, x);
  else
    check_network (c, mlp, &points);
}
