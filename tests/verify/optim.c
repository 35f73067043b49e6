/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Optimizers and the moving average, in double precision and in single. */

#include <math.h>
#include <string.h>

#include "core/train/optimizer.h"
#include "tests/verify/checks.h"
#include "tests/verify/optim.h"

#define MAX_STEPS 10000

/* What the others begin with, which one entry holds: p.I is parameter I, g.K.I its gradient at step
 * K. */
typedef struct
{
  guint    index; /* I */
  gsize    n;
  double  *p, *m, *v, *ema;
  double **g; /* of each step */
} Parameter;

typedef struct
{
  GArray *all; /* Parameter */
  guint   n_steps;
} Parameters;

static void
parameters_clear (Parameters *parameters)
{
  for (guint i = 0; parameters->all && i < parameters->all->len; i++)
    {
      Parameter *one = &g_array_index (parameters->all, Parameter, i);

      g_free (one->p);
      g_free (one->m);
      g_free (one->v);
      g_free (one->ema);
      for (guint k = 0; one->g && k < parameters->n_steps; k++)
        g_free (one->g[k]);
      g_free (one->g);
    }
  g_clear_pointer (&parameters->all, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parameters, parameters_clear)

/* How many steps there are gradients of. */
static guint
count_steps (Case *c, json_t *source)
{
  guint       n = 0;
  const char *name;
  json_t     *spec;

  json_object_foreach (json_object_get (source, "tensors"), name, spec)
  {
    guint at[2]; /* step and parameter */

    if (case_indices (name, "g", 2, at) && at[0] < MAX_STEPS)
      n = MAX (n, at[0] + 1);
  }
  if (n == 0)
    case_fail (c, "there are no gradients");
  return n;
}

static void
read_parameter (Case *c, const char *name, guint index, guint n_steps, Parameter *out)
{
  const CaseShape shape = case_input_shape (c, name);

  *out = (Parameter) { .index = index, .n = case_shape_size (&shape) };
  out->p = case_input (c, name, &shape);
  out->m = g_new0 (double, out->n);
  out->v = g_new0 (double, out->n);
  out->ema = g_new0 (double, out->n);
  out->g = g_new0 (double *, n_steps);
  if (out->p)
    memcpy (out->ema, out->p, out->n * sizeof (double));
  for (guint k = 0; k < n_steps && case_ok (c); k++)
    {
      g_autofree char *g = g_strdup_printf ("g.%u.%u", k, index);

      out->g[k] = case_input (c, g, &shape);
    }
}

static gboolean
parameters_read (Parameters *parameters, Case *c)
{
  json_t     *source = case_source (c, "p.*");
  const char *name;
  json_t     *spec;

  if (! source)
    return FALSE;
  parameters->all = g_array_new (FALSE, TRUE, sizeof (Parameter));
  parameters->n_steps = count_steps (c, source);
  json_object_foreach (json_object_get (source, "tensors"), name, spec)
  {
    Parameter one;
    guint     index;

    if (! case_ok (c) || ! case_indices (name, "p", 1, &index))
      continue;
    read_parameter (c, name, index, parameters->n_steps, &one);
    g_array_append_val (parameters->all, one);
  }
  return case_ok (c);
}

static DifOptimizerRule
rule_of (Case *c)
{
  json_t          *betas = json_object_get (c->json, "betas");
  DifOptimizerRule rule = DIF_OPTIMIZER_ADAMW_RULE;

  rule.kind = case_is_about (c, "sgd")  ? DIF_OPTIMIZER_SGD :
              case_is_about (c, "adam") ? DIF_OPTIMIZER_ADAM :
                                          DIF_OPTIMIZER_ADAMW;
  if (rule.kind == DIF_OPTIMIZER_ADAMW && json_object_get (c->json, "lr") &&
      ! case_is_about (c, "adamw"))
    case_unknown (c, "optimizer %s", c->id);
  rule.max_norm = case_number_or (c->json, "max_norm", 0.0);
  if (! betas)
    return rule;
  rule.beta1 = json_number_value (json_array_get (betas, 0));
  rule.beta2 = json_number_value (json_array_get (betas, 1));
  rule.eps = case_number (c, c->json, "eps");
  rule.weight_decay = case_number (c, c->json, "weight_decay");
  return rule;
}

static void
compare_step (Case *c, const Parameter *one, guint k)
{
  g_autofree char *after = g_strdup_printf ("after.%u.%u", k, one->index);
  g_autofree char *ema = g_strdup_printf ("ema.%u.%u", k, one->index);

  case_compare (c, after, one->p, one->n);
  case_compare (c, ema, one->ema, one->n);
}

static void
compare_moments (Case *c, const Parameter *one)
{
  g_autofree char *m = g_strdup_printf ("m.%u", one->index);
  g_autofree char *v = g_strdup_printf ("v.%u", one->index);

  case_compare (c, m, one->m, one->n);
  case_compare (c, v, one->v, one->n);
}

/* Of all parameters together; what is clipped by it has it recorded. */
static double
norm_of (Case *c, const Parameters *parameters, guint k)
{
  json_t *norms = json_object_get (c->json, "grad_norms");
  double  norm = 0.0;

  for (guint i = 0; i < parameters->all->len; i++)
    {
      const Parameter *one = &g_array_index (parameters->all, Parameter, i);

      norm += dif_square_sum_f64 (one->g[k], one->n);
    }
  norm = sqrt (norm);
  if (json_array_size (norms) > 0 && json_array_size (norms) != parameters->n_steps)
    case_fail (c, "grad_norms: %u numbers for %u steps", (guint) json_array_size (norms),
               parameters->n_steps);
  else if (json_array_size (norms) > 0)
    case_compare_to (c, "grad_norms", &norm,
                     (double[]) { json_number_value (json_array_get (norms, k)) }, 1, 0.0, 1e-9);
  return norm;
}

static void
walk (Case *c, const Parameters *parameters, const DifOptimizerRule *rule)
{
  Parameter   *all = &g_array_index (parameters->all, Parameter, 0);
  const double rate = case_number (c, c->json, "lr");
  const double decay = case_number (c, c->json, "ema_decay");

  for (guint k = 0; case_ok (c) && k < parameters->n_steps; k++)
    {
      DifUpdate update;

      dif_update_init (&update, rule, k + 1, rate, norm_of (c, parameters, k));
      for (guint i = 0; i < parameters->all->len; i++)
        {
          dif_update_f64 (all[i].p, all[i].g[k], all[i].m, all[i].v, all[i].n, &update);
          dif_average_f64 (all[i].ema, all[i].p, all[i].n, decay);
          compare_step (c, &all[i], k);
        }
    }
  for (guint i = 0; i < parameters->all->len; i++)
    compare_moments (c, &all[i]);
}

/* What is kept in single precision follows what is kept in double. */
static void
walk_single (Case *c, const Parameter *one, guint n_steps, const DifOptimizerRule *rule)
{
  const gsize       n = one->n;
  g_autofree float *numbers = g_new0 (float, 4 * n);
  float            *p = numbers, *g = p + n, *m = g + n, *v = m + n;
  DifUpdate         update;

  for (gsize i = 0; i < n; i++)
    p[i] = (float) one->p[i];
  for (guint k = 0; k < n_steps; k++)
    {
      for (gsize i = 0; i < n; i++)
        g[i] = (float) one->g[k][i];
      dif_update_init (&update, rule, k + 1, 1e-3, 0.0);
      dif_update_f32 (p, g, m, v, n, &update);
      dif_update_f64 (one->p, one->g[k], one->m, one->v, n, &update);
    }
  for (gsize i = 0; i < n; i++)
    {
      const double got = p[i];

      case_compare_to (c, "p", &got, &one->p[i], 1, 1e-6, 1e-5);
    }
}

void
check_optim (Case *c)
{
  static const char *const known[] = { "lr",           "betas",    "eps",
                                       "weight_decay", "max_norm", "grad_norms",
                                       "ema_decay",    "model",    NULL };
  const DifOptimizerRule   rule = rule_of (c);
  g_auto (Parameters) parameters = { NULL };

  case_keys (c, known);
  if (case_ok (c) && json_object_get (c->json, "model"))
    optim_check_network (c, &rule);
  else if (case_ok (c) && parameters_read (&parameters, c))
    {
      if (json_object_get (c->json, "lr"))
        walk (c, &parameters, &rule);
      for (guint i = 0; ! json_object_get (c->json, "lr") && i < parameters.all->len; i++)
        walk_single (c, &g_array_index (parameters.all, Parameter, i), parameters.n_steps, &rule);
    }
}
