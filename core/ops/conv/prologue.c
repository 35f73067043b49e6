/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/prologue.h"

#include "core/ops/activation-inline.h"
#include "core/ops/conv/prologue-tape.h"
#include "core/ops/profile.h"

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

DIF_INLINE void
backward_pixels_body (gboolean silu, gsize n, const float *scale, const float *shift,
                      const float *dy, const float *x, gsize n_pixels, float *dx)
{
  for (; n_pixels > 0; n_pixels--, dy += n, x += n, dx += n)
    if (silu)
      for (gsize i = 0; i < n; i++)
        dx[i] = dy[i] * dif_silu_slope (x[i] * scale[i] + shift[i]) * scale[i];
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
  const DifTensor   *dy; /* NULL on the way forward */
  const DifTensor   *x;
  DifTensor         *out;
  gsize              n_pixels; /* of a picture */
  gsize              c;
  gsize              tile_pixels;
  gsize              n_tiles; /* of a picture */
} Job;

/* From the last tile to the first: what was read last is still in the cache. */
static void
do_tile (gsize index, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job         *job = data;
  const DifPrologue *prologue = job->prologue;
  const gsize        tile = job->x->dim[0] * job->n_tiles - 1 - index;
  const gsize        picture = tile / job->n_tiles;
  const gsize        first = tile % job->n_tiles * job->tile_pixels;
  const gsize        n = MIN (job->tile_pixels, job->n_pixels - first);
  const gsize        at = (picture * job->n_pixels + first) * job->c;
  const float       *x = job->x->data + at;

  if (job->dy)
    backward_pixels (prologue->activation == DIF_ACTIVATION_SILU, job->c,
                     prologue->scale->data + picture * job->c,
                     prologue->shift->data + picture * job->c, job->dy->data + at, x, n,
                     job->out->data + at);
  else
    dif_prologue_pixels (prologue, picture, 0, job->c, x, job->c, n, job->out->data + at, job->c);
}

static DifTensor *
run (DifContext *context, const DifPrologue *prologue, const DifTensor *dy, const DifTensor *x,
     DifTensor *out)
{
  Job job = { .prologue = prologue, .dy = dy, .x = x, .out = out };

  if (! out)
    return NULL;
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = MAX (TILE_NUMBERS / job.c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  return out;
}

DifTensor *
dif_prologue_apply (DifContext *context, const DifTensor *x, const DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  DifTensor *y = run (context, prologue, NULL, x, dif_context_like (context, x));

  dif_prologue_record (context, y, x, prologue);
  return y;
}

DifTensor *
dif_prologue_backward (DifContext *context, DifTensor *dy, const DifTensor *x,
                       const DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  g_autoptr (DifTensor) own = dy;
  DifTensor            *dx;

  g_return_val_if_fail (prologue->activation == DIF_ACTIVATION_SILU ||
                            prologue->activation == DIF_ACTIVATION_NONE,
                        NULL);
  if (! dy || ! x || ! dif_context_ok (context))
    return NULL;
  g_return_val_if_fail (dif_tensor_same_shape (dy, x), NULL);
  dx = dif_tensor_is_shared (dy) ? dif_context_like (context, dy) : dif_tensor_ref (dy);
  if (dx)
    dif_tensor_set_summary (dx, NULL);
  return run (context, prologue, dy, x, dx);
}
