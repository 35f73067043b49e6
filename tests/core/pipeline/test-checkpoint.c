/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/pipeline/checkpoint.h"
#include "core/pipeline/model-info.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

static void
test_nested (void)
{
  TinyUNet                  net = tiny_unet;
  char                     *folder;
  g_autoptr (GError)        error = NULL;
  g_autoptr (DifCheckpoint) checkpoint = NULL;

  net.in_channels = 7;
  net.n_classes = 3;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, "{'null': 2, 'labels': {'1': 'sky'}}");
  test_folder_write (folder, "unet/evil.ckpt", "never opened");
  checkpoint = dif_checkpoint_open (folder, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (checkpoint->model && checkpoint->process && checkpoint->labels);
  g_assert_true (dif_checkpoint_inpainting (checkpoint));
  g_assert_cmpuint (checkpoint->labels->null_label, ==, 2);
  test_folder_free (folder);
}

/* All files in one folder, and nothing but the network. */
static void
test_flat (void)
{
  char                     *folder = test_folder_new ();
  g_autoptr (DifCheckpoint) bare = NULL;
  g_autoptr (DifCheckpoint) full = NULL;

  tiny_unet_write (&tiny_unet, folder);
  bare = dif_checkpoint_open (folder, FALSE, NULL);
  g_assert_nonnull (bare);
  g_assert_true (! bare->process && ! bare->labels && ! dif_checkpoint_inpainting (bare));
  test_folder_write (folder, "scheduler_config.json", TEST_SCHEDULER);
  full = dif_checkpoint_open (folder, TRUE, NULL);
  g_assert_nonnull (full);
  g_assert_nonnull (full->process);
  test_folder_free (folder);
}

static void
refused (const char *name, const char *json, gint code, const char *word)
{
  TinyUNet net = tiny_unet;
  char    *folder;
  GError  *error = NULL;

  net.n_classes = 3;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  test_folder_write (folder, name, json);
  g_assert_null (dif_checkpoint_open (folder, FALSE, &error));
  test_assert_error (error, code, word, NULL);
  test_folder_free (folder);
}

static void
test_wrong (void)
{
  char   *folder = test_folder_new ();
  GError *error = NULL;

  g_assert_null (dif_checkpoint_open (folder, FALSE, &error));
  test_assert_error (error, DIF_ERROR_MISSING, folder, "config.json", NULL);
  test_folder_free (folder);

  refused ("model_index.json", "{'_class_name': 'StableDiffusionXLPipeline'}",
           DIF_ERROR_UNSUPPORTED, "StableDiffusionXLPipeline");
  refused ("model_index.json", "{}", DIF_ERROR_UNSUPPORTED, "_class_name");
  refused ("model_index.json", "{", DIF_ERROR_JSON, "model_index.json");
  refused ("unet/config.json", "{'_class_name': 'UNet2DConditionModel'}", DIF_ERROR_UNSUPPORTED,
           "UNet2DConditionModel");
  refused ("unet/config.json", "", DIF_ERROR_JSON, "config.json");
  refused ("scheduler/scheduler_config.json", "{'num_train_timesteps': 0}", DIF_ERROR_VALUE,
           "num_train_timesteps");
  refused ("labels.json", "{'null': 9, 'labels': {}}", DIF_ERROR_LIMIT, "labels.json");
}

static void
test_info (void)
{
  TinyUNet                 net = tiny_unet;
  char                    *folder;
  g_autoptr (DifModelInfo) info = NULL;
  g_autoptr (GError)       error = NULL;

  net.n_classes = 3;
  folder = test_checkpoint_new (&net,
                                "{'beta_schedule': 'squaredcos_cap_v2', "
                                "'prediction_type': 'v_prediction'}",
                                "{'null': 0, 'labels': {'1': 'sky', '2': 'bark'}}");
  info = dif_model_info_load (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->path, ==, folder);
  g_assert_cmpstr (info->class_name, ==, "UNet2DModel");
  g_assert_cmpuint (info->in_channels, ==, 3);
  g_assert_cmpuint (info->out_channels, ==, 3);
  g_assert_cmpuint (info->sample_width, ==, 16);
  g_assert_cmpuint (info->sample_height, ==, 16);
  g_assert_cmpuint (info->n_train_steps, ==, 1000);
  g_assert_cmpstr (info->schedule, ==, "squaredcos_cap_v2");
  g_assert_cmpstr (info->prediction, ==, "v_prediction");
  g_assert_false (info->inpainting);
  g_assert_cmpuint (g_strv_length (info->labels), ==, 2);
  g_assert_cmpstr (info->labels[1], ==, "bark");
  test_folder_free (folder);
}

