/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The variational bound. */

#include <math.h>
#include <string.h>

#include "core/train/bound.h"
#include "tests/verify/checks.h"
#include "tests/verify/losses.h"
#include "tests/verify/setup.h"

#define CHANNELS 3

typedef struct
{
  gsize            n;      /* pictures */
  gsize            n_t;    /* timesteps */
  gsize            size;   /* of a picture */
  double          *x0;     /* [n, size] */
  double          *noise;  /* [n_t, n, size] */
  double          *t;      /* [n_t] */
  double          *vb;     /* [n, n_t] */
  double          *errors; /* [n, n_t] of x_0 */
  double          *eps;    /* [n, n_t] of the noise */
  double          *prior;  /* [n] */
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
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bound, bound_clear)

/* The first entry of each process holds the inputs of all. */
static double *
input (Case *c, const char *tensor, gsize *n)
{
  g_auto (GStrv) parts = g_strsplit (c->id, "_", 2);
  g_autofree char     *name = g_strconcat (parts[0], "_fixed_small_clip_tanh/", tensor, NULL);
  const DifTensorInfo *info = dif_safetensors_find (c->file, name);
  g_autofree double   *out = NULL;
  g_autofree gint64   *whole = NULL;
  GError              *error = NULL;
  gboolean             read;

  *n = 0;
  if (! info || info->size == 0)
    {
      case_fail (c, "there is no tensor \"%s\"", name);
      return NULL;
    }
  out = g_new (double, info->size);
  whole = g_new (gint64, info->size);
  if (info->dtype == DIF_DTYPE_F32)
    read = dif_safetensors_read_f64 (c->file, info, out, &error);
  else
    read = dif_safetensors_read_i64 (c->file, info, whole, &error);
  for (gsize i = 0; read && info->dtype != DIF_DTYPE_F32 && i < info->size; i++)
    out[i] = (double) whole[i];
  if (! read)
    case_fail_error (c, error);
  *n = info->size;
  return g_steal_pointer (&out);
}

static void
bound_init (Bound *b, Case *c, const DifProcess *process)
{
  const char *variance = case_string (c, c->json, "variance");
  const char *cdf = case_string (c, c->json, "cdf");
  gsize       n_noise;

  b->x0 = input (c, "x0_bytes", &b->size);
  b->t = input (c, "t", &b->n_t);
  b->noise = input (c, "noise", &n_noise);
  b->n = case_ok (c) ? n_noise / b->n_t / b->size * 2 : 0;
  b->size /= 2;
  if (! case_ok (c) || n_noise != 2 * b->n_t * b->size || b->size % CHANNELS)
    case_fail (c, "the inputs' shapes are not those of two pictures");
  for (gsize i = 0; case_ok (c) && i < 2 * b->size; i++)
    b->x0[i] = b->x0[i] / 127.5 - 1.0;
  b->n = 2;
  b->vb = g_new0 (double, b->n * b->n_t);
  b->errors = g_new0 (double, b->n * b->n_t);
  b->eps = g_new0 (double, b->n * b->n_t);
  b->prior = g_new0 (double, b->n);
  dif_objective_args_init (&b->args, process);
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

/* The gradients of one number against differences of the term; where it is clipped or cut off the
 * term has none. */
static void
compare_slopes (Bound *b, Case *c, const DifExample *example, double *mean, double *variance)
{
  g_autofree double *slopes = g_new (double, 2 * b->size);
  const DifOutput    way = { mean, variance, slopes, slopes + b->size };
  const DifOutput    nudged = { mean, variance, NULL, NULL };
  const double       h = 1e-5;
  const double       term = dif_bound_term (&b->args, example, &way);

  for (guint half = 0; half < 2; half++)
    for (gsize i = 0; i < 2; i++)
      {
        double      *number = half ? &variance[i] : &mean[i];
        const double was = *number;
        double       change;

        *number = was + h;
        change = dif_bound_term (&b->args, example, &nudged);
        *number = was - h;
        change -= dif_bound_term (&b->args, example, &nudged);
        *number = was;
        case_compare_to (c, "gradient", &slopes[half * b->size + i],
                         (double[]) { change / (2.0 * h) }, 1, 1e-10 * (1.0 + term) / h, 1e-5);
      }
}

static void
term (Bound *b, Case *c, const DifEvaluator *toy, gsize picture, gsize at)
{
  const gsize        n = b->size;
  const DifStep      step = dif_process_step (b->args.process, b->t[at]);
  const double      *x0 = b->x0 + picture * n;
  const double      *noise = b->noise + (at * b->n + picture) * n;
  g_autofree double *room = g_new (double, 3 * n);
  double            *x_t = room, *mean = room + n, *variance = room + 2 * n;
  const DifExample   example = { step, n, x0, noise, x_t };
  const DifOutput    output = { mean, variance, NULL, NULL };
  const gsize        to = picture * b->n_t + at;

  dif_objective_noised (&step, n, x0, noise, x_t);
  for (gsize i = 0; i < n; i++)
    {
      double seen;

      mean[i] = toy_value (toy, x_t[i], step.t, i / (n / CHANNELS));
      variance[i] = toy_variance (toy, x_t[i], step.t);
      seen = dif_bound_x0 (&b->args, &step, x_t[i], mean[i], NULL);
      b->errors[to] += pow (seen - x0[i], 2.0) / (double) n;
      b->eps[to] += pow ((x_t[i] - step.alpha * seen) / step.sigma - noise[i], 2.0) / (double) n;
    }
  b->vb[to] = dif_bound_term (&b->args, &example, &output);
  compare_slopes (b, c, &example, mean, variance);
}

void
check_losses_vlb (Case *c)
{
  static const char *const known[] = { "config", "variance", "clip", "cdf", NULL };
  g_autoptr (DifEvaluator) toy = NULL;
  g_auto (Setup) setup = { NULL };
  g_auto (Bound) b = { .n = 0 };
  double total[2] = { 0.0 };

  case_keys (c, known);
  setup_init (&setup, c, "DDPMScheduler", json_object_get (c->json, "config"), NULL, 0);
  toy = toy_new (c, json_object_get (c->root, "toy"), setup.process, NULL);
  if (! case_ok (c))
    return;
  bound_init (&b, c, setup.process);
  for (gsize k = 0; case_ok (c) && k < b.n; k++)
    {
      b.prior[k] = dif_bound_prior (setup.process, b.size, b.x0 + k * b.size);
      total[k] = b.prior[k];
      for (gsize at = 0; at < b.n_t; at++)
        {
          term (&b, c, toy, k, at);
          total[k] += b.vb[k * b.n_t + at];
        }
    }
  case_compare (c, "vb", b.vb, b.n * b.n_t);
  case_compare (c, "xstart_mse", b.errors, b.n * b.n_t);
  case_compare (c, "mse", b.eps, b.n * b.n_t);
  case_compare (c, "prior", b.prior, b.n);
  if (case_lists (c, "total"))
    case_compare (c, "total", total, b.n);
}
