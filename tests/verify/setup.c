/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/setup.h"

#include <math.h>

#include "core/base/error.h"
#include "tests/verify/solver.h"

#define DEIS       "DEISMultistepScheduler"
#define DPM        "DPMSolverMultistepScheduler"
#define SINGLESTEP "DPMSolverSinglestepScheduler"
#define UNIPC      "UniPCMultistepScheduler"

static const struct
{
  const char *class_name;
  const char *short_name; /* in timesteps.json */
  const char *sampler;
  gboolean    sigma_frame;
} schedulers[] = {
  { "DDPMScheduler", "DDPM", "ddpm", FALSE },
  { "DDIMScheduler", "DDIM", "ddim", FALSE },
  { "EulerDiscreteScheduler", "EulerDiscrete", "euler", TRUE },
  { "EulerAncestralDiscreteScheduler", "EulerAncestralDiscrete", "euler-ancestral", TRUE },
  { DPM, "DPMSolverMultistep", "dpmpp-2m", FALSE },
  { SINGLESTEP, "DPMSolverSinglestep", "dpmpp-2s", FALSE },
  { UNIPC, "UniPC", "unipc", FALSE },
  { DEIS, "DEIS", "deis", FALSE },
};

/* What configurations and arguments of step functions may say: with a value where only that
 * one is built in, without one where the core reads the key or it does not matter. */
static const struct
{
  const char *class_name; /* NULL for all */
  const char *key;
  const char *value; /* as JSON */
} allowed[] = {
  { NULL, "_diffusers_version", NULL },
  { NULL, "num_train_timesteps", NULL },
  { NULL, "beta_start", NULL },
  { NULL, "beta_end", NULL },
  { NULL, "beta_schedule", NULL },
  { NULL, "trained_betas", "null" },
  { NULL, "prediction_type", NULL },
  { NULL, "timestep_spacing", NULL },
  { NULL, "steps_offset", NULL },
  { NULL, "rescale_betas_zero_snr", NULL },
  { NULL, "thresholding", "false" },
  { NULL, "dynamic_thresholding_ratio", NULL }, /* of thresholding */
  { NULL, "sample_max_value", NULL },           /* likewise */
  { NULL, "use_karras_sigmas", NULL },
  { NULL, "use_exponential_sigmas", NULL },
  { NULL, "use_beta_sigmas", NULL },
  { NULL, "use_lu_lambdas", NULL },
  { NULL, "use_flow_sigmas", "false" },
  { NULL, "flow_shift", NULL }, /* of use_flow_sigmas */
  { NULL, "final_sigmas_type", NULL },
  { "DDPMScheduler", "clip_sample", NULL },
  { "DDPMScheduler", "clip_sample_range", NULL },
  { "DDPMScheduler", "variance_type", NULL },
  { "DDIMScheduler", "clip_sample", NULL },
  { "DDIMScheduler", "clip_sample_range", NULL },
  { "DDIMScheduler", "set_alpha_to_one", NULL },
  { "DDIMScheduler", "eta", NULL },
  { "DDIMScheduler", "use_clipped_model_output", NULL },
  { "EulerDiscreteScheduler", "interpolation_type", "\"linear\"" },
  { "EulerDiscreteScheduler", "timestep_type", "\"discrete\"" },
  { "EulerDiscreteScheduler", "sigma_min", "null" },
  { "EulerDiscreteScheduler", "sigma_max", "null" },
  { "EulerDiscreteScheduler", "s_churn", "0.0" },
  { DPM, "lambda_min_clipped", NULL },
  { DPM, "solver_order", NULL },
  { DPM, "algorithm_type", NULL },
  { DPM, "solver_type", NULL },
  { DPM, "lower_order_final", NULL },
  { DPM, "euler_at_final", NULL },
  { DPM, "variance_type", "null" },
  { SINGLESTEP, "solver_order", "2" },
  { SINGLESTEP, "algorithm_type", NULL },
  { SINGLESTEP, "solver_type", NULL },
  { SINGLESTEP, "lower_order_final", NULL },
  { SINGLESTEP, "lambda_min_clipped", NULL },
  { UNIPC, "solver_order", NULL },
  { UNIPC, "solver_type", NULL },
  { UNIPC, "lower_order_final", NULL },
  { UNIPC, "predict_x0", NULL },
  { UNIPC, "disable_corrector", "[]" },
  { UNIPC, "solver_p", "null" },
  { DEIS, "solver_order", NULL },
  { DEIS, "algorithm_type", "\"deis\"" },
  { DEIS, "solver_type", "\"logrho\"" },
  { DEIS, "lower_order_final", NULL },
};

static gboolean
is_allowed (const char *class_name, const char *key, json_t *value)
{
  char    *text = json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT);
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (allowed) && ! found; i++)
    found = (! allowed[i].class_name || g_str_equal (allowed[i].class_name, class_name)) &&
            g_str_equal (allowed[i].key, key) &&
            (! allowed[i].value || g_strcmp0 (allowed[i].value, text) == 0);
  free (text);
  return found;
}

