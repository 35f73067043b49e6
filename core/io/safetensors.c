/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/finite.h"
#include "core/base/half.h"
#include "core/io/safetensors-header.h"

/* Numbers read at a time: what is converted next is still in the second-level cache. */
#define CHUNK    16384
/* Larger than any file system holds but as a hole; below it offsets cannot overflow. */
#define MAX_FILE (G_GUINT64_CONSTANT (1) << 48)

struct _DifSafetensors
{
  DifFile             *file; /* NULL if there are parts */
  char                *path;
  char                *name;
  guint64              data_begin;
  DifSafetensorsHeader header; /* of parts together */
  GPtrArray           *parts;  /* (nullable) DifSafetensors, of an index */
  union
  {
    guint8  u8[CHUNK];
    guint16 u16[CHUNK];
    guint32 u32[CHUNK];
    guint64 u64[CHUNK];
    gint32  i32[CHUNK];
    float   f32[CHUNK];
    double  f64[CHUNK];
  } chunk;
};

/* The header's length, checked against the file's. */
static gboolean
read_length (DifFile *file, guint64 *length, GError **error)
{
  guint64     size = dif_file_size (file);
  guint8      start[64] = { 0 };
  gsize       n_start = (gsize) MIN (size, sizeof start);
  const char *other;

  if (! dif_file_read (file, 0, start, n_start, error))
    return FALSE;
  memcpy (length, start, sizeof *length);
  *length = GUINT64_FROM_LE (*length);
  if (size >= 8 && *length <= DIF_SAFETENSORS_MAX_HEADER && *length <= size - 8)
    return TRUE;
  other = dif_safetensors_sniff (start, n_start);
  if (other)
    g_set_error (error, DIF_ERROR, DIF_ERROR_NOT_SAFETENSORS,
                 _ ("“%s” is not a safetensors model but %s."), dif_file_name (file), other);
  else if (size < 8)
    g_set_error (error, DIF_ERROR, DIF_ERROR_TRUNCATED,
                 g_dngettext (GETTEXT_PACKAGE, "“%s” ends too early: it has %" PRIu64 " byte.",
                              "“%s” ends too early: it has %" PRIu64 " bytes.", (gulong) size),
                 dif_file_name (file), size);
  else if (*length > DIF_SAFETENSORS_MAX_HEADER)
    g_set_error (error, DIF_ERROR, DIF_ERROR_HEADER_SIZE,
                 _ ("“%s” is damaged or not a safetensors model: its header would have "
                    "%" PRIu64 " bytes."),
                 dif_file_name (file), *length);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_TRUNCATED,
                 g_dngettext (GETTEXT_PACKAGE,
                              "“%s” ends too early: %" PRIu64 " byte of its header is missing.  "
                              "Was it copied or downloaded whole?",
                              "“%s” ends too early: %" PRIu64 " bytes of its header are missing.  "
                              "Was it copied or downloaded whole?",
                              (gulong) (*length - (size - 8))),
                 dif_file_name (file), *length - (size - 8));
  return FALSE;
}

static gboolean
read_header (DifSafetensors *st, GError **error)
{
  const char      *name = dif_file_name (st->file);
  g_autofree char *text = NULL;
  guint64          length;

  if (dif_file_size (st->file) > MAX_FILE)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_IO,
                   _ ("“%s” is larger than any model: %" PRIu64 " bytes."), name,
                   dif_file_size (st->file));
      return FALSE;
    }
  if (! read_length (st->file, &length, error))
    return FALSE;
  if (length < 2)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_JSON, _ ("“%s” is damaged: its header is empty."),
                   name);
      return FALSE;
    }
  if (length > DIF_SAFETENSORS_HONEST_HEADER)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT,
                   _ ("“%s” has a header of %" PRIu64 " bytes, expected at most %d."), name, length,
                   DIF_SAFETENSORS_HONEST_HEADER);
      return FALSE;
    }
  text = g_try_malloc ((gsize) length);
  if (! text)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM, _ ("Not enough memory to read “%s”."), name);
      return FALSE;
    }
  st->data_begin = 8 + length;
  return dif_file_read (st->file, 8, text, (gsize) length, error) &&
         dif_safetensors_header_parse (&st->header, text, (gsize) length,
                                       dif_file_size (st->file) - st->data_begin, name, error);
}

