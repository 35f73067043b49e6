/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs that cannot work say why, in one sentence. */

#include "core/base/error.h"
#include "core/diffusion/sampler.h"
#include "core/pipeline/run.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

static float pixels[3 * 16 * 16];

static void
assert_fails (const char *model, const char *label, DifTask task, gint code, const char *word)
{
  DifRequest r;
  GError    *error = NULL;

  dif_request_init (&r, task);
  r.model = (char *) model;
  r.prompt = (char *) label;
  r.steps = 2;
  r.width = r.height = 16;
  r.pixels = pixels;
  r.threads = 1;
  g_assert_null (dif_run (&r, NULL, &error));
  test_assert_error (error, code, word, NULL);
}

static void
test_model (void)
{
  char    *folder = test_checkpoint_new (&tiny_unet, NULL, NULL);
  TinyUNet net = tiny_unet;

  assert_fails ("/nonexistent/model", NULL, DIF_TASK_GENERATE, DIF_ERROR_MISSING,
                "/nonexistent/model");
  assert_fails ("no-model-of-this-name", NULL, DIF_TASK_GENERATE, DIF_ERROR_MISSING,
                "no-model-of-this-name");
  assert_fails (folder, NULL, DIF_TASK_GENERATE, DIF_ERROR_MISSING, "scheduler_config.json");
  test_folder_free (folder);

  net.in_channels = 4;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  assert_fails (folder, NULL, DIF_TASK_GENERATE, DIF_ERROR_UNSUPPORTED, "4 channels");
  test_folder_free (folder);
}

static void
test_labels (void)
{
  TinyUNet net = tiny_unet;
  char    *folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);

  assert_fails (folder, "grass", DIF_TASK_GENERATE, DIF_ERROR_REQUEST, "grass");
  test_folder_free (folder);

  net.n_classes = 3;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  assert_fails (folder, NULL, DIF_TASK_GENERATE, DIF_ERROR_REQUEST, "label");
  assert_fails (folder, "3", DIF_TASK_REIMAGINE, DIF_ERROR_REQUEST, "3");
  test_folder_free (folder);

  folder = test_checkpoint_new (&net, TEST_SCHEDULER, "{'null': 0, 'labels': {'1': 'sky'}}");
  assert_fails (folder, "grass", DIF_TASK_REIMAGINE, DIF_ERROR_REQUEST, "sky");
  test_folder_free (folder);
}

/* Weights that overflow on the way: an error, never a black picture, by any sampler. */
static void
test_nonfinite (void)
{
  guint                    n;
  const DifSampler *const *samplers = dif_samplers (&n);
  TinyUNet                 net = tiny_unet;
  char                    *folder;

  net.spread = 1e30;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  for (guint i = 0; i < n; i++)
    {
      DifRequest r;
      GError    *error = NULL;

      dif_request_init (&r, DIF_TASK_REIMAGINE);
      r.model = folder;
      r.sampler = (char *) samplers[i]->id;
      r.steps = 2;
      r.width = r.height = 16;
      r.pixels = pixels;
      g_assert_null (dif_run (&r, NULL, &error));
      test_assert_error (error, DIF_ERROR_NONFINITE, "1", NULL); /* the step */
    }
  test_folder_free (folder);
}

static void
test_request (void)
{
  DifRequest r;
  GError    *error = NULL;

  dif_request_init (&r, DIF_TASK_REIMAGINE);
  r.width = r.height = 16; /* no pixels */
  g_assert_null (dif_run (&r, NULL, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "pixels", NULL);
  error = NULL;
  dif_request_init (&r, DIF_TASK_GENERATE);
  g_assert_null (dif_run (&r, NULL, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "0 × 0", NULL);
  g_assert_null (dif_run (&r, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run-errors/model", test_model);
  g_test_add_func ("/run-errors/labels", test_labels);
  g_test_add_func ("/run-errors/nonfinite", test_nonfinite);
  g_test_add_func ("/run-errors/request", test_request);
  return g_test_run ();
}
