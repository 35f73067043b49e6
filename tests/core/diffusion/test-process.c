/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/base/error.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

typedef struct
{
  const char *json;
  DifError    code;
  const char *word;
} Bad;

/* D01 to D07 of the catalogue of bad inputs, and what would change the numbers unseen */
static const Bad bad[] = {
  { "{'num_train_timesteps': 0}", DIF_ERROR_VALUE, "num_train_timesteps" },
  { "{'num_train_timesteps': 1000000000}", DIF_ERROR_LIMIT, "num_train_timesteps" },
  { "{'num_train_timesteps': -1}", DIF_ERROR_VALUE, "num_train_timesteps" },
  { "{'num_train_timesteps': '1000'}", DIF_ERROR_SCHEMA, "num_train_timesteps" },
  { "{'beta_start': 0.03, 'beta_end': 0.02}", DIF_ERROR_VALUE, "beta_end" },
  { "{'beta_start': 0}", DIF_ERROR_VALUE, "beta_start" },
  { "{'beta_start': -1e-4}", DIF_ERROR_VALUE, "beta_start" },
  { "{'beta_end': 1.0}", DIF_ERROR_VALUE, "beta_end" },
  { "{'beta_end': 1.5}", DIF_ERROR_VALUE, "beta_end" },
  { "{'beta_start': '0,0001'}", DIF_ERROR_SCHEMA, "beta_start" },
  { "{'prediction_type': 'flow'}", DIF_ERROR_UNSUPPORTED, "flow" },
  { "{'timestep_spacing': 'karras'}", DIF_ERROR_UNSUPPORTED, "karras" },
  { "{'variance_type': 'fixed_medium'}", DIF_ERROR_UNSUPPORTED, "fixed_medium" },
  { "{'thresholding': true, 'dynamic_thresholding_ratio': 1.5}", DIF_ERROR_VALUE,
    "dynamic_thresholding_ratio" },
  { "{'original_inference_steps': 0}", DIF_ERROR_VALUE, "original_inference_steps" },
  { "{'beta_schedule': 'rising'}", DIF_ERROR_UNSUPPORTED, "rising" },
  { "{'trained_betas': []}", DIF_ERROR_VALUE, "trained_betas" },
  { "{'trained_betas': [0.1, 1.0, 1.0]}", DIF_ERROR_VALUE, "number 2" },
  { "{'trained_betas': [1.0]}", DIF_ERROR_VALUE, "number 1" },
  { "{'trained_betas': [0.1, 1.1]}", DIF_ERROR_VALUE, "number 2" },
  { "{'trained_betas': [0.1, Infinity]}", DIF_ERROR_VALUE, "number 2" },
  { "{'trained_betas': [0.1, NaN, 0.2]}", DIF_ERROR_VALUE, "number 2" },
  { "{'trained_betas': 0.1}", DIF_ERROR_VALUE, "trained_betas" },
  { "{'trained_betas': [0.1, 0.2], 'steps_offset': 2}", DIF_ERROR_VALUE, "steps_offset" },
  { "{'beta_end': Infinity}", DIF_ERROR_VALUE, "beta_end" },
  { "{'trained_betas': ['0.1']}", DIF_ERROR_VALUE, "trained_betas" },
  { "{'final_sigmas_type': 'max'}", DIF_ERROR_UNSUPPORTED, "max" },
  { "{'_class_name': 'EDMEulerScheduler', 'sigma_min': 90}", DIF_ERROR_VALUE, "sigma_min" },
  { "{'clip_sample': 1}", DIF_ERROR_SCHEMA, "clip_sample" },
  { "{'clip_sample_range': 0}", DIF_ERROR_VALUE, "clip_sample_range" },
  { "{'num_train_timesteps': 10, 'steps_offset': 10}", DIF_ERROR_VALUE, "steps_offset" },
  { "{'steps_offset': -1}", DIF_ERROR_VALUE, "steps_offset" },
};

static void
test_bad (gconstpointer data)
{
  const Bad *b = data;
  GError    *error = NULL;

  g_assert_null (test_process (b->json, &error));
  test_assert_error (error, (gint) b->code, b->word, "scheduler_config.json", NULL);
}

