/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/prologue.h"

#include "core/ops/activation-inline.h"
#include "core/ops/prologue-tape.h"

#define TILE_NUMBERS 32768

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

/* From the last tile to the first: what was read last is still in the cache. */
static void
do_tile (gsize index, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      tile = job->x->dim[0] * job->n_tiles - 1 - index;
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
  dif_prologue_record (context, y, x, prologue);
  return y;
}
