/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/tensor.h"

G_BEGIN_DECLS

/**
 * DifWeight:
 * @k: rows: inputs, times the kernel's area for a convolution
 * @n: columns: outputs
 * @panels: [k, n] packed for dif_product()
 * @winograd: (nullable): of a 3 x 3 convolution, transformed: 36 packed matrices
 *   [k / 9, n] one after another
 *
 * The right factor of a product, packed once when it is loaded.
 */
typedef struct
{
  gsize      k;
  gsize      n;
  DifTensor *panels;
  DifTensor *winograd;
} DifWeight;

/**
 * dif_weight_new_linear:
 * @allocator: where the memory comes from
 * @src: [c_out, c_in] as files hold it
 * @c_out: outputs
 * @c_in: inputs
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the packed weight, or %NULL
 *
 * Thread: any
 */
DifWeight *dif_weight_new_linear (DifAllocator *allocator, const float *src, gsize c_out,
                                  gsize c_in, GError **error);

/**
 * dif_weight_new_conv:
 * @allocator: where the memory comes from
 * @src: [c_out, c_in, kernel, kernel] as files hold it
 * @c_out: outputs
 * @c_in: inputs
 * @kernel: rows and columns
 * @stride: between outputs; Winograd's form is made for 1 only
 * @error: set to %DIF_ERROR_NOMEM
 *
 * Returns: (transfer full): the packed weight, or %NULL
 *
 * Thread: any
 */
DifWeight *dif_weight_new_conv (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                                guint kernel, guint stride, GError **error);

/**
 * dif_weight_free:
 * @weight: (transfer full) (nullable): what to free
 *
 * Thread: any
 */
void dif_weight_free (DifWeight *weight);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifWeight, dif_weight_free)

G_END_DECLS
