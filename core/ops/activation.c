/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/activation.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"

#define TILE 16384

DIF_INLINE void
silu_row_body (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] / (1.0f + dif_expf (-x[i]));
}

DIF_VARIANTS (static, void, silu_row, (float *x, gsize n), (x, n))

static void
gelu_row (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = 0.5f * x[i] * (1.0f + erff (x[i] * (float) G_SQRT2 * 0.5f));
}

/* tanh (log (1 + e)) = (e² + 2 e) / (e² + 2 e + 2); for large x it is 1 and e² overflows */
static void
mish_row (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float e = expf (MIN (x[i], 20.0f));
      float u = e * (e + 2.0f);

      x[i] = x[i] * (u / (u + 2.0f));
    }
}

DIF_INLINE void
relu_row_body (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

DIF_VARIANTS (static, void, relu_row, (float *x, gsize n), (x, n))

gboolean
dif_activation_parse (const char *name, DifActivation *activation)
{
  static const struct
  {
    const char   *name;
    DifActivation activation;
  } names[] = {
    { "silu", DIF_ACTIVATION_SILU }, { "swish", DIF_ACTIVATION_SILU },
    { "gelu", DIF_ACTIVATION_GELU }, { "mish", DIF_ACTIVATION_MISH },
    { "relu", DIF_ACTIVATION_RELU },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i].name))
      {
        *activation = names[i].activation;
        return TRUE;
      }
  return FALSE;
}

void
dif_activate_row (DifActivation activation, float *x, gsize n)
{
  switch (activation)
    {
    case DIF_ACTIVATION_SILU:
      silu_row (x, n);
      break;
    case DIF_ACTIVATION_GELU:
      gelu_row (x, n);
      break;
    case DIF_ACTIVATION_MISH:
      mish_row (x, n);
      break;
    case DIF_ACTIVATION_RELU:
      relu_row (x, n);
      break;
    case DIF_ACTIVATION_NONE:
      break;
    }
}

typedef struct
{
  DifActivation    activation;
  const DifTensor *x;
  DifTensor       *y;
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      first = tile * TILE;
  gsize      n = MIN (TILE, job->x->size - first);

  memcpy (job->y->data + first, job->x->data + first, n * sizeof (float));
  dif_activate_row (job->activation, job->y->data + first, n);
}

DifTensor *
dif_activate (DifContext *context, const DifTensor *x, DifActivation activation)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  DifTensor *y = dif_context_like (context, x);
  Job        job = { activation, x, y };

  if (y)
    dif_pool_run (dif_context_pool (context), (x->size + TILE - 1) / TILE, do_tile, &job);
  return y;
}
