/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/linear.h"

static const float *
own_rows (gsize first, gsize n G_GNUC_UNUSED, float *scratch G_GNUC_UNUSED, gpointer data)
{
  const DifTensor *x = data;

  return x->data + first * x->dim[x->n_dims - 1];
}

/* Room for x's rows, each c wide. */
static DifTensor *
with_channels (DifContext *context, const DifTensor *x, gsize c)
{
  gsize dim[DIF_MAX_DIMS];

  for (guint i = 0; i < x->n_dims; i++)
    dim[i] = x->dim[i];
  dim[x->n_dims - 1] = c;
  return dif_context_tensor (context, x->n_dims, dim);
}

DifTensor *
dif_linear (DifContext *context, const DifTensor *x, const DifWeight *weight,
            const DifEpilogue *epilogue)
{
  DIF_OP_TIMER (context, DIF_OP_LINEAR);
  g_autoptr (DifTensor) y = NULL;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[x->n_dims - 1] == weight->k, NULL);
  y = with_channels (context, x, weight->n);
  if (! dif_matmul_rows (context, own_rows, (gpointer) x, FALSE, NULL, weight, y, epilogue))
    return NULL;
  return g_steal_pointer (&y);
}

DifTensor *
dif_linear_gated (DifContext *context, const DifTensor *x, const DifWeight *weight,
                  const DifTensor *bias, DifActivation gate)
{
  DIF_OP_TIMER (context, DIF_OP_LINEAR);
  g_autoptr (DifTensor) y = NULL;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[x->n_dims - 1] == weight->k && weight->n % 2 == 0, NULL);
  g_return_val_if_fail (bias->size == weight->n, NULL);
  y = with_channels (context, x, weight->n / 2);
  if (! dif_matmul_gated (context, own_rows, (gpointer) x, FALSE, weight, y, bias, gate))
    return NULL;
  return g_steal_pointer (&y);
}
