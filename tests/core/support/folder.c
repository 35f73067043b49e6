/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/folder.h"

#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

char *
test_folder_new (void)
{
  char *folder = g_dir_make_tmp ("dif-test-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static void
delete_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char      *name;

  if (! g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  g_remove (path);
}

void
test_folder_free (char *folder)
{
  if (folder)
    delete_tree (folder);
  g_free (folder);
}

char *
test_json (const char *text)
{
  char *copy = g_strdup (text);

  return g_strdelimit (copy, "'", '"');
}

/* Not g_file_set_contents(), which waits for the disk. */
void
test_folder_write (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *json = test_json (text);
  FILE            *file;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_remove (path);
  file = g_fopen (path, "wb");
  g_assert_nonnull (file);
  if (! file)
    return;
  g_assert_cmpuint (fwrite (json, 1, strlen (json), file), ==, strlen (json));
  fclose (file);
}
