/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
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
  checkpoint = dif_checkpoint_open (folder, 0, &error);
  g_assert_no_error (error);
  g_assert_true (checkpoint->model && checkpoint->process && checkpoint->labels);
  g_assert_cmpint (checkpoint->inpainting, ==, DIF_INPAINTING_SMOOTH_FILL);
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
  bare = dif_checkpoint_open (folder, 0, NULL);
  g_assert_nonnull (bare);
  g_assert_true (! bare->process && ! bare->labels);
  g_assert_cmpint (bare->inpainting, ==, DIF_INPAINTING_NONE);
  test_folder_write (folder, "scheduler_config.json", TEST_SCHEDULER);
  full = dif_checkpoint_open (folder, DIF_CHECKPOINT_SHAPES_ONLY, NULL);
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
  g_assert_null (dif_checkpoint_open (folder, 0, &error));
  test_assert_error (error, code, word, NULL);
  test_folder_free (folder);
}

static void
test_wrong (void)
{
  char   *folder = test_folder_new ();
  GError *error = NULL;

  g_assert_null (dif_checkpoint_open (folder, 0, &error));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/checkpoint/nested", test_nested);
  g_test_add_func ("/checkpoint/flat", test_flat);
  g_test_add_func ("/checkpoint/wrong", test_wrong);
  return g_test_run ();
}
