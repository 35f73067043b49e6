/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/safetensors-header.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json-scan.h"
#include "core/tensor/tensor.h"

/* The text of one tensor's entry: type, at most 8 dims, 2 offsets and some space. */
#define MAX_ENTRY          4096
/* The shortest entry there can be, which bounds how many there can be. */
#define MIN_ENTRY          40
/* Trainers put their whole settings into the metadata, up to some megabytes. */
#define MAX_METADATA       8000000
#define MAX_METADATA_PAIRS 10000
/* Lists within lists of a value at the root: {"name": {"shape": [[ ]]}} */
#define MAX_DEPTH          3
/* Bytes before the header. */
#define PREFIX             8

static gboolean
schema_error (const char *file, const char *tensor, const char *what, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_SCHEMA,
               _ ("“%s” is damaged: in the entry of the tensor “%s”, %s."), file, tensor, what);
  return FALSE;
}

gboolean
dif_safetensors_check_name (const char *name, gsize length, gsize at, const char *file,
                            GError **error)
{
  const guint8 *bytes = (const guint8 *) name;
  gsize         i = 0;

  if (length >= 1 && length <= DIF_SAFETENSORS_MAX_NAME)
    {
      /* UTF-8's control characters: C0, DEL, and C1 behind 0xc2. */
      while (i < length && bytes[i] >= 0x20 && bytes[i] != 0x7f &&
             ! (bytes[i] == 0xc2 && bytes[i + 1] < 0xa0))
        i++;
      if (i == length)
        return TRUE;
    }
  g_set_error (error, DIF_ERROR, DIF_ERROR_NAME,
               _ ("“%s”: the name of a tensor at byte %zu is empty, longer than "
                  "%d bytes, or has control characters."),
               file, at, DIF_SAFETENSORS_MAX_NAME);
  return FALSE;
}

static gboolean
parse_shape (const json_t *shape, const char *file, DifTensorInfo *info, GError **error)
{
  if (! json_is_array (shape))
    return schema_error (file, info->name, _ ("“shape” is not a list"), error);
  if (json_array_size (shape) > DIF_SAFETENSORS_MAX_DIMS)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT,
                   _ ("“%s”: the tensor “%s” has %zu dimensions, expected at "
                      "most %d."),
                   file, info->name, json_array_size (shape), DIF_SAFETENSORS_MAX_DIMS);
      return FALSE;
    }
  info->n_dims = (guint) json_array_size (shape);
  for (guint i = 0; i < DIF_SAFETENSORS_MAX_DIMS; i++)
    {
      const json_t *item = i < info->n_dims ? json_array_get (shape, i) : NULL;

      if (item && (! json_is_integer (item) || json_integer_value (item) < 0))
        return schema_error (file, info->name,
                             _ ("“shape” holds something else than whole numbers"), error);
      /* What does not fit into gsize must stay too large to be accepted. */
      info->dim[i] = item ? (gsize) MIN (json_integer_value (item), G_MAXUINT32) : 1;
    }
  return TRUE;
}

static gboolean
parse_offsets (const json_t *offsets, const char *file, DifTensorInfo *info, GError **error)
{
  const json_t *begin = json_array_get (offsets, 0);
  const json_t *end = json_array_get (offsets, 1);

  if (json_array_size (offsets) != 2 || ! json_is_integer (begin) || ! json_is_integer (end) ||
      json_integer_value (begin) < 0 || json_integer_value (begin) > json_integer_value (end))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_OFFSETS,
                   _ ("“%s” is damaged: “data_offsets” of the tensor “%s” are not two whole "
                      "numbers, the smaller one first."),
                   file, info->name);
      return FALSE;
    }
  info->begin = (guint64) json_integer_value (begin);
  info->end = (guint64) json_integer_value (end);
  return TRUE;
}

static gboolean
check_bytes (const char *file, DifTensorInfo *info, GError **error)
{
  g_autofree char *shape = NULL;
  gboolean         fits;
  guint64          bytes;

  fits = dif_safetensors_count (info, &bytes);
  if (fits && bytes == info->end - info->begin)
    return TRUE;
  shape = dif_shape_to_string (info->n_dims, info->dim);
  if (! fits)
    g_set_error (error, DIF_ERROR, DIF_ERROR_OVERFLOW,
                 _ ("“%s”: the tensor “%s” has the impossible shape %s."), file, info->name, shape);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_SIZE,
                 _ ("“%s” is damaged: the tensor “%s” of shape %s and type %s needs "
                    "%" PRIu64 " bytes, found %" PRIu64 "."),
                 file, info->name, shape, dif_dtype_name (info->dtype), bytes,
                 info->end - info->begin);
  return FALSE;
}

