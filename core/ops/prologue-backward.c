/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/prologue-backward.h"

#include "core/base/simd.h"

#define TILE_NUMBERS 16384

/* of SiLU, at any number */
DIF_INLINE float
silu_slope (float u)
{
  float logistic = 1.0f / (1.0f + dif_expf (-u));

  return logistic * (1.0f + u * (1.0f - logistic));
}

DIF_INLINE void
backward_pixels_body (gboolean silu, gsize n, const float *scale, const float *shift,
                      const float *dy, const float *x, gsize n_pixels, float *dx)
{
  for (; n_pixels > 0; n_pixels--, dy += n, x += n, dx += n)
    if (silu)
      for (gsize i = 0; i < n; i++)
        dx[i] = dy[i] * silu_slope (x[i] * scale[i] + shift[i]) * scale[i];
    else
      for (gsize i = 0; i < n; i++)
        dx[i] = dy[i] * scale[i];
}

DIF_VARIANTS (static, void, backward_pixels,
              (gboolean silu, gsize n, const float *scale, const float *shift, const float *dy,
               const float *x, gsize n_pixels, float *dx),
              (silu, n, scale, shift, dy, x, n_pixels, dx))

typedef struct
{
  const DifPrologue *prologue;
  const DifTensor   *dy;
  const DifTensor   *x;
  DifTensor         *dx;
  gsize              n_pixels; /* of a picture */
  gsize              c;
  gsize              tile_pixels;
  gsize              n_tiles; /* of a picture */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job         *job = data;
  const DifPrologue *prologue = job->prologue;
  const gsize        picture = tile / job->n_tiles;
  const gsize        first = tile % job->n_tiles * job->tile_pixels;
  const gsize        at = (picture * job->n_pixels + first) * job->c;

  backward_pixels (prologue->activation == DIF_ACTIVATION_SILU, job->c,
                   prologue->scale->data + picture * job->c,
                   prologue->shift->data + picture * job->c, job->dy->data + at, job->x->data + at,
                   MIN (job->tile_pixels, job->n_pixels - first), job->dx->data + at);
}

DifTensor *
dif_prologue_backward (DifContext *context, DifTensor *dy, const DifTensor *x,
                       const DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  g_autoptr (DifTensor) own = dy;
  DifTensor            *dx;
  Job                   job = { .prologue = prologue, .dy = dy, .x = x };

  g_return_val_if_fail (prologue->activation == DIF_ACTIVATION_SILU ||
                            prologue->activation == DIF_ACTIVATION_NONE,
                        NULL);
  if (! dy || ! x || ! dif_context_ok (context))
    return NULL;
  g_return_val_if_fail (dif_tensor_same_shape (dy, x), NULL);
  dx = dif_tensor_is_shared (dy) ? dif_context_like (context, dy) : dif_tensor_ref (dy);
  if (! dx)
    return NULL;
  g_clear_pointer (&dx->moments, dif_tensor_unref);
  job.dx = dx;
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = MAX (TILE_NUMBERS / job.c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  return dx;
}
