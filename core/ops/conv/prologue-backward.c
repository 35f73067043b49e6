/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/prologue-backward.h"

#include "core/ops/activation-inline.h"
#include "core/ops/pixel-sums.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

#define TILE_NUMBERS 16384
#define TILE_PIXELS  512 /* at most: more floats than that are not summed up as floats */
#define LANES        32
#define LINE         16 /* numbers in a line of the cache */
#define AHEAD        8  /* pixels between fetching and use */

void
dif_prologue_gradient_clear (DifPrologueGradient *gradient)
{
  g_clear_pointer (&gradient->x, dif_tensor_unref);
  g_clear_pointer (&gradient->beside, dif_tensor_unref);
  g_clear_pointer (&gradient->scale, dif_tensor_unref);
  g_clear_pointer (&gradient->shift, dif_tensor_unref);
}

/* Some channels of some pixels. */
typedef struct
{
  const float *scale, *shift;
  const float *dy, *x;
  float       *dx;      /* or NULL */
  gsize        dy_step; /* from pixel to pixel */
  gsize        x_step;  /* likewise, of dx too */
  gsize        n_pixels;
  float       *scale_sums, *shift_sums;
} Strip;

/* @n channels from @at on, at most LANES.  What is read is copied, as dx may be dy.  @n_fetch
 * numbers of each pixel are fetched from memory, so that all channels are there for those that
 * follow. */
DIF_INLINE void
do_lanes (const DifActivation activation, const Strip *s, gsize at, gsize n, gsize n_fetch)
{
  float        scale[LANES], shift[LANES], g[LANES], x[LANES];
  float        scale_sum[LANES] = { 0 }, shift_sum[LANES] = { 0 };
  const float *from = s->x + at;
  const float *dy = s->dy + at;
  float       *dx = s->dx ? s->dx + at : NULL;

  memcpy (scale, s->scale + at, n * sizeof (float));
  memcpy (shift, s->shift + at, n * sizeof (float));
  for (gsize p = 0; p < s->n_pixels; p++, from += s->x_step, dy += s->dy_step)
    {
      for (gsize i = 0; i < n_fetch; i += LINE)
        {
          __builtin_prefetch (from + AHEAD * s->x_step + i);
          __builtin_prefetch (dy + AHEAD * s->dy_step + i, 1);
        }
      memcpy (x, from, n * sizeof (float));
      memcpy (g, dy, n * sizeof (float));
      for (gsize i = 0; i < n; i++)
        {
          g[i] *= dif_activation_slope (activation, x[i] * scale[i] + shift[i]);
          shift_sum[i] += g[i];
          scale_sum[i] += g[i] * x[i];
          g[i] *= scale[i];
        }
      if (dx)
        memcpy (dx + p * s->x_step, g, n * sizeof (float));
    }
  memcpy (s->scale_sums + at, scale_sum, n * sizeof (float));
  memcpy (s->shift_sums + at, shift_sum, n * sizeof (float));
}

DIF_INLINE void
do_strip_with (const DifActivation activation, const Strip *s, gsize n)
{
  gsize at = 0;

  for (; at + LANES <= n; at += LANES)
    do_lanes (activation, s, at, LANES, at == 0 ? n : 0);
  if (at < n)
    do_lanes (activation, s, at, n - at, 0);
}

DIF_INLINE void
do_strip_body (const Strip *s, DifActivation activation, gsize n)
{
  DIF_EACH_ACTIVATION (do_strip_with, activation, s, n);
}

DIF_VARIANTS (static, void, do_strip, (const Strip *s, DifActivation activation, gsize n),
              (s, activation, n))

typedef struct
{
  const DifPrologue *prologue;
  const DifTensor   *dy, *x, *beside;
  float             *dx, *dx_beside; /* or NULL */
  gsize              n_pixels;       /* of a picture */
  gsize              c, c_own;       /* of both tensors; of x */
  gsize              tile_pixels;
  gsize              n_tiles; /* of a picture */
  float             *sums;    /* [N, n_tiles, 2, c]: of scale and of shift */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job  *job = data;
  const gsize first = tile % job->n_tiles * job->tile_pixels;
  const gsize picture = tile / job->n_tiles;
  const gsize pixel = picture * job->n_pixels + first;
  const gsize c_beside = job->c - job->c_own;
  Strip       strip = { .scale = job->prologue->scale->data + picture * job->c,
                        .shift = job->prologue->shift->data + picture * job->c,
                        .dy = job->dy->data + pixel * job->c,
                        .x = job->x->data + pixel * job->c_own,
                        .dx = job->dx ? job->dx + pixel * job->c_own : NULL,
                        .dy_step = job->c,
                        .x_step = job->c_own,
                        .n_pixels = MIN (job->tile_pixels, job->n_pixels - first),
                        .scale_sums = job->sums + tile * 2 * job->c,
                        .shift_sums = job->sums + (tile * 2 + 1) * job->c };

  do_strip (&strip, job->prologue->activation, job->c_own);
  if (! job->beside)
    return;
  strip.scale += job->c_own;
  strip.shift += job->c_own;
  strip.dy += job->c_own;
  strip.x = job->beside->data + pixel * c_beside;
  strip.dx = job->dx_beside ? job->dx_beside + pixel * c_beside : NULL;
  strip.x_step = c_beside;
  strip.scale_sums += job->c_own;
  strip.shift_sums += job->c_own;
  do_strip (&strip, job->prologue->activation, c_beside);
}