static gboolean
parse_fields (const json_t *entry, const char *file, DifTensorInfo *info, GError **error)
{
  const json_t *dtype = json_object_get (entry, "dtype");
  const json_t *shape = json_object_get (entry, "shape");
  const json_t *offsets = json_object_get (entry, "data_offsets");

  if (! dtype || ! shape || ! offsets || json_object_size (entry) != 3)
    return schema_error (file, info->name,
                         _ ("expected “dtype”, “shape” and “data_offsets” and nothing else"),
                         error);
  return dif_dtype_parse (json_string_value (dtype), info->name, file, &info->dtype, error) &&
         parse_shape (shape, file, info, error) && parse_offsets (offsets, file, info, error) &&
         check_bytes (file, info, error);
}

static gboolean
parse_entry (DifSafetensorsHeader *header, const DifJsonScan *s, const char *name, const char *text,
             gsize length, GError **error)
{
  DifTensorInfo *info = &header->infos[header->n];
  json_error_t   json_error;
  json_t        *entry;
  gboolean       ok;

  if (header->n == DIF_SAFETENSORS_MAX_TENSORS || length > MAX_ENTRY)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT,
                   _ ("“%s”: more than %d tensors, or more than %d bytes of header for the "
                      "tensor “%s”."),
                   s->file, DIF_SAFETENSORS_MAX_TENSORS, MAX_ENTRY, name);
      return FALSE;
    }
  entry = dif_json_loadb (text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &json_error);
  if (! entry)
    {
      dif_json_set_error (error, s->file, s->base + (gsize) (text - s->text), DIF_ERROR_OVERFLOW,
                          &json_error);
      return FALSE;
    }
  info->name = g_string_chunk_insert (header->names, name);
  info->part = 0;
  /* -0 is whole for Jansson but not for the reference. */
  if (! json_is_object (entry) || g_strstr_len (text, (gssize) length, "-0"))
    ok = schema_error (s->file, name, _ ("expected an object of whole numbers"), error);
  else
    ok = parse_fields (entry, s->file, info, error);
  json_decref (entry);
  header->n += ok;
  return ok;
}

static gboolean
parse_metadata (DifSafetensorsHeader *header, const DifJsonScan *s, const char *text, gsize length,
                gsize n_commas, GError **error)
{
  gsize        at = s->base + (gsize) (text - s->text);
  json_error_t json_error;
  const char  *key;
  json_t      *value;

  if (header->metadata)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_DUPKEY, _ ("“%s” is damaged: it has “%s” twice."),
                   s->file, DIF_SAFETENSORS_METADATA);
      return FALSE;
    }
  if (length > MAX_METADATA || n_commas >= MAX_METADATA_PAIRS)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT, _ ("“%s” has too much “%s”."), s->file,
                   DIF_SAFETENSORS_METADATA);
      return FALSE;
    }
  header->metadata =
      dif_json_loadb (text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &json_error);
  if (! header->metadata)
    {
      dif_json_set_error (error, s->file, at, DIF_ERROR_SCHEMA, &json_error);
      return FALSE;
    }
  if (! json_is_object (header->metadata))
    return schema_error (s->file, DIF_SAFETENSORS_METADATA, _ ("expected texts"), error);
  json_object_foreach (header->metadata, key, value)
  {
    if (! json_is_string (value))
      return schema_error (s->file, DIF_SAFETENSORS_METADATA, _ ("expected texts"), error);
  }
  return TRUE;
}

