/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/safetensors-header.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "core/base/error.h"

gboolean
dif_safetensors_count (DifTensorInfo *info, guint64 *bytes)
{
  guint64 product = dif_dtype_bits (info->dtype);
  guint64 size = 1;

  for (guint i = 0; i < info->n_dims; i++)
    {
      if (info->dim[i] > G_MAXINT32)
        return FALSE;
      if (info->dim[i] > 0 && ! g_uint64_checked_mul (&product, product, info->dim[i]))
        return FALSE;
      size *= info->dim[i]; /* no more than product, which did not overflow */
    }
  *bytes = size > 0 ? product / 8 : 0;
  info->size = (gsize) size;
  return (size == 0 || product % 8 == 0) && *bytes <= G_MAXSIZE;
}

static gint
compare_offsets (gconstpointer a, gconstpointer b)
{
  const DifTensorInfo *x = *(const DifTensorInfo *const *) a;
  const DifTensorInfo *y = *(const DifTensorInfo *const *) b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

static gboolean
check_neighbors (const DifTensorInfo *before, const DifTensorInfo *info, const char *file,
                 GError **error)
{
  guint64 expected = before ? before->end : 0;

  if (info->begin == expected)
    return TRUE;
  if (! before)
    g_set_error (error, DIF_ERROR, DIF_ERROR_OFFSETS,
                 _ ("“%s” is damaged: the first tensor, “%s”, begins at byte "
                    "%" PRIu64 " of the data instead of 0."),
                 file, info->name, info->begin);
  else if (info->begin < expected)
    g_set_error (error, DIF_ERROR, DIF_ERROR_OFFSETS,
                 _ ("“%s” is damaged: the tensors “%s” and “%s” overlap at byte "
                    "%" PRIu64 " of the data."),
                 file, before->name, info->name, info->begin);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_OFFSETS,
                 g_dngettext (GETTEXT_PACKAGE,
                              "“%s” is damaged: %" PRIu64 " byte between the tensors “%s” and “%s” "
                              "belongs to none.",
                              "“%s” is damaged: %" PRIu64
                              " bytes between the tensors “%s” and “%s” "
                              "belong to none.",
                              (gulong) (info->begin - expected)),
                 file, info->begin - expected, before->name, info->name);
  return FALSE;
}

static gboolean
check_end (guint64 end, guint64 data_size, const char *file, GError **error)
{
  if (end == data_size)
    return TRUE;
  if (end > data_size)
    g_set_error (error, DIF_ERROR, DIF_ERROR_SIZE,
                 g_dngettext (GETTEXT_PACKAGE,
                              "“%s” ends too early: %" PRIu64 " byte is missing.  Was it copied or "
                              "downloaded whole?",
                              "“%s” ends too early: %" PRIu64 " bytes are missing.  Was it copied "
                              "or downloaded whole?",
                              (gulong) (end - data_size)),
                 file, end - data_size);
  else
    g_set_error (error, DIF_ERROR, DIF_ERROR_SIZE,
                 g_dngettext (GETTEXT_PACKAGE,
                              "“%s” is damaged: %" PRIu64 " byte at its end belongs to no tensor.  "
                              "Something was added to it: copy or download it again.",
                              "“%s” is damaged: %" PRIu64 " bytes at its end belong to no tensor.  "
                              "Something was added to it: copy or download it again.",
                              (gulong) (data_size - end)),
                 file, data_size - end);
  return FALSE;
}

gboolean
dif_safetensors_layout_check (const DifSafetensorsHeader *header, guint64 data_size,
                              const char *file, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new ((guint) header->n);
  const DifTensorInfo  *before = NULL;

  for (gsize i = 0; i < header->n; i++)
    g_ptr_array_add (sorted, &header->infos[i]);
  g_ptr_array_sort (sorted, compare_offsets);
  for (guint i = 0; i < sorted->len; i++)
    {
      if (! check_neighbors (before, sorted->pdata[i], file, error))
        return FALSE;
      before = sorted->pdata[i];
    }
  return check_end (before ? before->end : 0, data_size, file, error);
}
