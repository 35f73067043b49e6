/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/linear.h"

static const float *
own_rows (gsize first, gsize n G_GNUC_UNUSED, float *scratch G_GNUC_UNUSED, gpointer data)
{
  const DifTensor *x = data;

  return x->data + first * x->dim[x->n_dims - 1];
}

DifTensor *
dif_linear (DifContext *context, const DifTensor *x, const DifWeight *weight,
            const DifEpilogue *epilogue)
{
  DIF_OP_TIMER (context, DIF_OP_LINEAR);
  g_autoptr (DifTensor) y = NULL;
  gsize                 dim[DIF_MAX_DIMS];

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[x->n_dims - 1] == weight->k, NULL);
  for (guint i = 0; i < x->n_dims; i++)
    dim[i] = x->dim[i];
  dim[x->n_dims - 1] = weight->n;
  y = dif_context_tensor (context, x->n_dims, dim);
  if (! dif_matmul_rows (context, own_rows, (gpointer) x, FALSE, weight, y, epilogue))
    return NULL;
  return g_steal_pointer (&y);
}