/* The name as text; %NULL if it is none. */
static char *
decode_name (const DifJsonScan *s, const char *text, gsize length, GError **error)
{
  gsize        at = s->base + (gsize) (text - s->text);
  char        *result = NULL;
  json_error_t json_error;
  json_t      *name;

  /* A byte takes at most six, \u0041: longer names need no decoding to be refused,
   * and those without a backslash none at all. */
  if (length > 6 * DIF_SAFETENSORS_MAX_NAME + 2 || ! memchr (text, '\\', length))
    {
      gboolean ok = dif_safetensors_check_name (text + 1, length - 2, at, s->file, error);

      return ok ? g_strndup (text + 1, length - 2) : NULL;
    }
  name = dif_json_loadb (text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &json_error);
  if (! name)
    dif_json_set_error (error, s->file, at, DIF_ERROR_JSON, &json_error);
  else if (dif_safetensors_check_name (json_string_value (name), json_string_length (name), at,
                                       s->file, error))
    result = g_strdup (json_string_value (name));
  json_decref (name);
  return result;
}

static gboolean
parse_member (DifSafetensorsHeader *header, DifJsonScan *s, GError **error)
{
  g_autofree char *name = NULL;
  const char      *key, *value;
  gsize            key_length, value_length, n_commas;

  key = dif_json_scan_string (s, &key_length, error);
  if (! key || ! dif_json_scan_expect (s, ':', error))
    return FALSE;
  value = dif_json_scan_value (s, MAX_DEPTH, &value_length, &n_commas, error);
  if (! value)
    return FALSE;
  name = decode_name (s, key, key_length, error);
  if (! name)
    return FALSE;
  if (strcmp (name, DIF_SAFETENSORS_METADATA) == 0)
    return parse_metadata (header, s, value, value_length, n_commas, error);
  return parse_entry (header, s, name, value, value_length, error);
}

static gboolean
parse_root (DifSafetensorsHeader *header, DifJsonScan *s, GError **error)
{
  if (! dif_json_scan_expect (s, '{', error))
    return FALSE;
  if (! dif_json_scan_accept (s, '}'))
    {
      do
        {
          if (! parse_member (header, s, error))
            return FALSE;
        }
      while (dif_json_scan_accept (s, ','));
      if (! dif_json_scan_expect (s, '}', error))
        return FALSE;
    }
  if (dif_json_scan_at_end (s))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_JSON,
               _ ("“%s” is damaged: something follows its header at byte %zu."), s->file,
               s->base + s->pos);
  return FALSE;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const DifTensorInfo *x = *(const DifTensorInfo *const *) a;
  const DifTensorInfo *y = *(const DifTensorInfo *const *) b;

  return strcmp (x->name, y->name);
}

gboolean
dif_safetensors_header_sort (DifSafetensorsHeader *header, const char *file, GError **error)
{
  header->by_name = g_ptr_array_sized_new ((guint) header->n);
  for (gsize i = 0; i < header->n; i++)
    g_ptr_array_add (header->by_name, &header->infos[i]);
  g_ptr_array_sort (header->by_name, compare_names);
  for (guint i = 1; i < header->by_name->len; i++)
    {
      const DifTensorInfo *info = header->by_name->pdata[i];

      if (compare_names (&header->by_name->pdata[i - 1], &header->by_name->pdata[i]) == 0)
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_DUPKEY,
                       _ ("“%s” is damaged: it has the tensor “%s” twice."), file, info->name);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
dif_safetensors_header_parse (DifSafetensorsHeader *header, const char *text, gsize size,
                              guint64 data_size, const char *file, GError **error)
{
  DifJsonScan s = { text, size, 0, PREFIX, file };
  /* One more than there may be, so that the one too many is found by its number. */
  gsize       room = MIN (size / MIN_ENTRY, DIF_SAFETENSORS_MAX_TENSORS) + 1;

  memset (header, 0, sizeof *header);
  header->names = g_string_chunk_new (4096);
  header->infos = g_try_new (DifTensorInfo, room);
  if (! header->infos)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM, _ ("Not enough memory to read “%s”."), file);
      return FALSE;
    }
  return dif_json_check_utf8 (text, size, PREFIX, file, error) && parse_root (header, &s, error) &&
         dif_safetensors_header_sort (header, file, error) &&
         dif_safetensors_layout_check (header, data_size, file, error);
}

void
dif_safetensors_header_clear (DifSafetensorsHeader *header)
{
  g_clear_pointer (&header->by_name, g_ptr_array_unref);
  g_clear_pointer (&header->names, g_string_chunk_free);
  g_clear_pointer (&header->infos, g_free);
  g_clear_pointer (&header->metadata, json_decref);
}
