/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/info.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"

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
  g_assert_true (! info->inpainting && ! info->learns_variance);
  g_assert_cmpuint (g_strv_length (info->labels), ==, 2);
  g_assert_cmpstr (info->labels[1], ==, "bark");
  test_folder_free (folder);
}

static void
test_info_variance (void)
{
  TinyUNet                 net = tiny_unet;
  char                    *folder;
  g_autoptr (DifModelInfo) info = NULL;

  net.out_channels = 6;
  folder = test_checkpoint_new (&net, "{'variance_type': 'learned_range'}", NULL);
  info = dif_model_info_load (folder, NULL);
  g_assert_true (info && info->learns_variance);
  g_assert_cmpuint (info->out_channels, ==, 6);
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
    guint       n, levels;
  } processes[] = {
    { "{'trained_betas': [0.1, 0.2, 1.0]}", "trained_betas", 3, 0 },
    { "{'_class_name': 'EDMEulerScheduler'}", "EDM", 0, 1000 },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "VE", 0, 2000 },
    { "{'_class_name': 'ScoreSdeVeScheduler', 'num_train_timesteps': 1, 'sigma_min': 2.0, "
      "'sigma_max': 2.0}",
      "VE", 0, 1 },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler'}", "rectified flow", 0, 1000 },
    { "{'beta_schedule': 'laplace'}", "laplace", 1000, 0 },
    { NULL, "", 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      char                    *folder = test_checkpoint_new (&tiny_unet, processes[i].json, NULL);
      g_autoptr (GError)       error = NULL;
      g_autoptr (DifModelInfo) info = dif_model_info_load (folder, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (info->schedule, ==, processes[i].schedule);
      g_assert_cmpuint (info->n_train_steps, ==, processes[i].n);
      g_assert_cmpuint (info->n_levels, ==, processes[i].levels);
      test_folder_free (folder);
    }
}

static void
test_embedded (void)
{
  g_autoptr (DifModelInfo) info = dif_model_info_load ("", NULL);

  g_assert_nonnull (info);
  g_assert_true (info->inpainting);
  g_assert_nonnull (info->labels);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/info/load", test_info);
  g_test_add_func ("/info/variance", test_info_variance);
  g_test_add_func ("/info/processes", test_info_processes);
  g_test_add_func ("/info/embedded", test_embedded);
  return g_test_run ();
}
