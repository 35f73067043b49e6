/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define TEXT "0123456789"

static char *folder;
static char *path; /* of a file that holds TEXT */

static void
set_up (void)
{
  folder = test_folder_new ();
  path = g_build_filename (folder, "file", NULL);
  test_folder_write (folder, "file", TEXT);
}

static void
tear_down (void)
{
  test_folder_free (folder);
  g_free (path);
}

static void
test_read (void)
{
  g_autoptr (DifFile) file = dif_file_open (path, NULL);
  char                buffer[10];
  GError             *error = NULL;

  g_assert_nonnull (file);
  g_assert_cmpuint (dif_file_size (file), ==, 10);
  g_assert_cmpstr (dif_file_name (file), ==, path);
  g_assert_true (dif_file_read (file, 0, buffer, 10, NULL));
  g_assert_cmpmem (buffer, 10, TEXT, 10);
  g_assert_true (dif_file_read (file, 7, buffer, 3, NULL));
  g_assert_cmpmem (buffer, 3, "789", 3);
  g_assert_true (dif_file_read (file, 10, buffer, 0, NULL));
  g_assert_true (dif_file_check_unchanged (file, NULL));
  g_assert_false (dif_file_read (file, 5, buffer, 6, &error));
  test_assert_error (error, DIF_ERROR_TRUNCATED, path, "1 ", NULL);
}

static void
assert_refused (const char *name, gint code)
{
  g_autofree char *full = g_build_filename (folder, name, NULL);
  GError          *error = NULL;

  g_assert_null (dif_file_open (full, &error));
  test_assert_error (error, code, full, NULL);
}

/* Neither of them blocks. */
static void
test_not_files (void)
{
  g_autofree char *sub = g_build_filename (folder, "sub", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  GError          *error = NULL;

  g_assert_cmpint (g_mkdir (sub, 0755), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0644), ==, 0);
  assert_refused ("missing", DIF_ERROR_MISSING);
  assert_refused ("sub", DIF_ERROR_IO);
  assert_refused ("pipe", DIF_ERROR_IO);
  assert_refused ("file/below", DIF_ERROR_IO);
  g_assert_null (dif_file_open ("/dev/zero", &error));
  test_assert_error (error, DIF_ERROR_IO, "/dev/zero", NULL);
  g_assert_null (dif_file_open (path + strlen (path), NULL)); /* "" */
}

/* A file that grows, shrinks, is replaced or deleted while it is open. */
static void
test_changed (void)
{
  for (guint what = 0; what < 4; what++)
    {
      g_autoptr (DifFile) file = NULL;
      g_autofree char    *other = g_build_filename (folder, "other", NULL);
      GError             *error = NULL;

      test_folder_write (folder, "file", TEXT);
      test_folder_write (folder, "other", TEXT);
      file = dif_file_open (path, NULL);
      g_assert_nonnull (file);
      if (what < 2)
        {
          FILE *stream = g_fopen (path, what == 0 ? "ab" : "wb");

          g_assert_nonnull (stream);
          fputs (what == 0 ? "x" : "01234", stream);
          fclose (stream);
        }
      else if (what == 2)
        g_assert_cmpint (g_rename (other, path), ==, 0);
      else
        g_assert_cmpint (g_remove (path), ==, 0);
      g_assert_false (dif_file_check_unchanged (file, &error));
      test_assert_error (error, DIF_ERROR_CHANGED, path, NULL);
    }
  test_folder_write (folder, "file", TEXT);
}

static void
test_truncated (void)
{
  g_autoptr (DifFile) file = dif_file_open (path, NULL);
  char                buffer[10];
  GError             *error = NULL;
  FILE               *stream = g_fopen (path, "wb");

  fputs ("0123", stream);
  fclose (stream);
  g_assert_false (dif_file_read (file, 0, buffer, 10, &error));
  test_assert_error (error, DIF_ERROR_TRUNCATED, path, NULL);
  test_folder_write (folder, "file", TEXT);
}

static void
test_load (void)
{
  gsize            size = 0;
  g_autofree char *bytes = dif_file_load (path, 10, &size, NULL);
  g_autofree char *empty_path = g_build_filename (folder, "empty", NULL);
  g_autofree char *empty = NULL;
  GError          *error = NULL;

  g_assert_cmpuint (size, ==, 10);
  g_assert_cmpstr (bytes, ==, TEXT); /* with a 0 after it */
  g_assert_null (dif_file_load (path, 9, &size, &error));
  test_assert_error (error, DIF_ERROR_LIMIT, path, "9", NULL);
  test_folder_write (folder, "empty", "");
  empty = dif_file_load (empty_path, 0, NULL, NULL);
  g_assert_cmpstr (empty, ==, "");
}

/* A name that is no text is opened by its bytes and shown as well as can be. */
static void
test_names (void)
{
  static const char *const names[] = { "Bäume 🌲", "with space", "\xff\xfe" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char    *full = g_build_filename (folder, names[i], NULL);
      g_autoptr (DifFile) file = NULL;

      test_folder_write (folder, names[i], TEXT);
      file = dif_file_open (full, NULL);
      g_assert_nonnull (file);
      if (file)
        g_assert_true (g_utf8_validate (dif_file_name (file), -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  set_up ();
  g_test_add_func ("/file/read", test_read);
  g_test_add_func ("/file/not-files", test_not_files);
  g_test_add_func ("/file/changed", test_changed);
  g_test_add_func ("/file/truncated", test_truncated);
  g_test_add_func ("/file/load", test_load);
  g_test_add_func ("/file/names", test_names);
  result = g_test_run ();
  tear_down ();
  return result;
}