/* Room for what is asked for. */
static gboolean
make_room (DifContext *context, const Job *job, gboolean inputs, DifTensor *dy,
           DifPrologueGradient *gradient)
{
  const gsize dim[] = { dy->dim[0], job->c };

  *gradient = (DifPrologueGradient) { .scale = dif_context_tensor (context, 2, dim),
                                      .shift = dif_context_tensor (context, 2, dim) };
  if (inputs && (job->beside || dif_tensor_is_shared (dy)))
    gradient->x = dif_context_like (context, job->x);
  else if (inputs)
    gradient->x = dif_tensor_ref (dy);
  if (inputs && job->beside)
    gradient->beside = dif_context_like (context, job->beside);
  if (! dif_context_ok (context))
    return FALSE;
  if (inputs)
    dif_tensor_set_summary (gradient->x, NULL);
  return TRUE;
}

gboolean
dif_prologue_backward (DifContext *context, DifTensor *dy, const DifTensor *x,
                       const DifTensor *beside, const DifPrologue *prologue, gboolean inputs,
                       DifPrologueGradient *gradient)
{
  DIF_OP_TIMER (context, DIF_OP_ACTIVATION);
  g_autoptr (DifTensor) own = dy;
  g_autoptr (DifTensor) parts = NULL;
  Job                   job = { .prologue = prologue, .dy = dy, .x = x, .beside = beside };

  *gradient = (DifPrologueGradient) { NULL };
  if (! dy || ! dif_context_ok (context))
    return FALSE;
  job.c = dy->dim[dy->n_dims - 1];
  job.c_own = x->dim[x->n_dims - 1];
  job.n_pixels = dy->size / (dy->dim[0] * job.c);
  job.tile_pixels = CLAMP (TILE_NUMBERS / job.c, 1, TILE_PIXELS);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  parts = dif_context_tensor (context, 3, (gsize[]) { dy->dim[0], job.n_tiles, 2 * job.c });
  if (! parts || ! make_room (context, &job, inputs, dy, gradient))
    {
      dif_prologue_gradient_clear (gradient);
      return FALSE;
    }
  job.sums = parts->data;
  job.dx = gradient->x ? gradient->x->data : NULL;
  job.dx_beside = gradient->beside ? gradient->beside->data : NULL;
  dif_pool_run (dif_context_pool (context), dy->dim[0] * job.n_tiles, do_tile, &job);
  dif_pixel_sums_add (parts->data, dy->dim[0], job.n_tiles, 2 * job.c, job.c,
                      gradient->scale->data);
  dif_pixel_sums_add (parts->data + job.c, dy->dim[0], job.n_tiles, 2 * job.c, job.c,
                      gradient->shift->data);
  return TRUE;
}

/* ---- the record ---- */

typedef struct
{
  DifPrologue prologue;
  DifTensor  *x;
} Record;

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_prologue_clear (&record->prologue);
  dif_tensor_unref (record->x);
}

static void
apply_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const Record *record = data;
  g_auto (DifPrologueGradient) gradient = { NULL };

  if (! dif_prologue_backward (context, dy, record->x, NULL, &record->prologue,
                               dif_tape_wants (tape, record->x), &gradient))
    return;
  dif_tape_add (tape, context, record->prologue.scale, g_steal_pointer (&gradient.scale));
  dif_tape_add (tape, context, record->prologue.shift, g_steal_pointer (&gradient.shift));
  dif_tape_add (tape, context, record->x, g_steal_pointer (&gradient.x));
}

void
dif_prologue_record (DifContext *context, DifTensor *y, const DifTensor *x,
                     const DifPrologue *prologue)
{
  const gconstpointer inputs[] = { x, prologue->scale, prologue->shift };
  Record             *record =
      dif_tape_record (context, y, inputs, 3, sizeof *record, apply_backward, record_clear);

  if (! record)
    return;
  record->prologue = (DifPrologue) { dif_tensor_ref (prologue->scale),
                                     dif_tensor_ref (prologue->shift), prologue->activation };
  record->x = dif_tensor_ref ((DifTensor *) x);
}
