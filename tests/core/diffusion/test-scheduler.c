/* SPDX-License-Identifier: GPL-3.0-or-later */

/* schedulers.json: what each scheduler of diffusers 0.35 saves with its defaults, as Python writes
 * it, -Infinity and all.  (Amused and VQDiffusion have no defaults for one key each.) */

#include <string.h>

#include "core/base/error.h"
#include "core/diffusion/process.h"
#include "core/diffusion/scheduler.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

/* Of the others networks are noised, or are told of it, in another way. */
static const char *const ours[] = { "DDIMInverseScheduler",
                                    "DDIMParallelScheduler",
                                    "DDIMScheduler",
                                    "DDPMParallelScheduler",
                                    "DDPMScheduler",
                                    "DEISMultistepScheduler",
                                    "DPMSolverMultistepInverseScheduler",
                                    "DPMSolverMultistepScheduler",
                                    "DPMSolverSDEScheduler",
                                    "DPMSolverSinglestepScheduler",
                                    "EDMDPMSolverMultistepScheduler",
                                    "EDMEulerScheduler",
                                    "EulerAncestralDiscreteScheduler",
                                    "EulerDiscreteScheduler",
                                    "FlowMatchEulerDiscreteScheduler",
                                    "FlowMatchHeunDiscreteScheduler",
                                    "HeunDiscreteScheduler",
                                    "KDPM2AncestralDiscreteScheduler",
                                    "KDPM2DiscreteScheduler",
                                    "LCMScheduler",
                                    "LMSDiscreteScheduler",
                                    "PNDMScheduler",
                                    "RePaintScheduler",
                                    "SASolverScheduler",
                                    "ScoreSdeVeScheduler",
                                    "TCDScheduler",
                                    "UnCLIPScheduler",
                                    "UniPCMultistepScheduler",
                                    NULL };

static json_t *
load_all (void)
{
  g_autofree char   *path = g_build_filename (g_getenv ("DIF_MODELS"), "..", "tests", "core",
                                              "diffusion", "schedulers.json", NULL);
  g_autoptr (GError) error = NULL;
  json_t            *all = dif_json_load (path, &error);

  g_assert_no_error (error);
  return all;
}

static DifProcess *
read_process (json_t *json, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  DifProcess *process;

  dif_json_reader_init (&reader, json, "scheduler_config.json");
  process = dif_process_new (&reader);
  g_assert_cmpint (process != NULL, ==, ! reader.error);
  dif_json_reader_finish (&reader, error);
  return process;
}

static void
assert_same (const DifProcess *a, const DifProcess *b)
{
  g_assert_true (a->kind == b->kind);
  g_assert_cmpuint (a->usable, ==, b->usable);
  g_assert_cmpint (a->prediction, ==, b->prediction);
  g_assert_true (a->spacing == b->spacing && a->schedule == b->schedule);
  g_assert_true (a->set_alpha_to_one == b->set_alpha_to_one && a->clip == b->clip &&
                 a->end_at_lowest == b->end_at_lowest && a->thresholding == b->thresholding &&
                 a->large_variance == b->large_variance);
  g_assert_true (a->clip_range == b->clip_range && a->sigma_min == b->sigma_min &&
                 a->sigma_max == b->sigma_max && a->sigma_data == b->sigma_data);
  g_assert_true (a->shift == b->shift && a->n_train_steps == b->n_train_steps);
  if (! a->kind->has_steps)
    return;
  g_assert_cmpmem (a->alphas_cumprod, a->n_train_steps * sizeof (double), b->alphas_cumprod,
                   b->n_train_steps * sizeof (double));
}

/* Each file is read, and means what its class's name alone means; or it is refused by that name. */
static void
test_saved (void)
{
  json_t     *all = load_all ();
  const char *name;
  json_t     *saved;

  g_assert_cmpuint (json_object_size (all), ==, 41);
  json_object_foreach (all, name, saved)
  {
    g_autoptr (GError)     error = NULL;
    g_autoptr (DifProcess) process = read_process (saved, &error);
    json_t                *bare = json_pack ("{s:s}", "_class_name", name);
    g_autoptr (DifProcess) taken = read_process (bare, NULL);

    json_decref (bare);
    if (g_strv_contains (ours, name))
      {
        g_assert_no_error (error);
        if (process && taken)
          assert_same (process, taken);
        else
          g_test_fail_printf ("%s is not read", name);
        continue;
      }
    if (process || taken)
      g_test_fail_printf ("%s is read", name);
    g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, name));
    g_assert_nonnull (strstr (error->message, "belongs to"));
  }
  json_decref (all);
}

/* A null, in Python None, is never wrong where diffusers has a value to fall back on: of switches
 * it is false. */
