/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/weight.h"

#include "core/base/half.h"
#include "core/ops/product.h"

/* Packs a plain [k, n] as @weight's type wants it. */
static DifTensor *
pack (DifAllocator *allocator, const DifWeight *weight, const float *matrix, GError **error)
{
  const gsize           size = dif_panels_size (weight->k, weight->n); /* even: panels are */
  const gsize           half_size = size / 2;
  g_autoptr (DifTensor) panels = dif_tensor_new (allocator, 1, &size, error);
  DifTensor            *halves;

  if (! panels)
    return NULL;
  dif_panels_pack (weight->k, weight->n, matrix, panels->data);
  if (weight->type == DIF_WEIGHT_F32)
    return g_steal_pointer (&panels);
  halves = dif_tensor_new (allocator, 1, &half_size, error);
  if (! halves)
    return NULL;
  if (weight->type == DIF_WEIGHT_F16)
    dif_narrow_f16 (panels->data, (guint16 *) (void *) halves->data, size);
  else
    dif_narrow_bf16 (panels->data, (guint16 *) (void *) halves->data, size);
  return halves;
}

/* As dif_conv() and, turned by half a turn with inputs and outputs exchanged,
 * dif_conv_input_backward() see the numbers of a file. */
static void
arrange (const DifWeight *weight, const float *src, gboolean backward, float *matrix)
{
  const gsize area = (gsize) weight->kernel * weight->kernel;
  const gsize c_in = backward ? weight->n : weight->k / area;
  const gsize c_out = backward ? weight->k / area : weight->n;

  /* rows of the matrix from first to last number */
  for (gsize i = 0; i < c_in && ! backward; i++)
    for (gsize at = 0; at < area; at++)
      for (gsize o = 0; o < c_out; o++)
        matrix[(at * c_in + i) * c_out + o] = src[(o * c_in + i) * area + at];
  for (gsize o = 0; o < c_out && backward; o++)
    for (gsize at = 0; at < area; at++)
      for (gsize i = 0; i < c_in; i++)
        matrix[((area - 1 - at) * c_out + o) * c_in + i] = src[(o * c_in + i) * area + at];
}

static gboolean
fill (DifAllocator *allocator, DifWeight *weight, const float *src, gboolean backward,
      GError **error)
{
  g_autoptr (DifTensor) matrix =
      dif_tensor_new (allocator, 2, (gsize[]) { weight->k, weight->n }, error);
  DifTensor *panels;

  if (! matrix)
    return FALSE;
  arrange (weight, src, backward, matrix->data);
  panels = pack (allocator, weight, matrix->data, error);
  if (! panels)
    return FALSE;
  dif_tensor_unref (weight->panels);
  weight->panels = panels;
  return TRUE;
}

DifWeight *
dif_weight_new_linear (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                       DifWeightType type, GError **error)
{
  return dif_weight_new_conv (allocator, src, c_out, c_in, 1, type, error);
}

static DifWeight *
weight_new (DifAllocator *allocator, const float *src, gsize n_in, gsize n_out, guint kernel,
            gboolean backward, DifWeightType type, GError **error)
{
  g_autoptr (DifWeight) weight = g_new0 (DifWeight, 1);

  weight->k = (gsize) kernel * kernel * n_in;
  weight->n = n_out;
  weight->kernel = kernel;
  weight->type = type;
  return fill (allocator, weight, src, backward, error) ? g_steal_pointer (&weight) : NULL;
}

DifWeight *
dif_weight_new_conv (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                     guint kernel, DifWeightType type, GError **error)
{
  return weight_new (allocator, src, c_in, c_out, kernel, FALSE, type, error);
}

DifWeight *
dif_weight_new_conv_backward (DifAllocator *allocator, const float *src, gsize c_out, gsize c_in,
                              guint kernel, DifWeightType type, GError **error)
{
  return weight_new (allocator, src, c_out, c_in, kernel, TRUE, type, error);
}

/* What was made of the old numbers; made again when it is needed. */
static void
forget_forms (DifWeightForms *forms)
{
  if (! forms)
    return;
  g_mutex_lock (&forms->store->mutex);
  for (guint i = 0; i < DIF_N_WINOGRAD_FORMS; i++)
    if (forms->winograd[i])
      {
        forms->store->budget += forms->winograd[i]->size * sizeof (float);
        g_clear_pointer (&forms->winograd[i], dif_tensor_unref);
      }
  g_mutex_unlock (&forms->store->mutex);
}

gboolean
dif_weight_set (DifAllocator *allocator, DifWeight *weight, const float *src, GError **error)
{
  g_return_val_if_fail (weight->type == DIF_WEIGHT_F32, FALSE);
  forget_forms (weight->forms);
  if (! fill (allocator, weight, src, FALSE, error))
    return FALSE;
  if (! weight->backward)
    return TRUE;
  forget_forms (weight->backward->forms);
  return fill (allocator, weight->backward, src, TRUE, error);
}

void
dif_weight_free (DifWeight *weight)
{
  if (! weight)
    return;
  dif_tensor_unref (weight->panels);
  dif_weight_free (weight->backward);
  if (weight->forms)
    {
      for (guint i = 0; i < DIF_N_WINOGRAD_FORMS; i++)
        dif_tensor_unref (weight->forms->winograd[i]);
      dif_weight_store_unref (weight->forms->store);
      g_free (weight->forms);
    }
  g_free (weight);
}

DifWeightStore *
dif_weight_store_new (DifAllocator *allocator, gsize budget)
{
  DifWeightStore *store = g_new0 (DifWeightStore, 1);

  store->ref_count = 1;
  g_mutex_init (&store->mutex);
  store->allocator = dif_allocator_ref (allocator);
  store->budget = budget;
  return store;
}

void
dif_weight_store_unref (DifWeightStore *store)
{
  if (! store || ! g_atomic_int_dec_and_test (&store->ref_count))
    return;
  g_mutex_clear (&store->mutex);
  dif_allocator_unref (store->allocator);
  g_free (store);
}

void
dif_weight_use_store (DifWeight *weight, DifWeightStore *store)
{
  g_atomic_int_inc (&store->ref_count);
  weight->forms = g_new0 (DifWeightForms, 1);
  weight->forms->store = store;
}

const float *
dif_weight_rows (const DifWeight *weight, gsize panel, gsize first, gsize n, float *room)
{
  const gsize    at = (panel * weight->k + first) * DIF_PANEL;
  const guint16 *halves = (const guint16 *) (const void *) weight->panels->data + at;

  switch (weight->type)
    {
    case DIF_WEIGHT_F32:
      return weight->panels->data + at;
    case DIF_WEIGHT_F16:
      dif_widen_f16 (halves, room, n * DIF_PANEL);
      return room;
    case DIF_WEIGHT_BF16:
      dif_widen_bf16 (halves, room, n * DIF_PANEL);
      return room;
    }
  g_return_val_if_reached (NULL);
}
