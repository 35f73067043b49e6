/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/diffusion/denoiser.h"

void
dif_prediction_clear (DifPrediction *prediction)
{
  g_clear_pointer (&prediction->x0, dif_tensor_unref);
  g_clear_pointer (&prediction->eps, dif_tensor_unref);
  g_clear_pointer (&prediction->variance, dif_tensor_unref);
}

gboolean
dif_denoise (DifDenoiser *denoiser, DifContext *context, DifTensor *x, const DifStep *step,
             DifPrediction *out)
{
  if (x)
    denoiser->denoise (denoiser, context, x, step, out);
  if (out->x0 && out->eps)
    return TRUE;
  dif_prediction_clear (out);
  return FALSE;
}

void
dif_denoiser_free (DifDenoiser *denoiser)
{
  if (denoiser)
    denoiser->free (denoiser);
}