static void
test_nulls (void)
{
  json_t *all = load_all ();

  for (guint i = 0; ours[i]; i++)
    {
      json_t     *saved = json_deep_copy (json_object_get (all, ours[i]));
      const char *key;
      json_t     *value;
      void       *next;

      json_object_foreach_safe (saved, next, key, value)
      {
        g_autoptr (GError)     error = NULL;
        g_autoptr (DifProcess) process = NULL;

        if (g_str_equal (key, "_class_name"))
          continue;
        value = json_deep_copy (value);
        json_object_set_new (saved, key, json_null ());
        process = read_process (saved, &error);
        g_assert_no_error (error);
        if (process && g_str_equal (key, "clip_sample"))
          g_assert_false (process->clip);
        json_object_set_new (saved, key, value);
      }
      json_decref (saved);
    }
  json_decref (all);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *json;
    const char *words[2];
  } refused[] = {
    { "{'_class_name': 'FlowMatchLCMScheduler', 'shift': 3.0}",
      { "FlowMatchLCMScheduler", "flow-matching model" } },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'use_dynamic_shifting': true}",
      { "use_dynamic_shifting", "flow-matching" } },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'invert_sigmas': true}",
      { "invert_sigmas", "flow-matching" } },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift_terminal': 0.1}",
      { "shift_terminal", "flow-matching" } },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'prediction_type': 'epsilon'}",
      { "prediction_type", "epsilon" } },
    { "{'_class_name': 'FlowMapEulerDiscreteScheduler'}",
      { "FlowMapEulerDiscreteScheduler", "flow-matching model" } },
    { "{'_class_name': 'LTXEulerAncestralRFScheduler'}",
      { "LTXEulerAncestralRFScheduler", "flow-matching model" } },
    { "{'_class_name': 'FlaxKarrasVeScheduler'}", { "FlaxKarrasVeScheduler", "Karras VE" } },
    { "{'_class_name': 'NoSuchScheduler'}", { "NoSuchScheduler", "not known" } },
    { "{'_class_name': 'DDPM2Scheduler'}", { "DDPM2Scheduler", "not known" } },
    { "{'_class_name': 'Scheduler'}", { "Scheduler", "not known" } },
    { "{'_class_name': ''}", { "“”", "not known" } },
    { "{'_class_name': 'UniPCMultistepScheduler', 'use_flow_sigmas': true}",
      { "use_flow_sigmas", "flow-matching model" } },
    { "{'_class_name': 'DPMSolverMultistepScheduler', 'prediction_type': 'flow_prediction'}",
      { "flow_prediction", "flow-matching model" } },
    { "{'_class_name': 'EulerDiscreteScheduler', 'timestep_type': 'continuous'}",
      { "timestep_type", "continuous" } },
    { "{'_class_name': 'EDMEulerScheduler', 'sigma_schedule': 'linear'}",
      { "sigma_schedule", "linear" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      GError *error = NULL;

      g_assert_null (test_process (refused[i].json, &error));
      test_assert_error (error, DIF_ERROR_UNSUPPORTED, refused[i].words[0], refused[i].words[1],
                         "scheduler_config.json", NULL);
    }
}

/* Files of any length make short messages. */
static void
test_long_name (void)
{
  g_autofree char *name = g_strnfill (100000, 'x');
  g_autofree char *json = g_strdup_printf ("{'_class_name': '%s\\u0007'}", name);
  GError          *error = NULL;

  g_assert_null (test_process (json, &error));
  g_assert_cmpuint (strlen (error->message), <, 500);
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "_class_name", NULL);
}

static void
test_read (void)
{
  g_autoptr (DifProcess) none = test_process ("{}", NULL);
  g_autoptr (DifProcess) null = test_process ("{'_class_name': null}", NULL);
  g_autoptr (DifProcess) flax = test_process ("{'_class_name': 'FlaxPNDMScheduler'}", NULL);
  g_autoptr (DifProcess) edm = test_process ("{'_class_name': 'EDMDPMSolverMultistepScheduler', "
                                             "'sigma_schedule': 'exponential'}",
                                             NULL);
  g_autoptr (DifProcess) unbound = test_process (
      "{'_class_name': 'DDPMScheduler', 'clip_sample_range': Infinity, 'thresholding': true, "
      "'sample_max_value': Infinity, 'lambda_min_clipped': -Infinity}",
      NULL);
  g_autoptr (DifProcess) idle = test_process (
      "{'clip_sample': false, 'clip_sample_range': NaN, 'sample_max_value': -3, 'beta_schedule': "
      "'squaredcos_cap_v2', 'beta_start': null, 'beta_end': 7, 'dynamic_thresholding_ratio': 9}",
      NULL);

  g_assert_true (none && none->clip && g_str_equal (none->spacing->id, "leading"));
  g_assert_true (null && null->clip);
  g_assert_true (flax && ! flax->set_alpha_to_one);
  g_assert_true (edm && g_str_equal (edm->spacing->id, "exponential"));
  g_assert_true (unbound && unbound->clip_range >= 1e6 && unbound->threshold_most >= 1e6 &&
                 unbound->usable == 1000);
  g_assert_true (idle && ! idle->clip); /* what is not used may be anything */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/scheduler/saved", test_saved);
  g_test_add_func ("/scheduler/nulls", test_nulls);
  g_test_add_func ("/scheduler/refused", test_refused);
  g_test_add_func ("/scheduler/long-name", test_long_name);
  g_test_add_func ("/scheduler/read", test_read);
  return g_test_run ();
}
