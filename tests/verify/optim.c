/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Optimizers and the moving average, in double precision and in single. */

#include <math.h>
#include <string.h>

#include "core/train/optimizer.h"
#include "tests/verify/checks.h"

#define N_PARAMETERS 3
#define N_STEPS      6

typedef struct
{
  gsize   n;
  double *p, *m, *v, *ema;
  double *g[N_STEPS];
} Parameter;

static void
parameter_clear (Parameter *parameter)
{
  g_free (parameter->p);
  g_free (parameter->m);
  g_free (parameter->v);
  g_free (parameter->ema);
  for (guint k = 0; k < N_STEPS; k++)
    g_free (parameter->g[k]);
}

/* The entry "inputs" holds what all others begin with. */
static double *
input (Case *c, const char *tensor, gsize *n)
{
  g_autofree char     *name = g_strconcat ("inputs/", tensor, NULL);
  const DifTensorInfo *info = dif_safetensors_find (c->file, name);
  g_autofree double   *out = NULL;
  GError              *error = NULL;

  if (! info)
    {
      case_fail (c, "there is no tensor \"%s\"", name);
      return NULL;
    }
  *n = info->size;
  out = g_new (double, *n);
  if (dif_safetensors_read_f64 (c->file, info, out, &error))
    return g_steal_pointer (&out);
  case_fail_error (c, error);
  return NULL;
}

static void
parameter_init (Parameter *parameter, Case *c, guint i)
{
  g_autofree char *p = g_strdup_printf ("p.%u", i);
  gsize            n;

  parameter->p = input (c, p, &parameter->n);
  parameter->m = g_new0 (double, parameter->n);
  parameter->v = g_new0 (double, parameter->n);
  parameter->ema = g_new (double, parameter->n);
  if (parameter->p)
    memcpy (parameter->ema, parameter->p, parameter->n * sizeof (double));
  for (guint k = 0; case_ok (c) && k < N_STEPS; k++)
    {
      g_autofree char *g = g_strdup_printf ("g.%u.%u", k, i);

      parameter->g[k] = input (c, g, &n);
      if (case_ok (c) && n != parameter->n)
        case_fail (c, "%s has not the parameter's size", g);
    }
}