static void
test_defaults (void)
{
  g_autoptr (DifProcess) p = test_process ("{}", NULL);

  g_assert_nonnull (p);
  g_assert_cmpuint (p->n_train_steps, ==, 1000);
  g_assert_cmpstr (p->schedule->id, ==, "linear");
  g_assert_cmpstr (p->spacing->id, ==, "leading");
  g_assert_cmpint (p->prediction, ==, DIF_PREDICTION_EPSILON);
  g_assert_cmpstr (dif_prediction_name (p->prediction), ==, "epsilon");
  g_assert_true (p->clip && p->set_alpha_to_one && ! p->large_variance);
  g_assert_cmpfloat (p->clip_range, ==, 1.0);
}

/* Schedulers differ in what they do unless told. */
static void
test_classes (void)
{
  g_autoptr (DifProcess) ddim = test_process ("{'_class_name': 'DDIMScheduler'}", NULL);
  g_autoptr (DifProcess) euler = test_process ("{'_class_name': 'EulerDiscreteScheduler'}", NULL);
  g_autoptr (DifProcess) large = test_process ("{'variance_type': 'fixed_large'}", NULL);
  g_autoptr (DifProcess) pndm = test_process ("{'_class_name': 'PNDMScheduler'}", NULL);
  g_autoptr (DifProcess) lcm = test_process ("{'_class_name': 'LCMScheduler'}", NULL);
  g_autoptr (DifProcess) tcd =
      test_process ("{'_class_name': 'TCDScheduler', 'set_alpha_to_one': true}", NULL);
  g_autoptr (DifProcess) limited = test_process (
      "{'thresholding': true, 'dynamic_thresholding_ratio': 0.9, 'sample_max_value': 1.5}", NULL);

  g_assert_true (ddim->clip);
  g_assert_cmpstr (ddim->spacing->id, ==, "leading");
  g_assert_false (euler->clip);
  g_assert_cmpstr (euler->spacing->id, ==, "linspace");
  g_assert_true (large->large_variance);
  g_assert_false (large->thresholding);
  g_assert_true (! pndm->clip && ! pndm->set_alpha_to_one);
  g_assert_cmpstr (pndm->spacing->id, ==, "leading");
  g_assert_true (! lcm->clip && lcm->set_alpha_to_one);
  g_assert_cmpuint (lcm->original_steps, ==, 50);
  g_assert_false (tcd->set_alpha_to_one); /* whatever it says */
  g_assert_true (limited->thresholding);
  g_assert_cmpfloat (limited->threshold_ratio, ==, 0.9);
  g_assert_cmpfloat (limited->threshold_most, ==, 1.5);
}

/* What networks with twice the channels tell; nothing said is the form that is in use, since most
 * schedulers do not have the key. */
