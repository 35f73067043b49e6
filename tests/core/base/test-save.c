/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A file is written whole or stays as it was. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/save.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
assert_holds (const char *path, const char *text)
{
  g_autofree char *bytes = NULL;
  gsize            size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpmem (bytes, size, text, strlen (text));
}

/* Nothing is left beside what was written. */
static void
assert_files (const char *at, guint n)
{
  g_autoptr (GDir) dir = g_dir_open (at, 0, NULL);
  guint            found = 0;

  while (g_dir_read_name (dir))
    found++;
  g_assert_cmpuint (found, ==, n);
}

static void
save (const char *path, const char *text)
{
  GError *error = NULL;

  g_assert_true (dif_save_check (path, &error));
  g_assert_no_error (error);
  g_assert_true (dif_save (path, text, strlen (text), &error));
  g_assert_no_error (error);
}

static void
assert_refused (const char *path, const char *part)
{
  GError *error = NULL;

  g_assert_false (dif_save_check (path, &error));
  test_assert_error (error, DIF_ERROR_IO, part, NULL);
  error = NULL;
  g_assert_false (dif_save (path, "x", 1, &error));
  test_assert_error (error, DIF_ERROR_IO, part, NULL);
}

static void
test_new (void)
{
  g_autofree char *at = in_folder ("new");
  g_autofree char *path = g_build_filename (at, "a", NULL);
  const mode_t     mask = umask (027);
  GStatBuf         now;

  g_assert_cmpint (g_mkdir (at, 0777), ==, 0);
  g_assert_true (dif_save_check (path, NULL));
  assert_files (at, 0);
  save (path, "one");
  umask (mask);
  assert_holds (path, "one");
  g_assert_cmpint (g_stat (path, &now), ==, 0);
  g_assert_cmphex (now.st_mode & 0777, ==, 0640);
  save (path, "");
  assert_holds (path, "");
  assert_files (at, 1);
}

static void
test_mode (void)
{
  g_autofree char *path = in_folder ("mode");
  GStatBuf         now;

  save (path, "one");
  g_assert_cmpint (g_chmod (path, 0604), ==, 0);
  save (path, "two");
  assert_holds (path, "two");
  g_assert_cmpint (g_stat (path, &now), ==, 0);
  g_assert_cmphex (now.st_mode & 0777, ==, 0604);
}

/* A link stays one, also where it leads to nothing yet. */
static void
test_link (void)
{
  g_autofree char *below = in_folder ("below");
  g_autofree char *file = g_build_filename (below, "file", NULL);
  g_autofree char *link = in_folder ("link");
  g_autofree char *second = in_folder ("second");
  g_autofree char *round = in_folder ("round");

  g_assert_cmpint (g_mkdir (below, 0777), ==, 0);
  g_assert_cmpint (symlink ("below/file", link), ==, 0);
  g_assert_cmpint (symlink (link, second), ==, 0);
  save (link, "one");
  save (second, "two");
  assert_holds (file, "two");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (second, G_FILE_TEST_IS_SYMLINK));
  assert_files (below, 1);
  g_assert_cmpint (symlink ("round", round), ==, 0);
  assert_refused (round, g_strerror (ELOOP));
}

static void
test_refused (void)
{
  g_autofree char *file = in_folder ("file");
  g_autofree char *under = g_build_filename (file, "x", NULL);
  g_autofree char *missing = g_build_filename (folder, "no", "x", NULL);
  g_autofree char *slash = in_folder ("slash/");
  g_autofree char *name = g_strnfill (300, 'n');
  g_autofree char *too_long = in_folder (name);

  save (file, "one");
  assert_refused ("", g_strerror (ENOENT));
  assert_refused (missing, g_strerror (ENOENT));
  assert_refused (under, g_strerror (ENOTDIR));
  assert_refused (folder, g_strerror (EISDIR));
  assert_refused (".", g_strerror (EISDIR));
  assert_refused (slash, g_strerror (EISDIR));
  assert_refused (too_long, g_strerror (ENAMETOOLONG));
  assert_refused ("/proc/version", "/proc/version");
}

#define NOBODY 65534

