/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs that cannot work say why, in one sentence. */

#include "core/base/error.h"
#include "core/diffusion/sampler.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/process.h"
#include "tests/core/support/small-run.h"

#define SIDE 16

static float pixels[3 * SIDE * SIDE];

static DifRequest
request (DifTask task, const char *model, const char *label)
{
  const SmallRun small = { (char *) model, SIDE, SIDE, pixels, NULL };
  DifRequest     r = small_run_request (&small, task);

  r.prompt = (char *) label;
  return r;
}

static void
fails (const char *model, gint code, const char *name)
{
  const DifRequest r = request (DIF_TASK_GENERATE, model, NULL);

  small_run_fails (&r, code, name);
}

static void
refuses_label (const char *model, DifTask task, const char *label)
{
  const DifRequest r = request (task, model, label);

  small_run_refused (&r, "prompt");
}

static void
test_model (void)
{
  char    *folder = test_checkpoint_new (&tiny_unet, NULL, NULL);
  TinyUNet net = tiny_unet;

  fails ("/nonexistent/model", DIF_ERROR_MISSING, "/nonexistent/model");
  fails ("no-model-of-this-name", DIF_ERROR_MISSING, "no-model-of-this-name");
  fails (folder, DIF_ERROR_MISSING, "scheduler_config.json");
  test_folder_free (folder);

  net.in_channels = 4;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  fails (folder, DIF_ERROR_UNSUPPORTED, "4");
  test_folder_free (folder);
}

static void
test_labels (void)
{
  TinyUNet net = tiny_unet;
  char    *folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);

  refuses_label (folder, DIF_TASK_GENERATE, "grass");
  test_folder_free (folder);

  net.n_classes = 3;
  folder = test_checkpoint_new (&net, TEST_SCHEDULER, NULL);
  refuses_label (folder, DIF_TASK_GENERATE, NULL);
  refuses_label (folder, DIF_TASK_REIMAGINE, "3");
  test_folder_free (folder);

  folder = test_checkpoint_new (&net, TEST_SCHEDULER, "{'null': 0, 'labels': {'1': 'sky'}}");
  refuses_label (folder, DIF_TASK_REIMAGINE, "grass");
  test_folder_free (folder);
}

/* Weights that overflow on the way: an error, never a black picture, by any sampler. */
static void
test_nonfinite (void)
{
  guint                    n;
  const DifSampler *const *samplers = dif_samplers (&n);
  TinyUNet                 net = tiny_unet;

  net.spread = 1e30;
  for (guint i = 0; i < n; i++)
    {
      char      *folder = test_checkpoint_new (&net, test_scheduler_for (samplers[i]), NULL);
      DifRequest r = request (DIF_TASK_REIMAGINE, folder, NULL);

      r.sampler = (char *) samplers[i]->id;
      r.steps = 2;
      small_run_fails (&r, DIF_ERROR_NONFINITE, "1"); /* the step */
      test_folder_free (folder);
    }
}

/* What a sampler cannot do with a model is said before anything is computed. */
static void
test_sampler (void)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);
  guint                    refused = 0;

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++)
      {
        const char            *scheduler = test_scheduler_for (rows[k]);
        g_autoptr (GError)     error = NULL;
        g_autoptr (DifProcess) process = test_process (scheduler, &error);
        char                  *folder;
        DifRequest             r;

        g_assert_no_error (error);
        if (dif_sampler_fits (rows[i], process))
          continue;
        folder = test_checkpoint_new (&tiny_unet, scheduler, NULL);
        r = request (DIF_TASK_REIMAGINE, folder, NULL);
        r.sampler = (char *) rows[i]->id;
        small_run_refused (&r, "sampler");
        test_folder_free (folder);
        refused++;
      }
  g_assert_cmpuint (refused, >, 0);
}

static void
test_request (void)
{
  DifRequest r = request (DIF_TASK_REIMAGINE, NULL, NULL);

  r.pixels = NULL;
  small_run_refused (&r, NULL);
  r = request (DIF_TASK_GENERATE, NULL, NULL);
  r.width = r.height = 0;
  small_run_refused (&r, "size");
  g_assert_null (dif_run (&r, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run-errors/model", test_model);
  g_test_add_func ("/run-errors/labels", test_labels);
  g_test_add_func ("/run-errors/sampler", test_sampler);
  g_test_add_func ("/run-errors/nonfinite", test_nonfinite);
  g_test_add_func ("/run-errors/request", test_request);
  return g_test_run ();
}
