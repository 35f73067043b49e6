/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Learning a material: whose folder it is, and what is left of it. */

#include <math.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/train/learn.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define SIDE  64
#define SIDE2 (SIDE * SIDE)

static char *folder;
static char *from;
static float pixels[3 * SIDE2];

typedef struct
{
  DifProgress *progress;
  const char  *put; /* written into the folder by somebody else meanwhile */
  gboolean     cancel;
} Meanwhile;

static void
on_step (const DifProgressInfo *info, gpointer data)
{
  Meanwhile *meanwhile = data;

  if (meanwhile->put)
    test_folder_write (folder, meanwhile->put, "theirs");
  if (meanwhile->cancel)
    dif_progress_cancel (meanwhile->progress);
  else
    dif_progress_finish (meanwhile->progress);
}

/* One step of learning, and what else happens. */
static gboolean
learn_from (const char *name, const float *alpha, const float *mask, Meanwhile *meanwhile,
            GError **error)
{
  g_autofree char        *path = g_build_filename (folder, name, NULL);
  g_autoptr (DifProgress) progress = dif_progress_new (on_step, meanwhile);
  DifLearning             learning;

  dif_learning_init (&learning);
  learning.model = from;
  learning.folder = path;
  learning.width = learning.height = SIDE;
  learning.pixels = pixels;
  learning.alpha = alpha;
  learning.mask = mask;
  learning.origin_x = 100;
  learning.origin_y = 200;
  learning.threads = 1;
  meanwhile->progress = progress;
  return dif_learn (&learning, progress, error);
}

static gboolean
learn (const char *name, const float *mask, Meanwhile *meanwhile, GError **error)
{
  return learn_from (name, NULL, mask, meanwhile, error);
}

static gboolean
there_is (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_theirs (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "theirs");
}

static void
test_result (void)
{
  Meanwhile meanwhile = { .put = "model/keep.txt" };
  GError   *error = NULL;

  g_assert_true (learn ("model", NULL, &meanwhile, &error));
  g_assert_no_error (error);
  g_assert_true (there_is ("model/unet/config.json"));
  g_assert_false (there_is ("model/training-state.safetensors"));
  g_assert_false (there_is ("model/.learning"));
  assert_theirs ("model/keep.txt");
  g_assert_false (learn ("model", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_EXISTS, "already", NULL);
}

static void
test_cancel (void)
{
  Meanwhile meanwhile = { .cancel = TRUE };
  GError   *error = NULL;

  g_assert_false (learn ("none", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
  g_assert_false (there_is ("none"));

  error = NULL;
  meanwhile.put = "kept/keep.txt";
  g_assert_false (learn ("kept", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
  assert_theirs ("kept/keep.txt");
  g_assert_false (there_is ("kept/.learning"));
}

/* Neither overwritten nor, as what had failed, removed. */
static void
test_other_model (void)
{
  Meanwhile meanwhile = { .put = "other/unet/config.json" };
  GError   *error = NULL;

  g_assert_false (learn ("other", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_EXISTS, "other", NULL);
  assert_theirs ("other/unet/config.json");
}

static void
test_nothing_seen (void)
{
  g_autofree float *mask = g_new0 (float, SIDE2);
  Meanwhile         meanwhile = { 0 };
  GError           *error = NULL;

  g_assert_false (learn ("void", mask, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "transparent", NULL);
  g_assert_false (there_is ("void"));
  mask[17] = 1.0f;
  g_assert_true (learn ("void", mask, &meanwhile, &error));
}

/* What is no number may stand where nothing is learnt from, and nowhere else. */
static void
test_no_numbers (void)
{
  g_autofree float *alpha = g_new (float, SIDE2);
  g_autofree float *mask = g_new (float, SIDE2);
  Meanwhile         meanwhile = { 0 };
  GError           *error = NULL;

  for (gsize i = 0; i < SIDE2; i++)
    alpha[i] = mask[i] = 1.0f;
  pixels[3 * (2 * SIDE + 5) + 1] = NAN;

  g_assert_false (learn ("nan", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "105", "202", NULL);
  g_assert_false (there_is ("nan"));

  error = NULL;
  alpha[2 * SIDE + 5] = 0.01f;
  g_assert_true (learn_from ("seen", alpha, NULL, &meanwhile, &error));
  g_assert_no_error (error);
  mask[2 * SIDE + 5] = 0.0f;
  g_assert_true (learn ("selected", mask, &meanwhile, &error));
  g_assert_no_error (error);
  pixels[3 * (2 * SIDE + 5) + 1] = 0.0f;
}

static char *
weights_of (const char *name)
{
  g_autofree char *path =
      g_build_filename (folder, name, "unet", "diffusion_pytorch_model.safetensors", NULL);
  g_autofree char *bytes = NULL;
  gsize            n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, n);
}

/* The color of what is transparent makes no difference. */
static void
test_hidden_color (void)
{
  static const char *const names[] = { "hidden", "hidden-red" };
  g_autofree float        *alpha = g_new (float, SIDE2);
  char                    *sums[2];

  for (gsize i = 0; i < SIDE2; i++)
    alpha[i] = i % SIDE < 20 ? 0.0f : 1.0f;
  for (guint k = 0; k < 2; k++)
    {
      Meanwhile meanwhile = { 0 };
      GError   *error = NULL;

      for (gsize i = 0; i < SIDE2; i++)
        pixels[3 * i] = i % SIDE < 20 ? (float) k : (float) (i % 7) / 7.0f;
      g_assert_true (learn_from (names[k], alpha, NULL, &meanwhile, &error));
      g_assert_no_error (error);
      sums[k] = weights_of (names[k]);
    }
  g_assert_cmpstr (sums[0], ==, sums[1]);
  g_free (sums[0]);
  g_free (sums[1]);
}

static void
test_unwritable (void)
{
  Meanwhile meanwhile = { 0 };
  GError   *error = NULL;

  test_folder_write (folder, "file", "");
  g_assert_false (learn ("file/below", NULL, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_IO, "below", NULL);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  from = test_checkpoint_new (&tiny_unet, TEST_SCHEDULER, NULL);
  g_test_add_func ("/learn/result", test_result);
  g_test_add_func ("/learn/cancel", test_cancel);
  g_test_add_func ("/learn/other-model", test_other_model);
  g_test_add_func ("/learn/nothing-seen", test_nothing_seen);
  g_test_add_func ("/learn/no-numbers", test_no_numbers);
  g_test_add_func ("/learn/hidden-color", test_hidden_color);
  g_test_add_func ("/learn/unwritable", test_unwritable);
  status = g_test_run ();
  test_folder_free (from);
  test_folder_free (folder);
  return status;
}
