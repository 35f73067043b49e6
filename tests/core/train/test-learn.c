/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Learning a material: whose folder it is, and what is left of it. */

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/train/learn.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define SIDE 64

static char *folder;
static char *from;

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
learn (const char *name, const float *mask, Meanwhile *meanwhile, GError **error)
{
  g_autofree char        *path = g_build_filename (folder, name, NULL);
  g_autofree float       *pixels = g_new0 (float, 3 * SIDE * SIDE);
  g_autoptr (DifProgress) progress = dif_progress_new (on_step, meanwhile);
  DifLearning             learning;

  dif_learning_init (&learning);
  learning.from = from;
  learning.folder = path;
  learning.width = learning.height = SIDE;
  learning.pixels = pixels;
  learning.mask = mask;
  learning.threads = 1;
  meanwhile->progress = progress;
  return dif_learn (&learning, progress, error);
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
  g_autofree float *mask = g_new0 (float, SIDE *SIDE);
  Meanwhile         meanwhile = { 0 };
  GError           *error = NULL;

  g_assert_false (learn ("void", mask, &meanwhile, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "transparent", NULL);
  g_assert_false (there_is ("void"));
  mask[17] = 1.0f;
  g_assert_true (learn ("void", mask, &meanwhile, &error));
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
  g_test_add_func ("/learn/unwritable", test_unwritable);
  status = g_test_run ();
  test_folder_free (from);
  test_folder_free (folder);
  return status;
}
