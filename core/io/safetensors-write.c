/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/safetensors.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/save.h"
#include "core/io/json-scan.h"
#include "core/io/safetensors-header.h"

/* The data begins at a multiple of this. */
#define ALIGN 8

typedef struct
{
  const DifTensorOut *out;
  DifTensorInfo       info;
  guint64             bytes;
} Item;

/* The largest numbers first, so that every tensor is aligned. */
static gint
compare_items (gconstpointer a, gconstpointer b)
{
  const Item *x = a;
  const Item *y = b;

  if (x->info.dtype != y->info.dtype)
    return dif_dtype_bytes (x->info.dtype) > dif_dtype_bytes (y->info.dtype) ? -1 : 1;
  return strcmp (x->info.name, y->info.name);
}

static gboolean
check_item (Item *item, const char *file, GError **error)
{
  const DifTensorOut *out = item->out;
  gsize               length;

  if (! out->name || ! g_utf8_validate (out->name, -1, NULL) ||
      strcmp (out->name, DIF_SAFETENSORS_METADATA) == 0)
    length = 0;
  else
    length = strlen (out->name);
  if (! dif_safetensors_check_name (out->name, length, 0, file, error))
    return FALSE;
  if (out->n_dims > DIF_SAFETENSORS_MAX_DIMS ||
      (out->dtype != DIF_DTYPE_F32 && out->dtype != DIF_DTYPE_F16 && out->dtype != DIF_DTYPE_I64))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("“%s”: the tensor “%s” cannot be written: too many dimensions, or "
                      "neither F32, F16 nor I64."),
                   file, out->name);
      return FALSE;
    }
  item->info.name = out->name;
  item->info.dtype = out->dtype;
  item->info.n_dims = out->n_dims;
  memcpy (item->info.dim, out->dim, sizeof out->dim);
  if (! dif_safetensors_count (&item->info, &item->bytes))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_OVERFLOW,
                   _ ("“%s”: the tensor “%s” cannot be written: its shape is impossible."), file,
                   out->name);
      return FALSE;
    }
  g_return_val_if_fail (out->data || item->bytes == 0, FALSE);
  return TRUE;
}

/* Sorted, with offsets. */
static GArray *
plan (const DifTensorOut *tensors, gsize n, const char *file, GError **error)
{
  g_autoptr (GArray) items = g_array_sized_new (FALSE, TRUE, sizeof (Item), (guint) n);
  guint64            end = 0;

  for (gsize i = 0; i < n; i++)
    {
      Item item = { .out = &tensors[i] };

      if (! check_item (&item, file, error))
        return NULL;
      g_array_append_val (items, item);
    }
  g_array_sort (items, compare_items);
  for (gsize i = 0; i < n; i++)
    {
      Item *item = &g_array_index (items, Item, i);

      item->info.begin = end;
      if (! g_uint64_checked_add (&end, end, item->bytes) || end > G_MAXSIZE / 2)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_OVERFLOW, _ ("“%s” would be too large."), file);
          return NULL;
        }
      item->info.end = end;
    }
  return g_steal_pointer (&items);
}

static json_t *
entry_of (const DifTensorInfo *info)
{
  json_t *shape = json_array ();

  for (guint i = 0; i < info->n_dims; i++)
    json_array_append_new (shape, json_integer ((json_int_t) info->dim[i]));
  return json_pack ("{s:s, s:o, s:[I, I]}", "dtype", dif_dtype_name (info->dtype), "shape", shape,
                    "data_offsets", (json_int_t) info->begin, (json_int_t) info->end);
}

static gboolean
check_unique (const GArray *items, const char *file, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    {
      const char *name = g_array_index (items, Item, i).info.name;

      if (! g_hash_table_add (names, (gpointer) name))
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_DUPKEY,
                       _ ("“%s” would have the tensor “%s” twice."), file, name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
no_memory (const char *file, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM, _ ("Not enough memory to write “%s”."), file);
  return FALSE;
}

/* The padded header, after its length; %NULL if there is no memory. */
static GString *
header_of (const GArray *items, const char *const *metadata)
{
  GString *header = g_string_new_len ("\0\0\0\0\0\0\0\0", 8);
  json_t  *root = json_object ();
  json_t  *pairs = metadata ? json_object () : NULL;
  char    *text = NULL;
  guint64  length;

  for (guint i = 0; metadata && metadata[i]; i += 2)
    json_object_set_new (pairs, metadata[i], json_string (metadata[i + 1]));
  if (pairs)
    json_object_set_new (root, DIF_SAFETENSORS_METADATA, pairs);
  for (guint i = 0; i < items->len; i++)
    {
      const DifTensorInfo *info = &g_array_index (items, Item, i).info;

      json_object_set_new (root, info->name, entry_of (info));
    }
  if (json_object_size (root) == items->len + (pairs ? 1 : 0))
    text = dif_json_dumps (root, JSON_COMPACT | JSON_PRESERVE_ORDER);
  json_decref (root);
  if (! text)
    {
      g_string_free (header, TRUE);
      return NULL;
    }
  g_string_append (header, text);
  g_free (text);
  while (header->len % ALIGN)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE (header->len - 8);
  memcpy (header->str, &length, sizeof length);
  return header;
}

static void
copy_data (guint8 *to, const Item *item)
{
  if (item->bytes == 0)
    return;
  memcpy (to, item->out->data, (gsize) item->bytes);
  dif_dtype_swap (item->info.dtype, to, item->info.size);
}

gboolean
dif_safetensors_write (const char *path, const DifTensorOut *tensors, gsize n, GError **error)
{
  return dif_safetensors_write_with (path, tensors, n, NULL, error);
}

gboolean
dif_safetensors_write_with (const char *path, const DifTensorOut *tensors, gsize n,
                            const char *const *metadata, GError **error)
{
  g_autofree char   *file = g_filename_display_name (path);
  g_autoptr (GArray) items = plan (tensors, n, file, error);
  g_autofree guint8 *bytes = NULL;
  GString           *header;
  gsize              header_size, size;

  if (! items || ! check_unique (items, file, error))
    return FALSE;
  header = header_of (items, metadata);
  if (! header)
    return no_memory (file, error);
  header_size = header->len;
  size = header_size + (n > 0 ? (gsize) g_array_index (items, Item, n - 1).info.end : 0);
  bytes = g_try_malloc (size);
  if (bytes)
    memcpy (bytes, header->str, header_size);
  g_string_free (header, TRUE);
  if (! bytes)
    return no_memory (file, error);
  for (gsize i = 0; i < n; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      copy_data (bytes + header_size + item->info.begin, item);
    }
  return dif_save (path, bytes, size, error);
}
