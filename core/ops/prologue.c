/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/prologue.h"

#include "core/base/simd.h"

#define TILE_NUMBERS 32768

void
dif_prologue_clear (DifPrologue *prologue)
{
  g_clear_pointer (&prologue->scale, dif_tensor_unref);
  g_clear_pointer (&prologue->shift, dif_tensor_unref);
}

DIF_INLINE void
scale_pixels_body (gsize n, const float *scale, const float *shift, const float *x, gsize x_step,
                   gsize n_pixels, float *y, gsize y_step)
{
  for (; n_pixels > 0; n_pixels--, x += x_step, y += y_step)
    for (gsize i = 0; i < n; i++)
      y[i] = x[i] * scale[i] + shift[i];
}

DIF_VARIANTS (static, void, scale_pixels,
              (gsize n, const float *scale, const float *shift, const float *x, gsize x_step,
               gsize n_pixels, float *y, gsize y_step),
              (n, scale, shift, x, x_step, n_pixels, y, y_step))

DIF_INLINE void
silu_pixels_body (gsize n, const float *scale, const float *shift, const float *x, gsize x_step,
                  gsize n_pixels, float *y, gsize y_step)
{
  for (; n_pixels > 0; n_pixels--, x += x_step, y += y_step)
    for (gsize i = 0; i < n; i++)
      {
        float t = x[i] * scale[i] + shift[i];

        y[i] = t / (1.0f + dif_expf (-t));
      }
}

DIF_VARIANTS (static, void, silu_pixels,
              (gsize n, const float *scale, const float *shift, const float *x, gsize x_step,
               gsize n_pixels, float *y, gsize y_step),
              (n, scale, shift, x, x_step, n_pixels, y, y_step))

void
dif_prologue_pixels (const DifPrologue *prologue, gsize picture, gsize first, gsize n,
                     const float *x, gsize x_step, gsize n_pixels, float *y, gsize y_step)
{
  const gsize  c = prologue->scale->dim[1];
  const float *scale = prologue->scale->data + picture * c + first;
  const float *shift = prologue->shift->data + picture * c + first;

  if (prologue->activation == DIF_ACTIVATION_SILU)
    {
      silu_pixels (n, scale, shift, x, x_step, n_pixels, y, y_step);
      return;
    }
  scale_pixels (n, scale, shift, x, x_step, n_pixels, y, y_step);
  for (gsize p = 0; p < n_pixels && prologue->activation != DIF_ACTIVATION_NONE; p++)
    dif_activate_row (prologue->activation, y + p * y_step, n);
}

typedef struct
{
  const DifPrologue *prologue;
  const DifTensor   *x;
  DifTensor         *y;
  gsize              n_pixels; /* of a picture */
  gsize              c;
  gsize              tile_pixels;
  gsize              n_tiles; /* of a picture */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      picture = tile / job->n_tiles;
  gsize      first = tile % job->n_tiles * job->tile_pixels;
  gsize      at = (picture * job->n_pixels + first) * job->c;

  dif_prologue_pixels (job->prologue, picture, 0, job->c, job->x->data + at, job->c,
                       MIN (job->tile_pixels, job->n_pixels - first), job->y->data + at, job->c);
}

DifTensor *
dif_prologue_apply (DifContext *context, const DifTensor *x, const DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  DifTensor *y = dif_context_like (context, x);
  Job        job = { prologue, x, y, 0, 0, 0, 0 };

  if (! y)
    return NULL;
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = MAX (TILE_NUMBERS / job.c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  return y;
}
