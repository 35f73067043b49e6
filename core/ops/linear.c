/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/linear.h"

void
dif_linear_pack (const float *src, gsize c_out, gsize c_in, float *dst)
{
  for (gsize o = 0; o < c_out; o++)
    for (gsize i = 0; i < c_in; i++)
      dst[i * c_out + o] = src[o * c_in + i];
}

static const float *
own_rows (gsize first, gsize n G_GNUC_UNUSED, float *scratch G_GNUC_UNUSED, gpointer data)
{
  const DifTensor *x = data;

  return x->data + first * x->dim[x->n_dims - 1];
}

DifTensor *
dif_linear (DifContext *context, const DifTensor *x, const DifTensor *weight,
            const DifEpilogue *epilogue)
{
  g_autoptr (DifTensor) y = NULL;
  gsize                 dim[DIF_MAX_DIMS];
  gsize                 c_in;

  if (! x)
    return NULL;
  c_in = x->dim[x->n_dims - 1];
  for (guint i = 0; i < x->n_dims; i++)
    dim[i] = x->dim[i];
  dim[x->n_dims - 1] = weight->dim[1];
  y = dif_context_tensor (context, x->n_dims, dim);
  if (! dif_matmul_rows (context, own_rows, (gpointer) x, FALSE, c_in, weight, y, epilogue))
    return NULL;
  return g_steal_pointer (&y);
}
