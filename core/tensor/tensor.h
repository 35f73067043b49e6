/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/allocator.h"

G_BEGIN_DECLS

#define DIF_MAX_DIMS 4

/**
 * DifTensor:
 * @n_dims: 1 … %DIF_MAX_DIMS
 * @dim: sizes, outermost first; unused ones are 1
 * @size: numbers in all
 * @data: contiguous float32
 * @summary: (nullable): what an op that had its numbers at hand found out about them, for another
 *   (core/ops/norm/moments.h); see dif_tensor_set_summary()
 *
 * A shaped block of numbers.  Pictures are [N, H, W, C]; the same memory is
 * [N, tokens, C] for attention.  Owned by reference counts; the numbers of a tensor that
 * others hold too are not written to.
 */
typedef struct _DifTensor DifTensor;
struct _DifTensor
{
  guint      n_dims;
  gsize      dim[DIF_MAX_DIMS];
  gsize      size;
  float     *data;
  DifTensor *summary;

  /*< private >*/
  gint          ref_count;
  DifAllocator *allocator; /* of data; NULL in a view */
  DifTensor    *owner;     /* of a view */
};

/**
 * dif_tensor_new:
 * @allocator: where the memory comes from
 * @n_dims: 1 … %DIF_MAX_DIMS
 * @dim: (array length=n_dims): sizes, each at least 1
 * @error: set to %DIF_ERROR_NOMEM with the size in the message
 *
 * Returns: (transfer full): a tensor with old contents, or %NULL
 *
 * Thread: any
 */
DifTensor *dif_tensor_new (DifAllocator *allocator, guint n_dims, const gsize *dim, GError **error);

/**
 * dif_tensor_ref:
 * @tensor: a tensor
 *
 * Returns: (transfer full): @tensor
 *
 * Thread: any
 */
DifTensor *dif_tensor_ref (DifTensor *tensor);

/**
 * dif_tensor_unref:
 * @tensor: (transfer full) (nullable): freed with its last reference
 *
 * Thread: any
 */
void dif_tensor_unref (DifTensor *tensor);

/**
 * dif_tensor_view:
 * @tensor: a tensor
 * @n_dims: 1 … %DIF_MAX_DIMS
 * @dim: (array length=n_dims): sizes with the same product
 *
 * Returns: (transfer full): another shape of the same numbers
 *
 * Thread: any
 */
DifTensor *dif_tensor_view (DifTensor *tensor, guint n_dims, const gsize *dim);

/**
 * dif_tensor_pictures:
 * @tensor: a batch
 * @first: which picture is the first
 * @n: how many, at least 1
 *
 * Shapes: tensor [N, …], N at least first + n; out [n, …]
 *
 * Returns: (transfer full): some pictures of the same numbers
 *
 * Thread: any
 */
DifTensor *dif_tensor_pictures (DifTensor *tensor, gsize first, gsize n);

/**
 * dif_tensor_same_shape:
 * @a: a tensor
 * @b: a tensor
 *
 * Returns: whether all sizes agree
 *
 * Thread: any
 */
gboolean dif_tensor_same_shape (const DifTensor *a, const DifTensor *b);

/**
 * dif_tensor_is_shared:
 * @tensor: a tensor
 *
 * Returns: whether others may look at its numbers, which then are not to be written to
 *
 * Thread: any
 */
gboolean dif_tensor_is_shared (const DifTensor *tensor);

/**
 * dif_tensor_set_summary:
 * @tensor: a tensor
 * @summary: (transfer full) (nullable): what is known of its numbers; %NULL when they are about to
 *   change
 *
 * Thread: any, while nobody else reads @tensor
 */
void dif_tensor_set_summary (DifTensor *tensor, DifTensor *summary);

/**
 * dif_shape_to_string:
 * @n_dims: how many sizes
 * @dim: (array length=n_dims): sizes
 *
 * Returns: (transfer full): "[2, 3]", for messages
 *
 * Thread: any
 */
char *dif_shape_to_string (guint n_dims, const gsize *dim);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifTensor, dif_tensor_unref)

G_END_DECLS
