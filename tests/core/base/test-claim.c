/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Of two who want a folder one gets it, and the dead do not keep theirs. */

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/claim.h"
#include "core/base/error.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define N_THREADS 8
#define N_ROUNDS  50

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
assert_refused (const char *path, gint code, const char *word)
{
  GError *error = NULL;

  g_assert_null (dif_claim_new (path, FALSE, &error));
  test_assert_error (error, code, path, word, NULL);
}

/* What was made for a claim goes with it, and nothing else. */
static void
test_new (void)
{
  g_autofree char *path = in_folder ("new/deep/model");
  g_autofree char *above = in_folder ("new");
  DifClaim        *claim;

  g_assert_true (dif_claim_possible (path));
  claim = dif_claim_new (path, FALSE, NULL);
  g_assert_nonnull (claim);
  g_assert_false (dif_claim_possible (path));
  assert_refused (path, DIF_ERROR_EXISTS, "already");
  dif_claim_end (claim);
  g_assert_false (g_file_test (above, G_FILE_TEST_EXISTS));

  g_assert_cmpint (g_mkdir (above, 0777), ==, 0);
  claim = dif_claim_new (path, FALSE, NULL);
  dif_claim_end (claim);
  g_assert_true (g_file_test (above, G_FILE_TEST_IS_DIR));
  claim = dif_claim_new (above, FALSE, NULL); /* empty as it is */
  g_assert_nonnull (claim);
  dif_claim_end (claim);
  g_assert_true (g_file_test (above, G_FILE_TEST_IS_DIR));
}

static void
test_filled (void)
{
  g_autofree char *path = in_folder ("filled");
  g_autofree char *keep = in_folder ("filled/keep.txt");
  g_autofree char *claimed = in_folder ("filled/.learning");
  DifClaim        *claim = dif_claim_new (path, FALSE, NULL);

  test_folder_write (folder, "filled/keep.txt", "keep");
  dif_claim_end (claim);
  g_assert_true (g_file_test (keep, G_FILE_TEST_EXISTS));
  g_assert_false (dif_claim_possible (path));
  assert_refused (path, DIF_ERROR_EXISTS, "not empty");
  g_assert_false (g_file_test (claimed, G_FILE_TEST_EXISTS));
  claim = dif_claim_new (path, TRUE, NULL); /* to go on with what is there */
  g_assert_nonnull (claim);
  dif_claim_end (claim);
  assert_refused (keep, DIF_ERROR_EXISTS, "no folder");
  test_folder_write (folder, "filled/unet/config.json", "{}");
  assert_refused (path, DIF_ERROR_EXISTS, "There is a model");
}

static void
test_unwritable (void)
{
  g_autofree char *path = in_folder ("file/below");

  test_folder_write (folder, "file", "");
  assert_refused (path, DIF_ERROR_IO, "Not a directory");
  assert_refused ("/proc/x", DIF_ERROR_IO, "");
  g_assert_true (dif_claim_possible ("/proc/x")); /* nobody has it */
}

/* The process ends without a word. */
static void
test_dead (void)
{
  g_autofree char *path = in_folder ("dead");
  g_autofree char *claimed = in_folder ("dead/.learning");
  DifClaim        *claim;
  int              status, ready[2];
  char             byte;
  const pid_t      child = pipe (ready) == 0 ? fork () : -1;

  g_assert_cmpint (child, !=, -1);
  if (child == 0)
    {
      claim = dif_claim_new (path, FALSE, NULL);
      if (write (ready[1], claim ? "1" : "0", 1) == 1)
        pause ();
      _exit (0);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, '1');
  g_assert_false (dif_claim_possible (path));
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (ready[0]);
  close (ready[1]);

  test_folder_write (folder, "dead/unet/part", "what it had written");
  g_assert_true (g_file_test (claimed, G_FILE_TEST_EXISTS));
  g_assert_true (dif_claim_possible (path));
  claim = dif_claim_new (path, FALSE, NULL);
  g_assert_nonnull (claim);
  g_assert_null (dif_claim_new (path, TRUE, NULL));
  dif_claim_end (claim);
}

/* It had ended its work, all but the claim. */
static void
test_dead_with_model (void)
{
  g_autofree char *path = in_folder ("done");

  test_folder_write (folder, "done/.learning", "");
  test_folder_write (folder, "done/unet/config.json", "{}");
  g_assert_false (dif_claim_possible (path));
  assert_refused (path, DIF_ERROR_EXISTS, "There is a model");
}

static gint n_holders;

static gpointer
claim_often (gpointer path)
{
  gsize got = 0;

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      GError   *error = NULL;
      DifClaim *claim = dif_claim_new (path, FALSE, &error);

      if (! claim)
        {
          test_assert_error (error, DIF_ERROR_EXISTS, NULL);
          continue;
        }
      got++;
      g_assert_cmpint (g_atomic_int_add (&n_holders, 1), ==, 0);
      g_thread_yield ();
      g_assert_cmpint (g_atomic_int_add (&n_holders, -1), ==, 1);
      dif_claim_end (claim);
    }
  return GSIZE_TO_POINTER (got);
}

static void
test_race (void)
{
  g_autofree char *path = in_folder ("race");
  GThread         *threads[N_THREADS];
  gsize            got = 0;

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("claim", claim_often, path);
  for (guint i = 0; i < N_THREADS; i++)
    got += GPOINTER_TO_SIZE (g_thread_join (threads[i]));
  g_assert_cmpuint (got, >, 0);
  g_assert_true (dif_claim_possible (path));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  g_test_add_func ("/claim/new", test_new);
  g_test_add_func ("/claim/filled", test_filled);
  g_test_add_func ("/claim/unwritable", test_unwritable);
  g_test_add_func ("/claim/dead", test_dead);
  g_test_add_func ("/claim/dead-with-model", test_dead_with_model);
  g_test_add_func ("/claim/race", test_race);
  status = g_test_run ();
  test_folder_free (folder);
  return status;
}
