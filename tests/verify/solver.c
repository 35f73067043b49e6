/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/solver.h"

static const char *
text_or (json_t *config, const char *key, const char *missing)
{
  const char *text = json_string_value (json_object_get (config, key));

  return text ? text : missing;
}

static gboolean
is_true_or (json_t *config, const char *key, gboolean missing)
{
  json_t *value = json_object_get (config, key);

  return json_is_boolean (value) ? json_is_true (value) : missing;
}

static void
read_type (Case *c, const char *type, DifSolver *out)
{
  static const char *const usual[] = { "midpoint", "logrho", "bh2", NULL };

  out->heun = g_str_equal (type, "heun");
  out->bh1 = g_str_equal (type, "bh1");
  if (! out->heun && ! out->bh1 && ! g_strv_contains (usual, type))
    case_unknown (c, "solver_type %s", type);
}

/* DEIS has one form, which is its own. */
static gboolean
read_form (Case *c, const char *form, DifSolver *out)
{
  out->eps_form = out->eps_form || g_str_equal (form, "dpmsolver");
  if (g_str_equal (form, "sde-dpmsolver++"))
    return TRUE;
  if (! out->eps_form && ! g_str_equal (form, "dpmsolver++") && ! g_str_equal (form, "deis"))
    case_unknown (c, "algorithm_type %s", form);
  return FALSE;
}

const char *
solver_read (Case *c, const char *class_name, json_t *config, const char *sampler, DifSolver *out)
{
  const gboolean singlestep = g_str_equal (class_name, "DPMSolverSinglestepScheduler");
  gboolean       sde;

  *out = (DifSolver) { .order = case_count_or_0 (c, config, "solver_order"),
                       .first_order_end = is_true_or (config, "euler_at_final", FALSE),
                       .full_order_end = ! is_true_or (config, "lower_order_final", ! singlestep),
                       .eps_form = ! is_true_or (config, "predict_x0", TRUE) };
  read_type (c, text_or (config, "solver_type", "midpoint"), out);
  sde = read_form (c, text_or (config, "algorithm_type", "dpmsolver++"), out);
  if (! g_str_equal (sampler, "dpmpp-2m"))
    {
      if (sde)
        case_unknown (c, "%s with fresh noise", class_name);
      return sampler;
    }
  /* the reference's curvature does not vanish for short steps; the core's own is k-diffusion's */
  if (sde && out->order > 2)
    case_unknown (c, "%s of order %u with fresh noise", class_name, out->order);
  if (sde)
    return "dpmpp-2m-sde";
  return out->order == 3 ? "dpmpp-3m" : sampler;
}