/* One header of all parts'.  Names stay theirs. */
static gboolean
join_headers (DifSafetensors *st, GError **error)
{
  gsize n = 0;

  for (guint k = 0; k < st->parts->len; k++)
    n += ((DifSafetensors *) st->parts->pdata[k])->header.n;
  if (n > DIF_SAFETENSORS_MAX_TENSORS)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_LIMIT,
                   _ ("“%s”: more than %d tensors in all of its files."), st->name,
                   DIF_SAFETENSORS_MAX_TENSORS);
      return FALSE;
    }
  st->header.infos = g_new (DifTensorInfo, n);
  for (guint k = 0; k < st->parts->len; k++)
    {
      const DifSafetensors *part = st->parts->pdata[k];

      for (gsize i = 0; i < part->header.n; i++)
        {
          st->header.infos[st->header.n] = part->header.infos[i];
          st->header.infos[st->header.n++].part = k;
        }
    }
  return dif_safetensors_header_sort (&st->header, st->name, error);
}

static gboolean
open_parts (DifSafetensors *st, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (st->path);
  g_auto (DifSafetensorsIndex) index = { NULL, NULL };

  if (! dif_safetensors_index_load (&index, st->path, error))
    return FALSE;
  st->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_safetensors_close);
  for (guint k = 0; k < index.files->len; k++)
    {
      g_autofree char *path = g_build_filename (folder, index.files->pdata[k], NULL);
      DifSafetensors  *part;

      if (! g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                       _ ("“%s” names a file “%s”, which is not beside it.  Was all of the model "
                          "copied or downloaded?"),
                       st->name, (const char *) index.files->pdata[k]);
          return FALSE;
        }
      part = dif_safetensors_open (path, error);
      if (! part)
        return FALSE;
      g_ptr_array_add (st->parts, part);
    }
  return join_headers (st, error) &&
         dif_safetensors_index_check (&index, &st->header, st->name, error);
}

DifSafetensors *
dif_safetensors_open (const char *path, GError **error)
{
  g_autoptr (DifSafetensors) st = NULL;

  g_return_val_if_fail (path, NULL);
  st = g_new0 (DifSafetensors, 1);
  st->path = g_strdup (path);
  st->name = g_filename_display_name (path);
  if (g_str_has_suffix (path, ".json"))
    return open_parts (st, error) ? g_steal_pointer (&st) : NULL;
  st->file = dif_file_open (path, error);
  if (! st->file || ! read_header (st, error))
    return NULL;
  return g_steal_pointer (&st);
}

void
dif_safetensors_close (DifSafetensors *st)
{
  if (! st)
    return;
  dif_safetensors_header_clear (&st->header);
  g_clear_pointer (&st->parts, g_ptr_array_unref);
  dif_file_close (st->file);
  g_free (st->path);
  g_free (st->name);
  g_free (st);
}

const char *
dif_safetensors_path (const DifSafetensors *st)
{
  return st->path;
}

const char *
dif_safetensors_name (const DifSafetensors *st)
{
  return st->name;
}

const DifTensorInfo *
dif_safetensors_infos (const DifSafetensors *st, gsize *n)
{
  *n = st->header.n;
  return st->header.infos;
}

const DifTensorInfo *
dif_safetensors_find (const DifSafetensors *st, const char *name)
{
  const GPtrArray *sorted = st->header.by_name;
  guint            low = 0;
  guint            high = sorted->len;

  while (low < high)
    {
      guint                middle = low + (high - low) / 2;
      const DifTensorInfo *info = sorted->pdata[middle];
      gint                 order = strcmp (name, info->name);

      if (order == 0)
        return info;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return NULL;
}

const char *
dif_safetensors_metadata (const DifSafetensors *st, const char *key)
{
  return json_string_value (json_object_get (st->header.metadata, key));
}

/* The file that a tensor lies in. */
static DifSafetensors *
part_of (DifSafetensors *st, const DifTensorInfo *info)
{
  return st->parts ? st->parts->pdata[info->part] : st;
}

/* Puts numbers first … first + n - 1 into out, in the host's byte order. */
static gboolean
fetch (DifSafetensors *st, const DifTensorInfo *info, gsize first, gsize n, void *out,
       GError **error)
{
  const DifSafetensors *part = part_of (st, info);
  gsize                 bytes = dif_dtype_bytes (info->dtype);

  if (! dif_file_read (part->file, part->data_begin + info->begin + first * bytes, out, n * bytes,
                       error))
    return FALSE;
  dif_dtype_swap (info->dtype, out, n);
  return TRUE;
}

static gboolean
wrong_type (DifSafetensors *st, const DifTensorInfo *info, const char *expected, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
               _ ("“%s”: the tensor “%s” has numbers of the type %s, expected %s.  Save it with "
                  "one of these."),
               part_of (st, info)->name, info->name, dif_dtype_name (info->dtype), expected);
  return FALSE;
}

