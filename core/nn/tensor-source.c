/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/nn/tensor-source.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/finite.h"

struct _DifTensorSource
{
  gint             ref_count; /* atomic */
  DifTensorSource *whole;     /* of which it is a part */
  DifSafetensors  *file;      /* the whole's, if there is one */
  GArray          *tensors;   /* DifNamedTensor */
  GHashTable      *by_name;   /* own names, to places in tensors */
  GHashTable      *deltas;    /* DifTensorInfo, to GPtrArray of DifDelta */
};

static void
delta_free (gpointer data)
{
  DifDelta *delta = data;

  delta->free (delta);
}

static DifTensorSource *
source_new (DifSafetensors *file, DifTensorSource *whole)
{
  DifTensorSource *source = g_new0 (DifTensorSource, 1);

  source->ref_count = 1;
  source->file = file;
  source->whole = whole ? dif_tensor_source_ref (whole) : NULL;
  source->tensors = g_array_new (FALSE, FALSE, sizeof (DifNamedTensor));
  source->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  source->deltas = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  return source;
}

/* FALSE if there is one of that name. */
static gboolean
add_tensor (DifTensorSource *source, char *name, const DifTensorInfo *info)
{
  const DifNamedTensor tensor = { name, info };

  if (g_hash_table_contains (source->by_name, name))
    {
      g_free (name);
      return FALSE;
    }
  g_hash_table_insert (source->by_name, name, GUINT_TO_POINTER (source->tensors->len));
  g_array_append_val (source->tensors, tensor);
  return TRUE;
}

DifTensorSource *
dif_tensor_source_open (const char *path, GError **error)
{
  DifSafetensors      *file = dif_safetensors_open (path, error);
  DifTensorSource     *source = file ? source_new (file, NULL) : NULL;
  const DifTensorInfo *infos = NULL;
  gsize                n = 0;

  if (source)
    infos = dif_safetensors_infos (file, &n);
  for (gsize i = 0; i < n; i++)
    add_tensor (source, g_strdup (infos[i].name), &infos[i]);
  return source;
}

/* Adds what of the whole is the part's. */
static gboolean
take_part (DifTensorSource *part, const char *prefix, DifRename rename, gpointer data,
           GError **error)
{
  const GArray *all = part->whole->tensors;

  for (guint i = 0; i < all->len; i++)
    {
      const DifTensorInfo *info = g_array_index (all, DifNamedTensor, i).info;
      const char          *rest = info->name + strlen (prefix);
      char                *name = NULL;

      if (g_str_has_prefix (info->name, prefix))
        name = rename ? rename (rest, data) : g_strdup (rest);
      if (name && ! add_tensor (part, name, info))
        {
          g_set_error (error, DIF_ERROR, DIF_ERROR_DUPKEY,
                       _ ("“%s” holds a tensor “%s” that another tensor stands for already."),
                       dif_tensor_source_name (part), info->name);
          return FALSE;
        }
    }
  return TRUE;
}

DifTensorSource *
dif_tensor_source_part (DifTensorSource *whole, const char *prefix, DifRename rename, gpointer data,
                        GError **error)
{
  g_autoptr (DifTensorSource) part = source_new (whole->file, whole);

  g_return_val_if_fail (! whole->whole, NULL);
  if (! take_part (part, prefix, rename, data, error))
    return NULL;
  if (part->tensors->len > 0)
    return g_steal_pointer (&part);
  g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
               _ ("“%s” has no part whose tensors' names begin with “%s”."),
               dif_tensor_source_name (whole), prefix);
  return NULL;
}

DifTensorSource *
dif_tensor_source_ref (DifTensorSource *source)
{
  g_atomic_int_inc (&source->ref_count);
  return source;
}

void
dif_tensor_source_unref (DifTensorSource *source)
{
  if (! source || ! g_atomic_int_dec_and_test (&source->ref_count))
    return;
  g_hash_table_unref (source->deltas);
  g_array_unref (source->tensors);
  g_hash_table_unref (source->by_name);
  if (source->whole)
    dif_tensor_source_unref (source->whole);
  else
    dif_safetensors_close (source->file);
  g_free (source);
}

const char *
dif_tensor_source_name (const DifTensorSource *source)
{
  return dif_safetensors_name (source->file);
}

const DifNamedTensor *
dif_tensor_source_tensors (const DifTensorSource *source, guint *n)
{
  *n = source->tensors->len;
  return (const DifNamedTensor *) (gpointer) source->tensors->data;
}

const DifNamedTensor *
dif_tensor_source_find (const DifTensorSource *source, const char *name)
{
  gpointer at;

  if (! g_hash_table_lookup_extended (source->by_name, name, NULL, &at))
    return NULL;
  return &g_array_index (source->tensors, DifNamedTensor, GPOINTER_TO_UINT (at));
}

void
dif_tensor_source_add_delta (DifTensorSource *source, const DifNamedTensor *tensor, DifDelta *delta)
{
  GPtrArray *list = g_hash_table_lookup (source->deltas, tensor->info);

  if (! list)
    {
      list = g_ptr_array_new_with_free_func (delta_free);
      g_hash_table_insert (source->deltas, (gpointer) tensor->info, list);
    }
  g_ptr_array_add (list, delta);
}

gboolean
dif_tensor_source_read (DifTensorSource *source, const DifNamedTensor *tensor, float *out,
                        GError **error)
{
  const DifTensorInfo *info = tensor->info;
  const GPtrArray     *list = g_hash_table_lookup (source->deltas, info);

  if (! dif_safetensors_read_f32 (source->file, info, out, error))
    return FALSE;
  for (guint i = 0; list && i < list->len; i++)
    {
      DifDelta *delta = list->pdata[i];

      if (! delta->add (delta, info, out, error))
        return FALSE;
    }
  if (! list || dif_all_finite (out, info->size))
    return TRUE;
  g_set_error (error, DIF_ERROR, DIF_ERROR_NONFINITE,
               _ ("What is added to the tensor “%s” of “%s” is beyond all numbers."), info->name,
               dif_tensor_source_name (source));
  return FALSE;
}

gboolean
dif_tensor_source_check_weight (DifTensorSource *source, const DifNamedTensor *tensor,
                                GError **error)
{
  return dif_safetensors_check_weight (source->file, tensor->info, error);
}

gboolean
dif_tensor_source_finish (DifTensorSource *source, GError **error)
{
  GHashTableIter each;
  gpointer       list;

  g_hash_table_iter_init (&each, source->deltas);
  while (g_hash_table_iter_next (&each, NULL, &list))
    for (guint i = 0; i < ((GPtrArray *) list)->len; i++)
      {
        DifDelta *delta = ((GPtrArray *) list)->pdata[i];

        if (! delta->finish (delta, error))
          return FALSE;
      }
  return dif_safetensors_finish (source->file, error);
}
