/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/prologue-gradient.h"

#include "core/ops/activation-inline.h"
#include "core/tensor/tape.h"

#define TILE_NUMBERS 32768
#define LANES        32
#define RUN          64 /* pixels summed up as floats */

/* @n channels, at most LANES, of pixels @c numbers apart; sums [2, c]. */
DIF_INLINE void
lanes_all (const DifActivation activation, const gsize n, gsize c, const float *scale,
           const float *shift, const float *dy, const float *x, gsize n_pixels, float *dx,
           double *sums)
{
  for (gsize first = 0; first < n_pixels; first += RUN)
    {
      const gsize last = MIN (first + RUN, n_pixels);
      float       by_x[LANES] = { 0 }, plain[LANES] = { 0 };

      for (gsize p = first; p < last; p++, dy += c, x += c, dx += c)
        for (gsize i = 0; i < n; i++)
          {
            float g = dy[i] * dif_activation_slope (activation, x[i] * scale[i] + shift[i]);

            by_x[i] += g * x[i];
            plain[i] += g;
            dx[i] = g * scale[i];
          }
      for (gsize i = 0; i < n; i++)
        {
          sums[i] += by_x[i];
          sums[c + i] += plain[i];
        }
    }
}

DIF_INLINE void
pixels_all (const DifActivation activation, gsize c, const float *scale, const float *shift,
            const float *dy, const float *x, gsize n_pixels, float *dx, double *sums)
{
  gsize i = 0;

  for (; i + LANES <= c; i += LANES)
    lanes_all (activation, LANES, c, scale + i, shift + i, dy + i, x + i, n_pixels, dx + i,
               sums + i);
  if (i < c)
    lanes_all (activation, c - i, c, scale + i, shift + i, dy + i, x + i, n_pixels, dx + i,
               sums + i);
}

DIF_INLINE void
pixels_body (DifActivation activation, gsize c, const float *scale, const float *shift,
             const float *dy, const float *x, gsize n_pixels, float *dx, double *sums)
{
  DIF_EACH_ACTIVATION (pixels_all, activation, c, scale, shift, dy, x, n_pixels, dx, sums);
}

DIF_VARIANTS (static, void, pixels,
              (DifActivation activation, gsize c, const float *scale, const float *shift,
               const float *dy, const float *x, gsize n_pixels, float *dx, double *sums),
              (activation, c, scale, shift, dy, x, n_pixels, dx, sums))

typedef struct
{
  const DifPrologue *prologue;
  const DifTensor   *dy;
  const DifTensor   *x;
  DifTensor         *dx;       /* may be dy */
  gsize              n_pixels; /* of a picture */
  gsize              c;
  gsize              tile_pixels;
  gsize              n_tiles; /* of a picture */
  double            *sums;    /* [N, n_tiles, 2, c] */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job         *job = data;
  const DifPrologue *prologue = job->prologue;
  const gsize        picture = tile / job->n_tiles;
  const gsize        first = tile % job->n_tiles * job->tile_pixels;
  const gsize        at = (picture * job->n_pixels + first) * job->c;
  double            *sums = job->sums + tile * 2 * job->c;

  memset (sums, 0, 2 * job->c * sizeof *sums);
  pixels (prologue->activation, job->c, prologue->scale->data + picture * job->c,
          prologue->shift->data + picture * job->c, job->dy->data + at, job->x->data + at,
          MIN (job->tile_pixels, job->n_pixels - first), job->dx->data + at, sums);
}

/* The tiles' sums, half 0 or 1 of them, in their order. */
static void
add_up (const Job *job, gsize half, DifTensor *out)
{
  for (gsize picture = 0; picture < out->dim[0]; picture++)
    for (gsize i = 0; i < job->c; i++)
      {
        const double *sums = job->sums + (2 * picture * job->n_tiles + half) * job->c + i;
        double        sum = 0.0;

        for (gsize tile = 0; tile < job->n_tiles; tile++)
          sum += sums[2 * tile * job->c];
        out->data[picture * job->c + i] = (float) sum;
      }
}

DifTensor *
dif_prologue_gradient (DifContext *context, DifTensor *dy, const DifTensor *x,
                       const DifPrologue *prologue, DifTensor **scale, DifTensor **shift)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  g_autoptr (DifTensor) own = dy;
  g_autoptr (DifTensor) dx = dif_context_over (context, dy);
  g_autoptr (DifTensor) sums = NULL;
  Job                   job = { .prologue = prologue, .dy = dy, .x = x, .dx = dx };

  *scale = *shift = NULL;
  if (! dx)
    return NULL;
  g_return_val_if_fail (dif_tensor_same_shape (dy, x), NULL);
  job.c = x->dim[x->n_dims - 1];
  job.n_pixels = x->size / (x->dim[0] * job.c);
  job.tile_pixels = MAX (TILE_NUMBERS / job.c, 1);
  job.n_tiles = (job.n_pixels + job.tile_pixels - 1) / job.tile_pixels;
  /* two floats' room holds a double; the allocator's blocks are aligned for them */
  sums = dif_context_tensor (context, 3, (gsize[]) { x->dim[0] * job.n_tiles, 2, 2 * job.c });
  *scale = dif_context_like (context, prologue->scale);
  *shift = dif_context_like (context, prologue->shift);
  if (! sums || ! *scale || ! *shift)
    return NULL;
  job.sums = (double *) (gpointer) sums->data;
  dif_pool_run (dif_context_pool (context), x->dim[0] * job.n_tiles, do_tile, &job);
  add_up (&job, 0, *scale);
  add_up (&job, 1, *shift);
  return g_steal_pointer (&dx);
}

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
  DifTensor    *scale, *shift;
  DifTensor *dx = dif_prologue_gradient (context, dy, record->x, &record->prologue, &scale, &shift);

  dif_tape_add (tape, context, record->x, dx);
  dif_tape_add (tape, context, record->prologue.scale, scale);
  dif_tape_add (tape, context, record->prologue.shift, shift);
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
