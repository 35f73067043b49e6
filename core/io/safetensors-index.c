/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Large models are saved as several files, with an index of what lies where. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/io/safetensors-header.h"

/* An entry of 150 bytes for each of as many tensors as are honest. */
#define MAX_BYTES (8 * DIF_JSON_MAX_BYTES)
#define MAX_FILES 200

/* Whoever wrote an index may not say which of the user's files are opened. */
static gboolean
is_beside (const char *file)
{
  const gsize n = strlen (file);

  for (gsize i = 0; i < n; i++)
    if (strchr ("/\\:", file[i]) || (guchar) file[i] < 0x20 || file[i] == 0x7f)
      return FALSE;
  return n <= 255 && file[0] != '.' && g_str_has_suffix (file, ".safetensors");
}

static guint
number_of (DifSafetensorsIndex *index, const char *file)
{
  guint k = 0;

  while (k < index->files->len && ! g_str_equal (index->files->pdata[k], file))
    k++;
  if (k == index->files->len)
    g_ptr_array_add (index->files, g_strdup (file));
  return k;
}

static void
read_entry (DifJsonReader *r, DifSafetensorsIndex *index, const char *tensor, const json_t *value)
{
  const char *file = json_string_value (value);
  guint       k;

  if (! file)
    {
      dif_json_reader_fail (r, DIF_ERROR_SCHEMA, "weight_map",
                            _ ("the file of the tensor “%s” should be a text"), tensor);
      return;
    }
  if (! is_beside (file))
    {
      dif_json_reader_fail (r, DIF_ERROR_PATH, "weight_map",
                            _ ("“%s” is not the name of a safetensors file in this folder"), file);
      return;
    }
  k = number_of (index, file);
  if (k >= MAX_FILES)
    dif_json_reader_fail (r, DIF_ERROR_LIMIT, "weight_map", _ ("there are more than %d files"),
                          MAX_FILES);
  g_hash_table_insert (index->map, g_strdup (tensor), GUINT_TO_POINTER (k + 1));
}

gboolean
dif_safetensors_index_load (DifSafetensorsIndex *index, const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  json_t          *root = dif_json_load_limit (path, MAX_BYTES, error);
  json_t          *map;
  const char      *tensor;
  json_t          *value;
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  index->files = g_ptr_array_new_with_free_func (g_free);
  index->map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (! root)
    return FALSE;
  dif_json_reader_init (&reader, root, name);
  json_decref (root);
  map = json_object_get (reader.root, "weight_map");
  if (json_object_size (map) == 0)
    dif_json_reader_fail (&reader, DIF_ERROR_SCHEMA, "weight_map",
                          _ ("expected an object that names the file of each tensor"));
  json_object_foreach (map, tensor, value)
  {
    if (! reader.error)
      read_entry (&reader, index, tensor, value);
  }
  return dif_json_reader_finish (&reader, error);
}

gboolean
dif_safetensors_index_check (const DifSafetensorsIndex *index, const DifSafetensorsHeader *header,
                             const char *name, GError **error)
{
  gsize n = 0;

  for (gsize i = 0; i < header->n; i++)
    {
      const DifTensorInfo *info = &header->infos[i];
      const guint          k = GPOINTER_TO_UINT (g_hash_table_lookup (index->map, info->name));

      if (k > 0 && k - 1 != info->part)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
                       _ ("“%s” says that the tensor “%s” lies in “%s”, but it lies in “%s”."),
                       name, info->name, (const char *) index->files->pdata[k - 1],
                       (const char *) index->files->pdata[info->part]);
          return FALSE;
        }
      n += k > 0;
    }
  if (n == g_hash_table_size (index->map))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISMATCH,
               g_dngettext (GETTEXT_PACKAGE,
                            "“%s” names %u tensor that none of its files has.  Are they of the "
                            "same model?",
                            "“%s” names %u tensors that none of its files has.  Are they of the "
                            "same model?",
                            g_hash_table_size (index->map) - n),
               name, g_hash_table_size (index->map) - (guint) n);
  return FALSE;
}

void
dif_safetensors_index_clear (DifSafetensorsIndex *index)
{
  g_clear_pointer (&index->files, g_ptr_array_unref);
  g_clear_pointer (&index->map, g_hash_table_unref);
}
