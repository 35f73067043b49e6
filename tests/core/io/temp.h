/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A folder for one test program's files. */

#include <string.h>

#include <glib.h>
#include <glib/gstdio.h>

static char *temp_dir;

static inline void
temp_init (void)
{
  temp_dir = g_dir_make_tmp ("dif-test-XXXXXX", NULL);
  g_assert_nonnull (temp_dir);
}

static inline char *
temp_path (const char *name)
{
  return g_build_filename (temp_dir, name, NULL);
}

/* Not g_file_set_contents(), which waits for the disk; and so does ext4 when a file is
 * written anew without being removed. */
static inline char *
temp_write (const char *name, gconstpointer bytes, gsize size)
{
  char *path = temp_path (name);
  FILE *file;

  g_remove (path);
  file = g_fopen (path, "wb");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  fclose (file);
  return path;
}

/* Files only: tests make no folders that they leave behind. */
static inline void
temp_clear (void)
{
  g_autoptr (GDir) dir = g_dir_open (temp_dir, 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = temp_path (name);

      g_remove (path);
    }
  g_rmdir (temp_dir);
  g_clear_pointer (&temp_dir, g_free);
}

/* JSON in C strings with ' for ". */
static inline GString *
temp_json (const char *text, gssize size)
{
  GString *out = g_string_new_len (text, size < 0 ? (gssize) strlen (text) : size);

  for (gsize i = 0; i < out->len; i++)
    {
      if (out->str[i] == '\'')
        out->str[i] = '"';
    }
  return out;
}

/* A safetensors file of a header and n_data zeros. */
static inline GString *
temp_safetensors (const char *text, gssize size, gsize n_data)
{
  g_autoptr (GString) header = temp_json (text, size);
  guint64             length = GUINT64_TO_LE (header->len);
  GString            *out = g_string_new_len ((const char *) &length, sizeof length);
  gsize               before;

  g_string_append_len (out, header->str, (gssize) header->len);
  before = out->len;
  g_string_set_size (out, before + n_data);
  memset (out->str + before, 0, n_data);
  return out;
}