static void
check_keys (Case *c, const char *class_name, json_t *object)
{
  const char *key;
  json_t     *value;

  json_object_foreach (object, key, value)
  {
    if (! is_allowed (class_name, key, value))
      case_unknown (c, "scheduler %s with %s", class_name, key);
  }
}

static DifProcess *
read_process (const char *class_name, json_t *config, GError **error)
{
  json_t *named = config ? json_copy (config) : json_object ();
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifProcess) process = NULL;

  json_object_set_new (named, "_class_name", json_string (class_name));
  dif_json_reader_init (&reader, named, "config");
  json_decref (named);
  process = dif_process_new (&reader);
  if (! dif_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&process);
}

/* The key that the core refuses by itself. */
static const char *
refused_key (const char *class_name, json_t *config)
{
  const char *key;
  json_t     *value;

  json_object_foreach (config, key, value)
  {
    json_t                *alone = json_object ();
    g_autoptr (GError)     error = NULL;
    g_autoptr (DifProcess) process = NULL;

    json_object_set (alone, key, value);
    process = read_process (class_name, alone, &error);
    json_decref (alone);
    if (g_error_matches (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED))
      return key;
  }
  return "a combination of keys";
}

static void
init_process (Setup *setup, Case *c, const char *class_name, json_t *config)
{
  GError *error = NULL;

  setup->process = read_process (class_name, config, &error);
  if (setup->process)
    return;
  if (g_error_matches (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED))
    {
      case_unknown (c, "scheduler %s with %s", class_name, refused_key (class_name, config));
      g_clear_error (&error);
    }
  else
    case_fail_error (c, error);
}

void
setup_init (Setup *setup, Case *c, const char *scheduler, json_t *config, json_t *step_args,
            guint n)
{
  const char *class_name = NULL;
  const char *sampler = NULL;

  *setup = (Setup) { NULL };
  for (guint i = 0; i < G_N_ELEMENTS (schedulers); i++)
    if (g_str_equal (schedulers[i].class_name, scheduler) ||
        g_str_equal (schedulers[i].short_name, scheduler))
      {
        class_name = schedulers[i].class_name;
        sampler = solver_read (c, class_name, config, schedulers[i].sampler, &setup->solver);
        setup->sampler = dif_sampler_find (sampler);
        setup->sigma_frame = schedulers[i].sigma_frame;
      }
  if (! setup->sampler)
    case_unknown (c, "scheduler %s", scheduler);
  if (! case_ok (c))
    return;
  check_keys (c, class_name, config);
  check_keys (c, class_name, step_args);
  if (case_ok (c))
    init_process (setup, c, class_name, config);
  if (setup->process && g_str_equal (class_name, DEIS))
    setup->process->end_at_lowest = TRUE; /* whatever its configuration says */
  if (setup->process && n > 0)
    setup->plan = dif_plan_new (setup->process, setup->sampler, setup->process->spacing, n);
}

void
setup_clear (Setup *setup)
{
  g_clear_pointer (&setup->process, dif_process_free);
  g_clear_pointer (&setup->plan, dif_plan_free);
}

/* The reference cuts timesteps of noise levels off in single precision, where 999 may be
 * 998.9999: they may differ by 1, and then its own are walked. */
static void
take_truncated (const Setup *setup, Case *c, guint from)
{
  const DifPlan     *plan = setup->plan;
  gsize              n;
  g_autofree double *expected = NULL;

  if (! setup->process->spacing->truncates || ! setup->sampler->whole_steps)
    return;
  expected = case_numbers (c, "timesteps", &n);
  for (gsize i = 0; expected && i < n && from + i < plan->n; i++)
    if (fabs (expected[i] - plan->steps[from + i].t) == 1.0)
      plan->steps[from + i].t = expected[i];
}

void
setup_compare_plan (const Setup *setup, Case *c, guint from)
{
  const DifPlan     *plan = setup->plan;
  g_autofree double *t = NULL;
  g_autofree double *ratio = NULL;

  if (! case_ok (c))
    return;
  if (from >= plan->n)
    {
      case_fail (c, "step %u is beyond the %u of the plan", from, plan->n);
      return;
    }
  take_truncated (setup, c, from);
  t = g_new (double, plan->n);
  ratio = g_new (double, plan->n + 1);
  for (guint i = 0; i <= plan->n; i++)
    {
      ratio[i] = plan->steps[i].sigma / plan->steps[i].alpha;
      if (i < plan->n)
        t[i] = plan->steps[i].t;
    }
  case_compare (c, "timesteps", t + from, plan->n - from);
  if (case_lists (c, "sigmas"))
    case_compare (c, "sigmas", ratio + from, plan->n + 1 - from);
}