static void
test_variance (void)
{
  static const struct
  {
    const char     *json;
    DifToldVariance told;
    gboolean        large;
  } kinds[] = {
    { "{}", DIF_TOLD_RANGE, FALSE },
    { "{'variance_type': null}", DIF_TOLD_RANGE, FALSE },
    { "{'_class_name': 'DDIMScheduler'}", DIF_TOLD_RANGE, FALSE },
    { "{'variance_type': 'learned_range'}", DIF_TOLD_RANGE, FALSE },
    { "{'variance_type': 'learned'}", DIF_TOLD_UNCLEAR, FALSE },
    { "{'variance_type': 'fixed_small'}", DIF_TOLD_IGNORED, FALSE },
    { "{'variance_type': 'fixed_small_log'}", DIF_TOLD_IGNORED, FALSE },
    { "{'variance_type': 'fixed_large'}", DIF_TOLD_IGNORED, TRUE },
    { "{'variance_type': 'fixed_large_log'}", DIF_TOLD_IGNORED, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (DifProcess) p = test_process (kinds[i].json, NULL);

      g_assert_nonnull (p);
      g_assert_cmpint (p->told, ==, kinds[i].told);
      g_assert_cmpint (p->large_variance, ==, kinds[i].large);
    }
}

static double
beta_of (const char *schedule, guint t)
{
  double fraction = t / 999.0;

  if (g_str_equal (schedule, "linear"))
    return 1e-4 + (0.02 - 1e-4) * fraction;
  if (g_str_equal (schedule, "scaled_linear"))
    return pow (sqrt (1e-4) + (sqrt (0.02) - sqrt (1e-4)) * fraction, 2.0);
  if (g_str_equal (schedule, "sigmoid"))
    return 1e-4 + (0.02 - 1e-4) / (1.0 + exp (6.0 - 12.0 * fraction));
  if (g_str_equal (schedule, "exp"))
    return 1.0 - exp (-12.0 / 1000.0);
  return MIN (1.0 - pow (cos (((t + 1) / 1000.0 + 0.008) / 1.008 * G_PI / 2) /
                             cos ((t / 1000.0 + 0.008) / 1.008 * G_PI / 2),
                         2.0),
              0.999);
}

static void
test_alphas (void)
{
  guint                     n;
  const DifSchedule *const *rows = dif_schedules (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char       *json = g_strdup_printf ("{'beta_schedule': '%s'}", rows[i]->id);
      g_autoptr (DifProcess) p = test_process (json, NULL);
      double                 product = 1.0;

      g_assert_nonnull (p);
      if (g_str_equal (rows[i]->id, "laplace"))
        continue;
      g_assert_true (dif_schedule_find (rows[i]->id) == rows[i] && p->schedule == rows[i]);
      for (guint t = 0; t < 1000; t++)
        {
          product *= 1.0 - beta_of (rows[i]->id, t);
          g_assert_cmpfloat (fabs (p->alphas_cumprod[t] / product - 1.0), <=, 1e-9);
        }
    }
  g_assert_null (dif_schedule_find (NULL));
}

/* diffusers' own numbers */
static void
test_laplace (void)
{
  static const guint     t[] = { 0, 250, 500, 750, 999 };
  static const double    expected[] = { 0.978846242799588, 0.7654326237466778, 0.7072832705588378,
                                        0.6435381595134082, 0.03162277660168381 };
  g_autoptr (DifProcess) p = test_process ("{'beta_schedule': 'laplace'}", NULL);

  g_assert_cmpstr (dif_process_name (p), ==, "laplace");
  for (guint i = 0; i < G_N_ELEMENTS (t); i++)
    g_assert_cmpfloat_with_epsilon (p->alphas_cumprod[t[i]], expected[i], 1e-12);
}

static void
test_step (void)
{
  g_autoptr (DifProcess) p = test_process ("{}", NULL);
  double                 ratio[2];

  for (double t = 0.0; t <= 999.0; t += 37.0)
    {
      DifStep step = dif_process_step (p, t);

      g_assert_cmpfloat (step.t, ==, t);
      g_assert_cmpfloat_with_epsilon (step.alpha, sqrt (p->alphas_cumprod[(guint) t]), 1e-15);
      g_assert_cmpfloat_with_epsilon (hypot (step.alpha, step.sigma), 1.0, 1e-15);
    }
  for (guint i = 0; i < 2; i++)
    {
      DifStep step = dif_process_step (p, 400.0 + i);

      ratio[i] = step.sigma / step.alpha;
    }
  {
    DifStep between = dif_process_step (p, 400.25);

    g_assert_cmpfloat_with_epsilon (hypot (between.alpha, between.sigma), 1.0, 1e-15);
    g_assert_cmpfloat_with_epsilon (between.sigma / between.alpha,
                                    0.75 * ratio[0] + 0.25 * ratio[1], 1e-12);
  }
}

static void
test_find (void)
{
  g_autoptr (DifProcess) p = test_process ("{}", NULL);

  for (double t = 0.0; t <= 999.0; t += 37.0)
    {
      DifStep step = dif_process_step (p, t);

      g_assert_cmpfloat_with_epsilon (dif_process_find (p, step.sigma / step.alpha), t, 1e-6);
    }
  {
    DifStep below = dif_process_step (p, 400.0);
    DifStep above = dif_process_step (p, 401.0);
    double  middle = sqrt (below.sigma / below.alpha * above.sigma / above.alpha);

    g_assert_cmpfloat_with_epsilon (dif_process_find (p, middle), 400.5, 1e-9);
  }
  g_assert_cmpfloat (dif_process_find (p, 0.0), ==, 0.0);
  g_assert_cmpfloat (dif_process_find (p, 1e9), ==, 999.0);
}

static void
test_trained_betas (void)
{
  g_autoptr (DifProcess) p = test_process ("{'trained_betas': [0.1, 0.2, 0.5]}", NULL);

  g_assert_nonnull (p);
  g_assert_cmpuint (p->n_train_steps, ==, 3);
  g_assert_null (p->schedule);
  g_assert_cmpfloat_with_epsilon (p->alphas_cumprod[2], 0.9 * 0.8 * 0.5, 1e-15);
  g_assert_cmpstr (dif_process_name (p), ==, "trained_betas");
}

/* Lin et al.'s betas as they are saved, the last exactly 1, are the process that they come from. */
static void
test_trained_zero_snr (void)
{
  g_autoptr (DifProcess) rescaled = test_process ("{'rescale_betas_zero_snr': true}", NULL);
  g_autoptr (DifProcess) few = test_process ("{'trained_betas': [0.5, 1]}", NULL);
  g_autoptr (DifProcess) ends = test_process ("{'num_train_timesteps': 9, 'beta_end': 1.0}", NULL);
  g_autoptr (DifProcess) trained = NULL;
  g_autoptr (GString)    json = g_string_new ("{'trained_betas': [");
  double                 before = 1.0;

  for (guint t = 0; t < 1000; t++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_dtostr (text, sizeof text, 1.0 - rescaled->alphas_cumprod[t] / before);
      g_string_append_printf (json, "%s%s", t ? "," : "", text);
      before = rescaled->alphas_cumprod[t];
    }
  g_string_append (json, "]}");
  g_assert_true (g_str_has_suffix (json->str, ",1]}"));
  trained = test_process (json->str, NULL);
  g_assert_nonnull (trained);
  for (guint t = 0; t < 1000; t++)
    g_assert_cmpfloat_with_epsilon (trained->alphas_cumprod[t], rescaled->alphas_cumprod[t], 1e-13);
  g_assert_cmpfloat (dif_process_step (trained, 999.0).alpha, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (dif_process_ratio (trained, 1.0), 4096.0, 0.01);
  g_assert_true (few && few->alphas_cumprod[1] == 0.0);
  g_assert_true (ends && ends->alphas_cumprod[8] == 0.0);
}

/* Ends in pure noise, begins as before, and has finite ratios for who needs them. */
static void
test_zero_snr (void)
{
  g_autoptr (DifProcess) plain = test_process ("{}", NULL);
  g_autoptr (DifProcess) p = test_process ("{'rescale_betas_zero_snr': true}", NULL);
  DifStep                end;

  g_assert_nonnull (p);
  end = dif_process_step (p, 999.0);
  g_assert_cmpfloat (end.alpha, ==, 0.0);
  g_assert_cmpfloat (end.sigma, ==, 1.0);
  g_assert_cmpfloat_with_epsilon (p->alphas_cumprod[0], plain->alphas_cumprod[0], 1e-15);
  g_assert_cmpfloat_with_epsilon (dif_process_ratio (p, 1.0), 4096.0, 0.01);
  for (guint t = 1; t < 1000; t++)
    g_assert_cmpfloat (p->alphas_cumprod[t], <, p->alphas_cumprod[t - 1]);
}

static void
test_load (void)
{
  char                  *folder = test_folder_new ();
  g_autofree char       *path = g_build_filename (folder, "scheduler_config.json", NULL);
  g_autoptr (DifProcess) p = NULL;
  GError                *error = NULL;

  g_assert_null (dif_process_load (path, &error));
  test_assert_error (error, DIF_ERROR_MISSING, path, NULL);
  error = NULL;
  test_folder_write (folder, "scheduler_config.json", "{'num_train_timesteps': 10");
  g_assert_null (dif_process_load (path, &error));
  test_assert_error (error, DIF_ERROR_JSON, path, NULL);
  test_folder_write (folder, "scheduler_config.json", "{'num_train_timesteps': 10}");
  p = dif_process_load (path, NULL);
  g_assert_nonnull (p);
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strdup_printf ("/process/bad/%u-%s", i, bad[i].word);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/process/defaults", test_defaults);
  g_test_add_func ("/process/classes", test_classes);
  g_test_add_func ("/process/variance", test_variance);
  g_test_add_func ("/process/alphas", test_alphas);
  g_test_add_func ("/process/step", test_step);
  g_test_add_func ("/process/find", test_find);
  g_test_add_func ("/process/trained-betas", test_trained_betas);
  g_test_add_func ("/process/trained-zero-snr", test_trained_zero_snr);
  g_test_add_func ("/process/laplace", test_laplace);
  g_test_add_func ("/process/zero-snr", test_zero_snr);
  g_test_add_func ("/process/load", test_load);
  return g_test_run ();
}