/* Root may write anywhere, so that it becomes somebody else for as long as this takes. */
static void
test_permission (void)
{
  const gboolean   root = geteuid () == 0;
  g_autofree char *at = in_folder ("closed");
  g_autofree char *path = g_build_filename (at, "a", NULL);
  g_autofree char *around = g_path_get_dirname (at);

  g_assert_cmpint (g_mkdir (at, 0777), ==, 0);
  if (root)
    {
      g_assert_cmpint (g_chmod (around, 0711), ==, 0);
      g_assert_cmpint (chown (at, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (setresuid (NOBODY, NOBODY, 0), ==, 0);
    }
  save (path, "one");
  g_assert_cmpint (g_chmod (path, 0444), ==, 0);
  g_assert_false (dif_save_check (path, NULL)); /* what is protected stays */
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_cmpint (g_chmod (at, 0555), ==, 0);
  assert_refused (path, g_strerror (EACCES));
  assert_holds (path, "one");
  g_assert_cmpint (g_chmod (at, 0755), ==, 0);
  if (root)
    g_assert_cmpint (setresuid (0, 0, 0), ==, 0);
}

/* As on a full disk. */
static void
test_too_large (void)
{
  g_autofree char *at = in_folder ("small");
  g_autofree char *path = g_build_filename (at, "a", NULL);
  g_autofree char *much = g_strnfill (5000, 'x');
  struct rlimit    old, small;
  GError          *error = NULL;

  g_assert_cmpint (g_mkdir (at, 0777), ==, 0);
  save (path, "one");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_false (dif_save (path, much, 5000, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  test_assert_error (error, DIF_ERROR_IO, g_strerror (EFBIG), NULL);
  assert_holds (path, "one");
  assert_files (at, 1);
}

static void
on_signal (int number)
{
  dif_save_abandon ();
  _exit (7);
}

/* A signal comes in the middle of it: what is beside the file goes with the process. */
static void
test_abandon (void)
{
  g_autofree char *at = in_folder ("abandon");
  g_autofree char *path = g_build_filename (at, "a", NULL);
  g_autofree char *much = g_strnfill (5000, 'x');
  struct rlimit    small = { 4096, 4096 };
  pid_t            child;
  int              status;

  g_assert_cmpint (g_mkdir (at, 0777), ==, 0);
  save (path, "one");
  child = fork ();
  g_assert_cmpint (child, !=, -1);
  if (child == 0)
    {
      signal (SIGXFSZ, on_signal);
      setrlimit (RLIMIT_FSIZE, &small);
      dif_save (path, much, 5000, NULL);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 7);
  assert_holds (path, "one");
  assert_files (at, 1);
}

static gpointer
read_pipe (gpointer path)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  return bytes;
}

/* Pipes, devices and what is open already are no files to be replaced. */
static void
test_straight (void)
{
  g_autofree char *path = in_folder ("pipe");
  g_autofree char *open_path = in_folder ("open");
  g_autofree char *number = NULL;
  g_autofree char *got = NULL;
  GThread         *reader;
  GStatBuf         now;
  GError          *error = NULL;
  int              fd;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_true (dif_save_check (path, NULL)); /* without waiting for a reader */
  g_assert_false (dif_save_is_terminal (path));
  reader = g_thread_new ("reader", read_pipe, path);
  save (path, "one");
  got = g_thread_join (reader);
  g_assert_cmpstr (got, ==, "one");
  g_assert_cmpint (g_stat (path, &now), ==, 0);
  g_assert_true (S_ISFIFO (now.st_mode));

  save ("/dev/null", "one");
  g_assert_false (dif_save_is_terminal ("/dev/null"));
  g_assert_false (dif_save ("/dev/full", "one", 3, &error));
  test_assert_error (error, DIF_ERROR_IO, "/dev/full", NULL);

  fd = g_open (open_path, O_WRONLY | O_CREAT, 0600);
  g_assert_cmpint (fd, >=, 0);
  number = g_strdup_printf ("/dev/fd/%d", fd);
  save (number, "one, ");
  save (number, "two");
  close (fd);
  assert_holds (open_path, "one, two");
  assert_refused (number, number);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  g_test_add_func ("/save/new", test_new);
  g_test_add_func ("/save/mode", test_mode);
  g_test_add_func ("/save/link", test_link);
  g_test_add_func ("/save/refused", test_refused);
  g_test_add_func ("/save/permission", test_permission);
  g_test_add_func ("/save/too-large", test_too_large);
  g_test_add_func ("/save/abandon", test_abandon);
  g_test_add_func ("/save/straight", test_straight);
  status = g_test_run ();
  test_folder_free (folder);
  return status;
}