static DifOptimizerRule
rule_of (Case *c)
{
  static const struct
  {
    const char      *id;
    DifOptimizerKind kind;
  } kinds[] = { { "inputs", DIF_OPTIMIZER_ADAMW },
                { "adam", DIF_OPTIMIZER_ADAM },
                { "adam_l2", DIF_OPTIMIZER_ADAM },
                { "adam_clip", DIF_OPTIMIZER_ADAM },
                { "adamw", DIF_OPTIMIZER_ADAMW },
                { "sgd_momentum", DIF_OPTIMIZER_SGD },
                { "unet2d_adamw_step1", DIF_OPTIMIZER_ADAMW } };
  json_t          *betas = json_object_get (c->json, "betas");
  DifOptimizerRule rule = DIF_OPTIMIZER_ADAMW_RULE;
  guint            k = 0;

  while (k < G_N_ELEMENTS (kinds) && ! g_str_equal (c->id, kinds[k].id))
    k++;
  if (k == G_N_ELEMENTS (kinds))
    {
      case_unknown (c, "optimizer %s", c->id);
      return rule;
    }
  rule.kind = kinds[k].kind;
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
compare_step (Case *c, const Parameter *parameter, guint k, guint i)
{
  g_autofree char *after = g_strdup_printf ("after.%u.%u", k, i);
  g_autofree char *ema = g_strdup_printf ("ema.%u.%u", k, i);

  case_compare (c, after, parameter->p, parameter->n);
  case_compare (c, ema, parameter->ema, parameter->n);
}

static void
compare_moments (Case *c, const Parameter *parameter, guint i)
{
  g_autofree char *m = g_strdup_printf ("m.%u", i);
  g_autofree char *v = g_strdup_printf ("v.%u", i);

  case_compare (c, m, parameter->m, parameter->n);
  case_compare (c, v, parameter->v, parameter->n);
}

static void
walk (Case *c, Parameter *all, const DifOptimizerRule *rule)
{
  json_t *norms = json_object_get (c->json, "grad_norms");

  for (guint k = 0; case_ok (c) && k < N_STEPS; k++)
    {
      DifUpdate update;
      double    norm = 0.0;

      for (guint i = 0; i < N_PARAMETERS; i++)
        norm += dif_square_sum_f64 (all[i].g[k], all[i].n);
      norm = sqrt (norm);
      if (k < json_array_size (norms))
        case_compare_to (c, "grad_norms", &norm,
                         (double[]) { json_number_value (json_array_get (norms, k)) }, 1, 0.0,
                         1e-9);
      dif_update_init (&update, rule, k + 1, case_number (c, c->json, "lr"), norm);
      for (guint i = 0; i < N_PARAMETERS; i++)
        {
          dif_update_f64 (all[i].p, all[i].g[k], all[i].m, all[i].v, all[i].n, &update);
          dif_average_f64 (all[i].ema, all[i].p, all[i].n, case_number (c, c->json, "ema_decay"));
          compare_step (c, &all[i], k, i);
        }
    }
  for (guint i = 0; case_ok (c) && case_lists (c, "m.0") && i < N_PARAMETERS; i++)
    compare_moments (c, &all[i], i);
}

/* What is kept in single precision follows what is kept in double. */
static void
walk_single (Case *c, const Parameter *parameter, const DifOptimizerRule *rule)
{
  const gsize       n = parameter->n;
  g_autofree float *numbers = g_new0 (float, 4 * n);
  float            *p = numbers, *g = p + n, *m = g + n, *v = m + n;
  DifUpdate         update;

  for (gsize i = 0; i < n; i++)
    p[i] = (float) parameter->p[i];
  for (guint k = 0; k < N_STEPS; k++)
    {
      for (gsize i = 0; i < n; i++)
        g[i] = (float) parameter->g[k][i];
      dif_update_init (&update, rule, k + 1, 1e-3, 0.0);
      dif_update_f32 (p, g, m, v, n, &update);
      dif_update_f64 (parameter->p, parameter->g[k], parameter->m, parameter->v, n, &update);
    }
  for (gsize i = 0; i < n; i++)
    {
      const double got = p[i];

      case_compare_to (c, "p", &got, &parameter->p[i], 1, 1e-6, 1e-5);
    }
}

/* ---- one step of a network ---- */

/* Attention's layers were called otherwise when the file was written. */
static char *
old_name (const char *name)
{
  static const char *const pairs[][2] = { { "to_q", "query" },
                                          { "to_k", "key" },
                                          { "to_v", "value" },
                                          { "to_out.0", "proj_attn" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (GStrv) parts = g_strsplit (name, pairs[i][0], 2);

      if (parts[0] && parts[1])
        return g_strjoinv (pairs[i][1], parts);
    }
  return g_strdup (name);
}

static float *
read_tensor (Case *c, DifSafetensors *file, const char *name, gsize n)
{
  const DifTensorInfo *info = dif_safetensors_find (file, name);
  g_autofree float    *out = g_new (float, n);
  GError              *error = NULL;

  if (! info || info->size != n)
    case_fail (c, "\"%s\" has no tensor \"%s\" of that size", dif_safetensors_name (file), name);
  else if (! dif_safetensors_read_f32 (file, info, out, &error))
    case_fail_error (c, error);
  return case_ok (c) ? g_steal_pointer (&out) : NULL;
}

static void
compare_single (Case *c, const char *kind, const char *name, const float *got, gsize n)
{
  g_autofree char   *tensor = g_strjoin ("/", kind, name, NULL);
  g_autofree double *numbers = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = got[i];
  case_compare (c, tensor, numbers, n);
}

static void
step_tensor (Case *c, DifSafetensors *weights, DifSafetensors *gradients, const char *name,
             const DifUpdate *update)
{
  g_autofree char   *tensor = g_strconcat ("after/", name, NULL);
  g_autofree char   *old = old_name (name);
  g_autofree char   *slope = g_strconcat ("unet2d/grad/", name, NULL);
  gsize              n;
  g_autofree double *after = case_numbers (c, tensor, &n);
  g_autofree float  *g = NULL, *p = NULL, *ema = NULL, *moments = g_new0 (float, 2 * n);

  if (after)
    p = read_tensor (c, weights, dif_safetensors_find (weights, name) ? name : old, n);
  if (p)
    g = read_tensor (c, gradients, slope, n);
  if (! g)
    return;
  ema = g_memdup2 (p, n * sizeof (float));
  dif_update_f32 (p, g, moments, moments + n, n, update);
  dif_average_f32 (ema, p, n, case_number (c, c->json, "ema_decay"));
  compare_single (c, "after", name, p, n);
  compare_single (c, "ema", name, ema, n);
}

static void
check_network (Case *c, const DifOptimizerRule *rule)
{
  const char      *model = case_string (c, c->json, "model");
  g_autofree char *up = g_path_get_dirname (c->folder);
  g_autofree char *file =
      g_build_filename (up, "models", model, "diffusion_pytorch_model.safetensors", NULL);
  g_autofree char           *slopes = g_build_filename (c->folder, "unet_grad.safetensors", NULL);
  GError                    *error = NULL;
  g_autoptr (DifSafetensors) weights = dif_safetensors_open (file, &error);
  g_autoptr (DifSafetensors) gradients = weights ? dif_safetensors_open (slopes, &error) : NULL;
  DifUpdate                  update;
  const char                *key;
  json_t                    *spec;

  if (! gradients)
    {
      case_fail_error (c, error);
      return;
    }
  dif_update_init (&update, rule, 1, case_number (c, c->json, "lr"), 0.0);
  json_object_foreach (json_object_get (c->json, "tensors"), key, spec)
  {
    if (g_str_has_prefix (key, "after/"))
      step_tensor (c, weights, gradients, key + strlen ("after/"), &update);
  }
}

void
check_optim (Case *c)
{
  static const char *const known[] = { "lr",           "betas",    "eps",
                                       "weight_decay", "max_norm", "grad_norms",
                                       "ema_decay",    "model",    NULL };
  const DifOptimizerRule   rule = rule_of (c);
  Parameter                all[N_PARAMETERS] = { { 0 } };

  case_keys (c, known);
  if (case_ok (c) && json_object_get (c->json, "model"))
    {
      check_network (c, &rule);
      return;
    }
  for (guint i = 0; i < N_PARAMETERS && case_ok (c); i++)
    parameter_init (&all[i], c, i);
  if (case_ok (c) && json_object_get (c->json, "lr"))
    walk (c, all, &rule);
  for (guint i = 0; i < N_PARAMETERS && case_ok (c) && ! json_object_get (c->json, "lr"); i++)
    walk_single (c, &all[i], &rule);
  for (guint i = 0; i < N_PARAMETERS; i++)
    parameter_clear (&all[i]);
}
