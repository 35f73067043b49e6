/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/prologue.h"

#include "core/ops/activation-inline.h"

void
dif_prologue_clear (DifPrologue *prologue)
{
  g_clear_pointer (&prologue->scale, dif_tensor_unref);
  g_clear_pointer (&prologue->shift, dif_tensor_unref);
}

DIF_INLINE void
scale_all (const DifActivation activation, gsize n, const float *scale, const float *shift,
           const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step)
{
  for (; n_pixels > 0; n_pixels--, x += x_step, y += y_step)
    for (gsize i = 0; i < n; i++)
      y[i] = dif_activate_one (activation, x[i] * scale[i] + shift[i]);
}

DIF_INLINE void
scale_pixels_body (DifActivation activation, gsize n, const float *scale, const float *shift,
                   const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step)
{
  DIF_EACH_ACTIVATION (scale_all, activation, n, scale, shift, x, x_step, n_pixels, y, y_step);
}

DIF_VARIANTS (static, void, scale_pixels,
              (DifActivation activation, gsize n, const float *scale, const float *shift,
               const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step),
              (activation, n, scale, shift, x, x_step, n_pixels, y, y_step))

void
dif_prologue_pixels (const DifPrologue *prologue, gsize picture, gsize first, gsize n,
                     const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step)
{
  const gsize at = picture * prologue->scale->dim[1] + first;

  scale_pixels (prologue->activation, n, prologue->scale->data + at, prologue->shift->data + at, x,
                x_step, n_pixels, y, y_step);
}