/* Not every process has a named schedule, or steps. */
static void
test_info_processes (void)
{
  static const struct
  {
    const char *json;
    const char *schedule;
    guint       n;
  } processes[] = {
    { "{'trained_betas': [0.1, 0.2, 1.0]}", "trained_betas", 3 },
    { "{'_class_name': 'EDMEulerScheduler'}", "EDM", 0 },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "VE", 0 },
    { "{'beta_schedule': 'laplace'}", "laplace", 1000 },
    { NULL, "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      char                    *folder = test_checkpoint_new (&tiny_unet, processes[i].json, NULL);
      g_autoptr (GError)       error = NULL;
      g_autoptr (DifModelInfo) info = dif_model_info_load (folder, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (info->schedule, ==, processes[i].schedule);
      g_assert_cmpuint (info->n_train_steps, ==, processes[i].n);
      test_folder_free (folder);
    }
}

/* Where models are looked for: as a path, then by name in the data folders. */
static void
test_resolve (void)
{
  char            *data = g_build_filename (g_get_user_data_dir (), "gimp-diffusion", NULL);
  g_autofree char *installed = g_build_filename (data, "models", "mine", NULL);
  g_autofree char *by_name = NULL;
  g_autofree char *by_path = NULL;
  GError          *error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (installed, 0755), ==, 0);
  by_name = dif_resolve_model ("mine", NULL);
  g_assert_cmpstr (by_name, ==, installed);
  by_path = dif_resolve_model (data, NULL);
  g_assert_cmpstr (by_path, ==, data);
  g_assert_null (dif_resolve_model ("../no such folder/mine", &error));
  test_assert_error (error, DIF_ERROR_MISSING, "../no such folder/mine", NULL);
  error = NULL;
  g_assert_null (dif_resolve_model ("yours", &error));
  test_assert_error (error, DIF_ERROR_MISSING, "yours", NULL);
  test_folder_free (data);
}

/* As shells, file managers and people write paths. */
static void
test_resolve_spellings (void)
{
  g_autofree char *data = g_build_filename (g_get_user_data_dir (), "gimp-diffusion", NULL);
  g_autofree char *installed = g_build_filename (data, "models", "Good", NULL);
  g_autofree char *home = g_build_filename (g_get_home_dir (), "my m\303\266del", NULL);
  g_autofree char *index = g_build_filename (home, "model_index.json", NULL);
  g_autofree char *uri = g_filename_to_uri (home, NULL, NULL);
  g_autofree char *dragged = g_strconcat (uri, "\r\n", NULL);
  g_autofree char *index_uri = g_filename_to_uri (index, NULL, NULL);
  g_autofree char *slashes = g_strconcat (home, "//", NULL);
  const struct
  {
    const char *text;
    const char *expected;
  } spellings[] = {
    { "~/my m\303\266del", home },
    { "~/my m\303\266del/", home },
    { " ~/my m\303\266del\n", home },
    { uri, home },
    { dragged, home },
    { index_uri, home },
    { index, home },
    { "~", g_get_home_dir () },
    { "Good", installed },
    { "Good/", installed },
    { "Good//", installed },
    { " Good ", installed },
  };
  static const char *const nowhere[] = { "~nobody/m",     "file:///no/such%20model",
                                         "file:relative", "http://example.org/m",
                                         "Good/unet",     "file:///%zz" };

  g_assert_cmpint (g_mkdir_with_parents (installed, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (home, 0755), ==, 0);
  test_folder_write (home, "model_index.json", "{}");
  g_assert_nonnull (strstr (uri, "my%20m%C3%B6del"));
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autofree char *path = dif_resolve_model (spellings[i].text, NULL);

      g_assert_cmpstr (path, ==, spellings[i].expected);
    }
  {
    g_autofree char *path = dif_resolve_model (slashes, NULL);
    g_autofree char *blank = dif_resolve_model (" ", NULL);
    g_autofree char *none = dif_resolve_model (NULL, NULL);

    g_assert_true (path && g_str_has_prefix (path, home));
    g_assert_cmpstr (blank, ==, none);
  }
  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    {
      GError *error = NULL;

      g_assert_null (dif_resolve_model (nowhere[i], &error));
      test_assert_error (error, DIF_ERROR_MISSING, NULL);
    }
  test_folder_free (g_steal_pointer (&data));
}

static void
test_embedded (void)
{
  g_autofree char         *from_environment = dif_resolve_model (NULL, NULL);
  g_autoptr (DifModelInfo) info = dif_model_info_load ("", NULL);
  char                    *folder = test_folder_new ();
  GError                  *error = NULL;

  g_assert_true (g_str_has_prefix (from_environment, g_getenv ("DIF_MODELS")));
  g_assert_nonnull (info);
  g_assert_true (info->inpainting);
  g_assert_nonnull (info->labels);
  dif_set_models_folder (folder);
  g_assert_null (dif_resolve_model ("", &error));
  test_assert_error (error, DIF_ERROR_MISSING, folder, NULL);
  dif_set_models_folder (NULL);
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  char *home = test_folder_new ();
  int   result;

  /* not G_TEST_OPTION_ISOLATE_DIRS, which leaks */
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/checkpoint/nested", test_nested);
  g_test_add_func ("/checkpoint/flat", test_flat);
  g_test_add_func ("/checkpoint/wrong", test_wrong);
  g_test_add_func ("/model-info/load", test_info);
  g_test_add_func ("/model-info/resolve", test_resolve);
  g_test_add_func ("/model-info/resolve-spellings", test_resolve_spellings);
  g_test_add_func ("/model-info/processes", test_info_processes);
  g_test_add_func ("/model-info/embedded", test_embedded);
  result = g_test_run ();
  test_folder_free (home);
  return result;
}
