/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/linear.h"

#include "core/ops/conv/conv-weight-backward.h"
#include "core/ops/conv/epilogue-backward.h"
#include "core/ops/profile.h"

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

/* ---- backwards ---- */

typedef struct
{
  DifTensor        *x; /* held if the gradient of the weight is wanted */
  gconstpointer     x_key, weight_key;
  const DifWeight  *weight;
  DifEpilogueRecord epilogue;
} Record;

static void
record_clear (gpointer data)
{
  dif_tensor_unref (((Record *) data)->x);
}

static void
linear_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Record         *record = data;
  g_autoptr (DifTensor) own = dif_epilogue_backward (&record->epilogue, context, tape, dy);

  if (record->weight_key)
    dif_tape_add (tape, context, record->weight_key,
                  dif_linear_weight_backward (context, record->x, own));
  if (record->x_key)
    dif_tape_add (tape, context, record->x_key,
                  dif_linear (context, own, record->weight->backward, NULL));
}

static void
record_linear (DifContext *context, DifTensor *y, const DifTensor *x, const DifWeight *weight,
               const DifEpilogue *epilogue)
{
  const DifEpilogue   e = epilogue ? *epilogue : (DifEpilogue) { NULL };
  const gconstpointer inputs[] = { x, weight, e.bias, e.shift, e.residual };
  Record *record = dif_tape_record (context, y, inputs, G_N_ELEMENTS (inputs), sizeof *record,
                                    linear_backward, record_clear);

  if (! record)
    return;
  record->x_key = dif_tape_key (context, x);
  record->weight_key = dif_tape_key (context, weight);
  record->weight = weight;
  record->epilogue = dif_epilogue_record (context, epilogue);
  if (record->weight_key)
    record->x = dif_tensor_ref ((DifTensor *) x);
}

/* Nothing is wanted of what has no gradients: activations and gates. */
static gboolean
nothing_wanted (DifContext *context, const DifTensor *x, const DifWeight *weight,
                const DifEpilogue *epilogue)
{
  return ! (dif_tape_key (context, x) || dif_tape_key (context, weight) ||
            dif_tape_key (context, epilogue->bias) || dif_tape_key (context, epilogue->shift) ||
            dif_tape_key (context, epilogue->residual));
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
  g_return_val_if_fail (! epilogue || epilogue->activation == DIF_ACTIVATION_NONE ||
                            nothing_wanted (context, x, weight, epilogue),
                        NULL);
  g_return_val_if_fail (weight->backward || ! dif_tape_key (context, x), NULL);
  y = with_channels (context, x, weight->n);
  if (! dif_matmul_rows (context, own_rows, (gpointer) x, FALSE, NULL, weight, y, epilogue))
    return NULL;
  record_linear (context, y, x, weight, epilogue);
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
  g_return_val_if_fail (nothing_wanted (context, x, weight, &(DifEpilogue) { .bias = bias }), NULL);
  y = with_channels (context, x, weight->n / 2);
  if (! dif_matmul_gated (context, own_rows, (gpointer) x, FALSE, weight, y, bias, gate))
    return NULL;
  return g_steal_pointer (&y);
}
