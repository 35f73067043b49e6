/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The variational bound. */

#include <math.h>

#include "core/train/bound.h"
#include "tests/verify/checks.h"
#include "tests/verify/losses.h"
#include "tests/verify/setup.h"

typedef struct
{
  LossShape        shape;  /* of the pictures */
  gsize            n_t;    /* timesteps */
  double          *x0;     /* [n, size] */
  double          *noise;  /* [n_t, n, size] */
  double          *t;      /* [n_t] */
  double          *vb;     /* [n, n_t] */
  double          *errors; /* [n, n_t] of x_0 */
  double          *eps;    /* [n, n_t] of the noise */
  double          *prior;  /* [n] */
  double          *total;  /* [n] */
  DifObjectiveArgs args;
} Bound;

static void
bound_clear (Bound *b)
{
  g_free (b->x0);
  g_free (b->noise);
  g_free (b->t);
  g_free (b->vb);
  g_free (b->errors);
  g_free (b->eps);
  g_free (b->prior);
  g_free (b->total);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bound, bound_clear)

static void
read_variant (Bound *b, Case *c)
{
  const char *variance = case_string (c, c->json, "variance");
  const char *cdf = case_string (c, c->json, "cdf");

  b->args.clip = json_is_true (json_object_get (c->json, "clip"));
  b->args.exact_cdf = g_str_equal (cdf, "erf");
  if (g_str_equal (variance, "fixed_large"))
    b->args.variance = DIF_VARIANCE_FIXED_LARGE;
  else if (g_str_equal (variance, "learned_range"))
    b->args.variance = DIF_VARIANCE_LEARNED_RANGE;
  else if (! g_str_equal (variance, "fixed_small"))
    case_unknown (c, "variance %s", variance);
  if (! b->args.exact_cdf && ! g_str_equal (cdf, "tanh"))
    case_unknown (c, "distribution %s", cdf);
}

/* Entries of one process share the pictures, the timesteps and the noise. */
static void
bound_init (Bound *b, Case *c, const DifProcess *process)
{
  const LossShape shape = losses_shape (c, "x0_bytes");
  const CaseShape times = case_input_shape (c, "t");
  CaseShape       noise;
  gsize           n;

  b->shape = shape;
  b->n_t = case_shape_size (&times);
  noise = case_shape_insert (c, &shape.whole, 0, b->n_t);
  b->x0 = losses_input (c, "x0_bytes", &shape.whole);
  b->t = losses_timesteps (c, "t", b->n_t, process);
  b->noise = losses_input (c, "noise", &noise);
  for (gsize i = 0; i < shape.n * shape.size; i++)
    b->x0[i] = b->x0[i] / 127.5 - 1.0;
  n = shape.n * b->n_t;
  b->vb = g_new0 (double, n);
  b->errors = g_new0 (double, n);
  b->eps = g_new0 (double, n);
  b->prior = g_new0 (double, shape.n);
  b->total = g_new0 (double, shape.n);
  dif_objective_args_init (&b->args, process);
  read_variant (b, c);
}

/* Whether the network's output for a number, h less and h more of it, are all clipped or none is.
 */
static gboolean
is_smooth (const Bound *b, const DifExample *example, gsize i, double output, double h)
{
  double below, above;

  dif_bound_x0 (&b->args, &example->step, example->x_t[i], output - h, &below);
  dif_bound_x0 (&b->args, &example->step, example->x_t[i], output + h, &above);
  return below == above;
}

/* The gradients of one number against differences of the term; where it begins to be clipped the
 * term has none. */
