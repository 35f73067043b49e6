/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/train-data.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/cli/picture-file.h"
#include "core/pipeline/known.h"

#define MAX_TABLE (64u << 20)

static gboolean
set_error (GError **error, int code, const char *format, const char *path)
{
  g_autofree char *display = g_filename_display_name (path);

  g_set_error (error, DIF_ERROR, code, format, display);
  return FALSE;
}

static guint8
to_byte (float x)
{
  return (guint8) lrintf (CLAMP (x, 0.0f, 1.0f) * 255.0f);
}

/* Bytes of its colors, then of its coverage. */
static gboolean
convert (const CliPicture *picture, const char *path, guint8 *bytes, GError **error)
{
  const gsize n = (gsize) picture->width * picture->height;
  gboolean    any = ! picture->alpha;

  for (gsize i = 0; i < 3 * n; i++)
    bytes[i] = to_byte (picture->pixels[i]);
  for (gsize i = 0; picture->alpha && i < n; i++)
    {
      bytes[3 * n + i] = picture->alpha[i] < DIF_LEAST_ALPHA ? 0 : to_byte (picture->alpha[i]);
      any = any || bytes[3 * n + i] > 0;
    }
  return any ||
         set_error (error, DIF_ERROR_REQUEST,
                    _ ("“%s” is transparent all over: there is nothing to learn from."), path);
}

static gboolean
add_picture (DifDataset *dataset, const char *path, const char *label, GError **error)
{
  g_autoptr (CliPicture) picture = cli_picture_read (path, error);
  const gsize            n = picture ? (gsize) picture->width * picture->height : 0;
  g_autofree guint8     *bytes = g_try_malloc (4 * n);
  DifTrainPicture        own = { .pixels = bytes, .label = label };

  if (! picture || (picture->alpha && ! dif_fill_unseen (picture->pixels, picture->alpha,
                                                         picture->width, picture->height, error)))
    return FALSE;
  if (! bytes)
    return set_error (error, DIF_ERROR_NOMEM, _ ("Not enough memory to read “%s”."), path);
  if (! convert (picture, path, bytes, error))
    return FALSE;
  own.width = picture->width;
  own.height = picture->height;
  own.coverage = picture->alpha ? bytes + 3 * n : NULL;
  return dif_dataset_add (dataset, &own, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Sorted, so that the same folder is the same data. */
static GPtrArray *
names_in (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray       *names;
  const char      *name;

  if (! dir)
    {
      set_error (error, DIF_ERROR_IO, _ ("The folder “%s” cannot be read."), folder);
      return NULL;
    }
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)))
    if (*name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
is_png (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_str_has_suffix (lower, ".png");
}

static gboolean
read_folder (DifDataset *dataset, const char *folder, const char *label, GError **error)
{
  g_autoptr (GPtrArray) names = names_in (folder, error);

  for (guint i = 0; names && i < names->len; i++)
    {
      const char      *name = names->pdata[i];
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *shown = g_filename_display_name (name);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (! label && ! read_folder (dataset, path, shown, error))
            return FALSE;
        }
      else if (is_png (name) && ! add_picture (dataset, path, label, error))
        return FALSE;
    }
  return names != NULL;
}

static gboolean
read_line (DifDataset *dataset, const char *folder, char *line, const char *table, GError **error)
{
  char            *comma = strrchr (line, ',');
  g_autofree char *path = NULL;

  if (! comma || comma == line || ! comma[1])
    return set_error (error, DIF_ERROR_REQUEST, _ ("“%s” has a line that is not “file,label”."),
                      table);
  *comma = '\0';
  path = g_build_filename (folder, g_strstrip (line), NULL);
  return add_picture (dataset, path, g_strstrip (comma + 1), error);
}

static gboolean
read_table (DifDataset *dataset, const char *folder, const char *table, GError **error)
{
  g_autofree char *text = dif_file_load (table, MAX_TABLE, NULL, error);
  g_auto (GStrv) lines = text ? g_strsplit (text, "\n", -1) : NULL;

  if (text && ! g_utf8_validate (text, -1, NULL))
    return set_error (error, DIF_ERROR_UTF8, _ ("“%s” is not UTF-8."), table);
  for (guint i = 0; lines && lines[i]; i++)
    {
      g_strstrip (lines[i]);
      if (*lines[i] == '\0' || (i == 0 && g_str_equal (lines[i], "file,label")))
        continue;
      if (! read_line (dataset, folder, lines[i], table, error))
        return FALSE;
    }
  return text != NULL;
}

DifDataset *
cli_dataset_read (const char *folder, const char *table, GError **error)
{
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  gboolean               read = table ? read_table (dataset, folder, table, error) :
                                        read_folder (dataset, folder, NULL, error);

  return read ? g_steal_pointer (&dataset) : NULL;
}
