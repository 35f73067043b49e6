/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/tensor.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

static void
set_shape (DifTensor *tensor, guint n_dims, const gsize *dim)
{
  tensor->n_dims = n_dims;
  for (guint i = 0; i < DIF_MAX_DIMS; i++)
    tensor->dim[i] = i < n_dims ? dim[i] : 1;
}

void
dif_tensor_set_summary (DifTensor *tensor, DifTensor *summary)
{
  dif_tensor_unref (tensor->summary);
  tensor->summary = summary;
}

char *
dif_shape_to_string (guint n_dims, const gsize *dim)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, i ? ", " : "", dim[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

DifTensor *
dif_tensor_new (DifAllocator *allocator, guint n_dims, const gsize *dim, GError **error)
{
  DifTensor *tensor;
  gsize      size = 1;
  gsize      bytes = 0;
  gboolean   fits = TRUE;

  g_return_val_if_fail (n_dims >= 1 && n_dims <= DIF_MAX_DIMS, NULL);
  for (guint i = 0; i < n_dims; i++)
    {
      g_return_val_if_fail (dim[i] > 0, NULL);
      fits = fits && g_size_checked_mul (&size, size, dim[i]);
    }
  fits = fits && g_size_checked_mul (&bytes, size, sizeof (float));

  tensor = g_new0 (DifTensor, 1);
  tensor->ref_count = 1;
  tensor->size = size;
  set_shape (tensor, n_dims, dim);
  tensor->data = fits ? dif_allocator_alloc (allocator, bytes) : NULL;
  if (! tensor->data)
    {
      g_autofree char *shape = dif_shape_to_string (n_dims, dim);

      g_set_error (error, DIF_ERROR, DIF_ERROR_NOMEM,
                   _ ("Not enough memory for %s numbers.  Try a smaller size."), shape);
      g_free (tensor);
      return NULL;
    }
  tensor->allocator = allocator; /* kept alive by the block */
  return tensor;
}

DifTensor *
dif_tensor_ref (DifTensor *tensor)
{
  g_atomic_int_inc (&tensor->ref_count);
  return tensor;
}

void
dif_tensor_unref (DifTensor *tensor)
{
  if (! tensor || ! g_atomic_int_dec_and_test (&tensor->ref_count))
    return;
  dif_tensor_unref (tensor->summary);
  if (tensor->owner)
    dif_tensor_unref (tensor->owner);
  else
    dif_allocator_release (tensor->allocator, tensor->data);
  g_free (tensor);
}

/* @size numbers of @tensor from @first on. */
static DifTensor *
view_of (DifTensor *tensor, gsize first, gsize size, guint n_dims, const gsize *dim)
{
  DifTensor *view = g_new0 (DifTensor, 1);

  view->ref_count = 1;
  view->size = size;
  view->data = tensor->data + first;
  view->owner = dif_tensor_ref (tensor);
  set_shape (view, n_dims, dim);
  return view;
}

DifTensor *
dif_tensor_view (DifTensor *tensor, guint n_dims, const gsize *dim)
{
  gsize size = 1;

  g_return_val_if_fail (n_dims >= 1 && n_dims <= DIF_MAX_DIMS, NULL);
  for (guint i = 0; i < n_dims; i++)
    size *= dim[i];
  g_return_val_if_fail (size == tensor->size, NULL);
  return view_of (tensor, 0, size, n_dims, dim);
}

DifTensor *
dif_tensor_pictures (DifTensor *tensor, gsize first, gsize n)
{
  const gsize size = tensor->size / tensor->dim[0]; /* of one */
  gsize       dim[DIF_MAX_DIMS];

  g_return_val_if_fail (n >= 1 && first + n <= tensor->dim[0], NULL);
  memcpy (dim, tensor->dim, sizeof dim);
  dim[0] = n;
  return view_of (tensor, first * size, n * size, tensor->n_dims, dim);
}

gboolean
dif_tensor_is_shared (const DifTensor *tensor)
{
  return tensor->owner || g_atomic_int_get (&tensor->ref_count) > 1;
}

gboolean
dif_tensor_same_shape (const DifTensor *a, const DifTensor *b)
{
  if (a->n_dims != b->n_dims)
    return FALSE;
  for (guint i = 0; i < a->n_dims; i++)
    if (a->dim[i] != b->dim[i])
      return FALSE;
  return TRUE;
}