static void
compare_slopes (Bound *b, Case *c, const DifExample *example, double *mean, double *variance)
{
  const gsize        n = b->shape.size;
  g_autofree double *slopes = g_new (double, 2 * n);
  const DifOutput    way = { mean, variance, slopes, slopes + n };
  const DifOutput    nudged = { mean, variance, NULL, NULL };
  const double       h = 1e-5;
  const double       term = dif_bound_term (&b->args, (guint) example->step.t, example, &way);

  for (guint half = 0; half < 2; half++)
    for (gsize i = 0; i < MIN (2, n); i++)
      {
        double      *number = half ? &variance[i] : &mean[i];
        const double was = *number;
        double       change;

        if (! half && ! is_smooth (b, example, i, was, h))
          continue;
        *number = was + h;
        change = dif_bound_term (&b->args, (guint) example->step.t, example, &nudged);
        *number = was - h;
        change -= dif_bound_term (&b->args, (guint) example->step.t, example, &nudged);
        *number = was;
        case_compare_to (c, "gradient", &slopes[half * n + i], (double[]) { change / (2.0 * h) }, 1,
                         1e-10 * (1.0 + term) / h, 1e-5);
      }
}

static void
term (Bound *b, Case *c, const DifEvaluator *toy, gsize picture, gsize at)
{
  const gsize        n = b->shape.size;
  const DifStep      step = dif_process_step (b->args.process, b->t[at]);
  const double      *x0 = b->x0 + picture * n;
  const double      *noise = b->noise + (at * b->shape.n + picture) * n;
  g_autofree double *room = g_new (double, 3 * n);
  double            *x_t = room, *mean = room + n, *variance = room + 2 * n;
  const DifExample   example = { step, n, x0, noise, x_t };
  const DifOutput    output = { mean, variance, NULL, NULL };
  const gsize        to = picture * b->n_t + at;

  dif_objective_noised (&step, n, x0, noise, x_t);
  for (gsize i = 0; i < n; i++)
    {
      double seen;

      mean[i] = toy_value (toy, x_t[i], step.t, i / b->shape.pixels);
      variance[i] = toy_variance (toy, x_t[i], step.t);
      seen = dif_bound_x0 (&b->args, &step, x_t[i], mean[i], NULL);
      b->errors[to] += pow (seen - x0[i], 2.0) / (double) n;
      b->eps[to] += pow ((x_t[i] - step.alpha * seen) / step.sigma - noise[i], 2.0) / (double) n;
    }
  b->vb[to] = dif_bound_term (&b->args, (guint) step.t, &example, &output);
  compare_slopes (b, c, &example, mean, variance);
}

static void
bound_compare (const Bound *b, Case *c)
{
  const CaseShape each = CASE_SHAPE (b->shape.n, b->n_t);
  const CaseShape pictures = CASE_SHAPE (b->shape.n);

  case_compare_shaped (c, "vb", b->vb, &each);
  case_compare_shaped (c, "xstart_mse", b->errors, &each);
  case_compare_shaped (c, "mse", b->eps, &each);
  case_compare_shaped (c, "prior", b->prior, &pictures);
  case_compare_shaped (c, "total", b->total, &pictures);
}

void
check_losses_vlb (Case *c)
{
  static const char *const known[] = { "config", "variance", "clip", "cdf", NULL };
  g_autoptr (DifEvaluator) toy = NULL;
  g_auto (Setup) setup = { NULL };
  g_auto (Bound) b = { .n_t = 0 };

  case_keys (c, known);
  setup_init (&setup, c, "DDPMScheduler", json_object_get (c->json, "config"), NULL, 0);
  toy = toy_new (c, json_object_get (c->root, "toy"), setup.process, NULL);
  if (! case_ok (c))
    return;
  bound_init (&b, c, setup.process);
  for (gsize k = 0; case_ok (c) && k < b.shape.n; k++)
    {
      b.prior[k] = dif_bound_prior (setup.process, b.shape.size, b.x0 + k * b.shape.size);
      b.total[k] = b.prior[k];
      for (gsize at = 0; at < b.n_t; at++)
        {
          term (&b, c, toy, k, at);
          b.total[k] += b.vb[k * b.n_t + at];
        }
    }
  bound_compare (&b, c);
}
