/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/verify/setup.h"

#include <math.h>

#include "core/base/error.h"
#include "tests/verify/solver.h"
#include "tests/verify/variant.h"

#define DEIS       "DEISMultistepScheduler"
#define DPM        "DPMSolverMultistepScheduler"
#define PNDM       "PNDMScheduler"
#define SINGLESTEP "DPMSolverSinglestepScheduler"
#define UNIPC      "UniPCMultistepScheduler"

static const struct
{
  const char *class_name;
  const char *short_name; /* in timesteps.json */
  const char *sampler;
  gboolean    sigma_frame;
  gboolean    strides;
} schedulers[] = {
  { "DDPMScheduler", "DDPM", "ddpm", FALSE, FALSE },
  { "DDIMScheduler", "DDIM", "ddim", FALSE, TRUE },
  { "EulerDiscreteScheduler", "EulerDiscrete", "euler", TRUE, FALSE },
  { "EulerAncestralDiscreteScheduler", "EulerAncestralDiscrete", "euler-ancestral", TRUE, FALSE },
  { DPM, "DPMSolverMultistep", "dpmpp-2m", FALSE, FALSE },
  { SINGLESTEP, "DPMSolverSinglestep", "dpmpp-2s", FALSE, FALSE },
  { UNIPC, "UniPC", "unipc", FALSE, FALSE },
  { DEIS, "DEIS", "deis", FALSE, FALSE },
  { "DDIMInverseScheduler", "DDIMInverse", "ddim", FALSE, TRUE },
  { "HeunDiscreteScheduler", "HeunDiscrete", "heun", TRUE, FALSE },
  { "KDPM2DiscreteScheduler", "KDPM2Discrete", "dpm2", TRUE, FALSE },
  { "KDPM2AncestralDiscreteScheduler", "KDPM2AncestralDiscrete", "dpm2-ancestral", TRUE, FALSE },
  { "LMSDiscreteScheduler", "LMSDiscrete", "lms", TRUE, FALSE },
  { PNDM, "PNDM", "pndm", FALSE, TRUE },
  { PNDM, "PLMS", "plms", FALSE, TRUE }, /* with skip_prk_steps */
  { "LCMScheduler", "LCM", "lcm", FALSE, FALSE },
  { "TCDScheduler", "TCD", "tcd", FALSE, FALSE },
  { "EDMEulerScheduler", "EDMEuler", "euler", TRUE, FALSE },
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
  { NULL, "thresholding", NULL },
  { NULL, "dynamic_thresholding_ratio", NULL },
  { NULL, "sample_max_value", NULL },
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
  { "EulerDiscreteScheduler", "s_churn", NULL },
  { "EulerDiscreteScheduler", "s_tmin", NULL },
  { "EulerDiscreteScheduler", "s_tmax", NULL },
  { "EulerDiscreteScheduler", "s_noise", NULL },
  { "DDIMInverseScheduler", "clip_sample", NULL },
  { "DDIMInverseScheduler", "set_alpha_to_one", NULL },
  { PNDM, "skip_prk_steps", NULL },
  { PNDM, "set_alpha_to_one", NULL },
  { "LCMScheduler", "clip_sample", NULL },
  { "LCMScheduler", "set_alpha_to_one", NULL }, /* it ends at its own picture */
  { "LCMScheduler", "original_inference_steps", NULL },
  { "TCDScheduler", "clip_sample", NULL },
  { "TCDScheduler", "eta", NULL },
  { "EDMEulerScheduler", "sigma_min", NULL },
  { "EDMEulerScheduler", "sigma_max", NULL },
  { "EDMEulerScheduler", "sigma_data", NULL },
  { "EDMEulerScheduler", "rho", "7.0" },
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

  *setup = (Setup) { .n = n };
  if (g_str_equal (scheduler, PNDM) && json_is_true (json_object_get (config, "skip_prk_steps")))
    scheduler = "PLMS";
  for (guint i = 0; i < G_N_ELEMENTS (schedulers) && ! class_name; i++)
    if (g_str_equal (schedulers[i].class_name, scheduler) ||
        g_str_equal (schedulers[i].short_name, scheduler))
      {
        class_name = schedulers[i].class_name;
        sampler = solver_read (c, class_name, config, schedulers[i].sampler, &setup->solver);
        setup->sampler = dif_sampler_find (sampler);
        setup->sigma_frame = schedulers[i].sigma_frame;
        setup->strides = schedulers[i].strides;
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
  if (setup->plan && g_str_equal (class_name, "DDIMInverseScheduler"))
    {
      g_autoptr (DifPlan) down = g_steal_pointer (&setup->plan);

      setup->plan = dif_plan_new_inverted (down);
      setup->inverse = TRUE;
    }
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

  if (! setup->process->spacing->truncates || ! setup->sampler->whole_steps ||
      ! case_lists (c, "timesteps"))
    return;
  expected = case_numbers (c, "timesteps", &n);
  for (gsize i = 0; expected && i < n && from + i < plan->n; i++)
    if (fabs (expected[i] - plan->steps[from + i].t) == 1.0)
      plan->steps[from + i].t = expected[i];
}

guint
setup_first (const Setup *setup, guint first)
{
  return first > 1 && g_str_equal (setup->sampler->id, "plms") ? first - 1 : first;
}

void
setup_sampling (const Setup *setup, guint from, DifDenoiser *denoiser, DifNoise *noise,
                DifReference *reference, DifSampling *out)
{
  dif_sampling_init (out, setup->sampler, setup->plan->steps + from, setup->plan->n - from,
                     denoiser, noise);
  out->process = setup->process;
  out->solver = &setup->solver;
  out->large_variance = setup->process->large_variance;
  out->mean_velocity = setup->process->prediction == DIF_PREDICTION_V;
  *reference =
      (DifReference) { .second_skipped = from > 0 && g_str_equal (setup->sampler->id, "plms") };
  out->reference = reference;
}

/* Sees nothing, and remembers where it was asked. */
typedef struct
{
  DifDenoiser  parent;
  const Setup *setup;
  Case        *c;
  GArray      *steps;
} Probe;

static void
probe_denoise (DifDenoiser *self, DifContext *context G_GNUC_UNUSED, DifTensor *x,
               const DifStep *step, DifPrediction *out)
{
  const Probe  *probe = (const Probe *) self;
  const DifStep told = variant_told (probe->setup, probe->c, probe->steps->len, step);

  g_array_append_val (probe->steps, told);
  out->x0 = dif_tensor_ref (x);
  out->eps = dif_tensor_ref (x);
}

GArray *
setup_asked (const Setup *setup, Case *c, guint from)
{
  GArray               *steps = g_array_new (FALSE, FALSE, sizeof (DifStep));
  Probe                 probe = { { probe_denoise, NULL }, setup, c, steps };
  g_autoptr (DifTensor) x = dif_context_nhwc (c->context, 1, 1, 1, 1);
  g_autoptr (DifTensor) end = NULL;
  DifSeededNoise        noise;
  DifReference          reference;
  DifSampling           sampling;

  dif_seeded_noise_init (&noise, 1);
  setup_sampling (setup, from, &probe.parent, &noise.parent, &reference, &sampling);
  if (x)
    x->data[0] = 0.0f;
  end = setup->sampler->run (&sampling, c->context, g_steal_pointer (&x));
  return steps;
}

/* The levels between them: each twice, then zeros; DPM2's has a zero before the first, the
 * ancestral one's has the first once. */
static void
compare_middles (const Setup *setup, Case *c, const GArray *asked)
{
  const gboolean     ancestral = g_str_equal (setup->sampler->id, "dpm2-ancestral");
  g_autofree double *ratio = g_new0 (double, asked->len + 3);
  guint              n = ancestral ? 0 : 1;

  for (guint i = 1; i < asked->len; i += 2)
    for (guint k = ancestral && i == 1; k < 2; k++)
      {
        const DifStep *step = &g_array_index (asked, DifStep, i);

        ratio[n++] = step->sigma / step->alpha;
      }
  case_compare (c, "sigmas_interpol", ratio, asked->len + 3);
}

/* The ladder of sigma / alpha as the scheduler keeps it: where it asks, and the end; DPM2's has
 * every level but the first twice and the end once more, and those between them apart. */
static void
compare_ladder (const Setup *setup, Case *c, guint from, const GArray *asked)
{
  const DifPlan     *plan = setup->plan;
  const gboolean     apart = g_str_has_prefix (setup->sampler->id, "dpm2");
  g_autofree double *ratio = g_new0 (double, 2 * (asked->len + plan->n) + 2);
  guint              n = 0;

  for (guint i = 0; i < asked->len && ! apart; i++)
    {
      const DifStep *step = &g_array_index (asked, DifStep, i);

      ratio[n++] = step->sigma / step->alpha;
    }
  for (guint i = from; i < plan->n && apart; i++)
    for (guint k = i == from; k < 2; k++)
      ratio[n++] = plan->steps[i].sigma / plan->steps[i].alpha;
  for (guint k = 0; k < (apart ? 3 : 1); k++)
    ratio[n++] = plan->steps[plan->n].sigma / plan->steps[plan->n].alpha;
  case_compare (c, "sigmas", ratio, n);
  if (! case_lists (c, "sigmas_interpol"))
    return;
  compare_middles (setup, c, asked);
}

void
setup_compare_plan (const Setup *setup, Case *c, guint from)
{
  g_autoptr (GArray) asked = NULL;
  g_autofree double *t = NULL;

  if (! case_ok (c))
    return;
  if (from >= setup->plan->n)
    {
      case_fail (c, "step %u is beyond the %u of the plan", from, setup->plan->n);
      return;
    }
  take_truncated (setup, c, from);
  asked = setup_asked (setup, c, from);
  t = g_new (double, asked->len);
  for (guint i = 0; i < asked->len; i++)
    t[i] = g_array_index (asked, DifStep, i).t;
  case_compare (c, "timesteps", t, asked->len);
  if (case_lists (c, "sigmas"))
    compare_ladder (setup, c, from, asked);
}
