/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/embed.h"

#include <math.h>
#include <string.h>

DifTensor *
dif_sinusoidal_embedding (DifContext *context, const double *t, gsize n,
                          const DifSinusoid *sinusoid)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  DifTensor *out = dif_context_tensor (context, 2, (gsize[]) { n, sinusoid->dim });
  gsize      half = sinusoid->dim / 2;

  if (! out)
    return NULL;
  for (gsize row = 0; row < n; row++)
    {
      float *sines = out->data + row * sinusoid->dim + (sinusoid->flip_sin_to_cos ? half : 0);
      float *cosines = out->data + row * sinusoid->dim + (sinusoid->flip_sin_to_cos ? 0 : half);

      for (gsize i = 0; i < half; i++)
        {
          double f = exp (-log (sinusoid->max_period) * i / (half - sinusoid->freq_shift));

          sines[i] = (float) sin (sinusoid->scale * t[row] * f);
          cosines[i] = (float) cos (sinusoid->scale * t[row] * f);
        }
      if (sinusoid->dim % 2)
        out->data[(row + 1) * sinusoid->dim - 1] = 0.0f;
    }
  return out;
}

DifTensor *
dif_embedding (DifContext *context, const DifTensor *table, const guint *index, gsize n)
{
  DIF_OP_TIMER (context, DIF_OP_EMBEDDING);
  gsize      c = table->dim[1];
  DifTensor *out = dif_context_tensor (context, 2, (gsize[]) { n, c });

  if (! out)
    return NULL;
  for (gsize row = 0; row < n; row++)
    memcpy (out->data + row * c, table->data + (gsize) index[row] * c, c * sizeof (float));
  return out;
}