static gboolean
not_finite (DifSafetensors *st, const DifTensorInfo *info, GError **error)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
               _ ("“%s” is damaged: the tensor “%s” holds infinity or “not a number”."),
               part_of (st, info)->name, info->name);
  return FALSE;
}

gboolean
dif_safetensors_check_weight (DifSafetensors *st, const DifTensorInfo *info, GError **error)
{
  return dif_dtype_is_weight (info->dtype) || wrong_type (st, info, "F32, F16, BF16, F64", error);
}

gboolean
dif_safetensors_read_f32_any (DifSafetensors *st, const DifTensorInfo *info, float *out,
                              GError **error)
{
  gsize n;

  if (info->dtype == DIF_DTYPE_F32)
    return fetch (st, info, 0, info->size, out, error);
  if (! dif_safetensors_check_weight (st, info, error))
    return FALSE;
  for (gsize i = 0; i < info->size; i += n)
    {
      n = MIN (CHUNK, info->size - i);
      if (! fetch (st, info, i, n, &st->chunk, error))
        return FALSE;
      if (info->dtype == DIF_DTYPE_F16)
        dif_widen_f16 (st->chunk.u16, out + i, n);
      else if (info->dtype == DIF_DTYPE_BF16)
        dif_widen_bf16 (st->chunk.u16, out + i, n);
      else
        for (gsize k = 0; k < n; k++)
          out[i + k] = (float) st->chunk.f64[k];
    }
  return TRUE;
}

gboolean
dif_safetensors_read_f32 (DifSafetensors *st, const DifTensorInfo *info, float *out, GError **error)
{
  return dif_safetensors_read_f32_any (st, info, out, error) &&
         (dif_all_finite (out, info->size) || not_finite (st, info, error));
}

gboolean
dif_safetensors_read_f64 (DifSafetensors *st, const DifTensorInfo *info, double *out,
                          GError **error)
{
  gsize n;

  if (info->dtype != DIF_DTYPE_F64 && info->dtype != DIF_DTYPE_F32)
    return wrong_type (st, info, "F64, F32", error);
  for (gsize i = 0; i < info->size; i += n)
    {
      gboolean finite = TRUE;
      gboolean wide = info->dtype == DIF_DTYPE_F64;

      n = MIN (CHUNK, info->size - i);
      if (! fetch (st, info, i, n, wide ? (void *) (out + i) : st->chunk.f32, error))
        return FALSE;
      for (gsize j = i; j < i + n; j++)
        {
          if (! wide)
            out[j] = (double) st->chunk.f32[j - i];
          finite = finite && isfinite (out[j]);
        }
      if (! finite)
        return not_finite (st, info, error);
    }
  return TRUE;
}

gboolean
dif_safetensors_read_i64 (DifSafetensors *st, const DifTensorInfo *info, gint64 *out,
                          GError **error)
{
  gsize n;

  if (info->dtype == DIF_DTYPE_I64)
    return fetch (st, info, 0, info->size, out, error);
  if (info->dtype != DIF_DTYPE_I32 && info->dtype != DIF_DTYPE_U8)
    return wrong_type (st, info, "I64, I32, U8", error);
  for (gsize i = 0; i < info->size; i += n)
    {
      n = MIN (CHUNK, info->size - i);
      if (! fetch (st, info, i, n, &st->chunk, error))
        return FALSE;
      for (gsize j = 0; j < n; j++)
        out[i + j] = info->dtype == DIF_DTYPE_I32 ? st->chunk.i32[j] : st->chunk.u8[j];
    }
  return TRUE;
}

gboolean
dif_safetensors_finish (DifSafetensors *st, GError **error)
{
  for (guint k = 0; st->parts && k < st->parts->len; k++)
    if (! dif_safetensors_finish (st->parts->pdata[k], error))
      return FALSE;
  return st->parts || dif_file_check_unchanged (st->file, error);
}
