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

static DifCheckpoint *
open_with (guint in_channels, guint out_channels, const char *inpainting, GError **error)
{
  TinyUNet         net = tiny_unet;
  char            *folder;
  g_autofree char *unet = NULL;
  DifCheckpoint   *checkpoint;

  net.in_channels = in_channels;
  net.out_channels = out_channels;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  unet = g_build_filename (folder, "unet", NULL);
  if (inpainting)
    tiny_unet_write_config (&net, unet, "inpainting", inpainting);
  checkpoint = dif_checkpoint_open (folder, 0, error);
  test_folder_free (folder);
  return checkpoint;
}

/* What a network is conditioned on stands in its folder.  Older ones of ours are known by their
 * channels, and nothing else is: not Stable Diffusion's for inpainting, which reads twice its four
 * channels and a mask too. */
static void
test_inpainting (void)
{
  static const struct
  {
    guint         in_channels;
    guint         out_channels;
    const char   *inpainting;
    DifInpainting expected;
    gboolean      makes_images;
  } networks[] = {
    { 7, 3, "'smooth-fill'", DIF_INPAINTING_SMOOTH_FILL, TRUE },
    { 7, 3, NULL, DIF_INPAINTING_SMOOTH_FILL, TRUE },
    { 7, 3, "'none'", DIF_INPAINTING_NONE, FALSE },
    { 7, 3, "null", DIF_INPAINTING_NONE, FALSE },
    { 3, 3, NULL, DIF_INPAINTING_NONE, TRUE },
    { 3, 3, "'none'", DIF_INPAINTING_NONE, TRUE },
    { 9, 4, NULL, DIF_INPAINTING_NONE, FALSE },
    { 4, 4, NULL, DIF_INPAINTING_NONE, FALSE },
    { 3, 1, NULL, DIF_INPAINTING_NONE, FALSE },
    { 3, 6, NULL, DIF_INPAINTING_NONE, TRUE }, /* with a variance */
    { 7, 6, "'smooth-fill'", DIF_INPAINTING_SMOOTH_FILL, TRUE },
    { 7, 6, NULL, DIF_INPAINTING_SMOOTH_FILL, TRUE },
    { 3, 9, NULL, DIF_INPAINTING_NONE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      GError                   *error = NULL;
      g_autoptr (DifCheckpoint) checkpoint = open_with (
          networks[i].in_channels, networks[i].out_channels, networks[i].inpainting, NULL);

      g_assert_nonnull (checkpoint);
      g_assert_cmpint (checkpoint->inpainting, ==, networks[i].expected);
      g_assert_cmpint (dif_checkpoint_check (checkpoint, &error), ==, networks[i].makes_images);
      if (! networks[i].makes_images)
        test_assert_error (error, DIF_ERROR_UNSUPPORTED, NULL);
    }
}

/* Stable Diffusion is named where its channels tell it. */
static void
test_latents (void)
{
  g_autoptr (DifCheckpoint) checkpoint = open_with (9, 4, NULL, NULL);
  GError                   *error = NULL;

  g_assert_false (dif_checkpoint_check (checkpoint, &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "9", "4", "Stable Diffusion", NULL);
}

/* A network with twice the channels learned its variance unless the scheduler says otherwise, and
 * what can be read in two ways is not. */
static void
test_variance (void)
{
  static const struct
  {
    guint       out_channels;
    const char *type;
    gboolean    learns, usable;
  } kinds[] = {
    { 6, "'learned_range'", TRUE, TRUE },  { 6, "null", TRUE, TRUE },
    { 6, "'fixed_small'", FALSE, TRUE },   { 6, "'learned'", FALSE, FALSE },
    { 3, "'learned_range'", FALSE, TRUE }, { 3, "'learned'", FALSE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      TinyUNet         net = tiny_unet;
      g_autofree char *scheduler =
          g_strdup_printf ("{'_class_name': 'DDPMScheduler', 'variance_type': %s}", kinds[i].type);
      g_autoptr (DifCheckpoint) checkpoint = NULL;
      GError                   *error = NULL;
      char                     *folder;

      net.out_channels = kinds[i].out_channels;
      folder = test_checkpoint_new (&net, scheduler, NULL);
      checkpoint = dif_checkpoint_open (folder, 0, &error);
      g_assert_no_error (error);
      g_assert_cmpint (dif_checkpoint_learns_variance (checkpoint), ==, kinds[i].learns);
      g_assert_cmpint (dif_checkpoint_check (checkpoint, &error), ==, kinds[i].usable);
      if (! kinds[i].usable)
        test_assert_error (error, DIF_ERROR_UNSUPPORTED, "learned_range", NULL);
      test_folder_free (folder);
    }
}

/* Names that are not known, or do not go with the channels. */
static void
test_inpainting_wrong (void)
{
  GError *error = NULL;

  g_assert_null (open_with (7, 3, "'masked-image'", &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "inpainting", "masked-image", NULL);
  error = NULL;
  g_assert_null (open_with (9, 4, "'smooth-fill'", &error));
  test_assert_error (error, DIF_ERROR_VALUE, "inpainting", "9", NULL);
  error = NULL;
  g_assert_null (open_with (3, 3, "'smooth-fill'", &error));
  test_assert_error (error, DIF_ERROR_VALUE, "inpainting", NULL);
  error = NULL;
  g_assert_null (open_with (7, 3, "7", &error));
  test_assert_error (error, DIF_ERROR_SCHEMA, "inpainting", NULL);
}

static void
test_wrong (void)
{
  char   *folder = test_folder_new ();
  GError *error = NULL;

  g_assert_null (dif_checkpoint_open (folder, 0, &error));
  test_assert_error (error, DIF_ERROR_MISSING, folder, "config.json", NULL);
  test_folder_free (folder);

  refused ("model_index.json", "{'_class_name': 'StableDiffusionInpaintPipeline'}",
           DIF_ERROR_UNSUPPORTED, "StableDiffusionInpaintPipeline");
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
  g_test_add_func ("/checkpoint/inpainting", test_inpainting);
  g_test_add_func ("/checkpoint/latents", test_latents);
  g_test_add_func ("/checkpoint/variance", test_variance);
  g_test_add_func ("/checkpoint/inpainting-wrong", test_inpainting_wrong);
  g_test_add_func ("/checkpoint/wrong", test_wrong);
  return g_test_run ();
}
