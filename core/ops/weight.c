/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/weight.h"

#include "core/ops/product.h"
#include "core/ops/winograd.h"

static DifTensor *
pack (DifAllocator *allocator, const DifTensor *matrix, GError **error)
{
  gsize      k = matrix->dim[0];
  gsize      n = matrix->dim[1];
  gsize      size = dif_panels_size (k, n);
  DifTensor *panels = dif_tensor_new (allocator, 1, &size, error);

  if (panels)
    dif_panels_pack (k, n, matrix->data, panels->data);
  return panels;
}

DifWeight *
dif_weight_new_linear (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                       GError **error)
{
  return dif_weight_new_conv (allocator, src, c_out, c_in, 1, 1, error);
}

DifWeight *
dif_weight_new_conv (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                     guint kernel, guint stride, GError **error)
{
  const gsize           area = (gsize) kernel * kernel;
  g_autoptr (DifWeight) weight = g_new0 (DifWeight, 1);
  g_autoptr (DifTensor) matrix =
      dif_tensor_new (allocator, 2, (gsize[]) { area * c_in, c_out }, error);

  if (! matrix)
    return NULL;
  for (gsize o = 0; o < c_out; o++)
    for (gsize i = 0; i < c_in; i++)
      for (gsize at = 0; at < area; at++)
        matrix->data[(at * c_in + i) * c_out + o] = src[(o * c_in + i) * area + at];
  weight->k = area * c_in;
  weight->n = c_out;
  weight->panels = pack (allocator, matrix, error);
  if (! weight->panels)
    return NULL;
  if (kernel == 3 && stride == 1 && dif_winograd_pays (c_in) &&
      ! (weight->winograd = dif_winograd_pack (allocator, matrix, error)))
    return NULL;
  return g_steal_pointer (&weight);
}

void
dif_weight_free (DifWeight *weight)
{
  if (! weight)
    return;
  dif_tensor_unref (weight->panels);
  dif_tensor_unref (weight->winograd);
  g_free (weight);
}
