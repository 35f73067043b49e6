/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/elementwise.h"

#include <string.h>

#include "core/base/simd.h"
#include "core/ops/norm/moments.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

#define TILE      16384
#define BLOCK     1024 /* of a tile: stays in a first-level cache */
#define MAX_TERMS 4

/* Where a result like @like goes: over @over, if that is nobody else's. */
static DifTensor *
place (DifContext *context, DifTensor *over, const DifTensor *like)
{
  if (! over || ! like || dif_tensor_is_shared (over) || ! dif_tensor_same_shape (over, like))
    return dif_context_like (context, like);
  return dif_context_over (context, over);
}

typedef struct
{
  guint        n;
  float        factor[MAX_TERMS];
  const float *x[MAX_TERMS];
  float       *y;
  gsize        size;
} SumJob;

DIF_INLINE void
sum_tile_body (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const SumJob *job = data;
  const gsize   end = MIN ((tile + 1) * TILE, job->size);
  float         sum[BLOCK]; /* y may be an x */

  for (gsize first = tile * TILE; first < end; first += BLOCK)
    {
      const gsize n = MIN (BLOCK, end - first);

      for (gsize i = 0; i < n; i++)
        sum[i] = job->factor[0] * job->x[0][first + i];
      for (guint term = 1; term < job->n; term++)
        {
          const float *x = job->x[term] + first;
          float        factor = job->factor[term];

          for (gsize i = 0; i < n; i++)
            sum[i] += factor * x[i];
        }
      memcpy (job->y + first, sum, n * sizeof (float));
    }
}

DIF_VARIANTS (static, void, sum_tile, (gsize tile, guint worker G_GNUC_UNUSED, gpointer data),
              (tile, worker, data))

typedef struct
{
  guint         n;
  double        factor[MAX_TERMS];
  gconstpointer x[MAX_TERMS]; /* keys */
} SumRecord;

static void
sum_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const SumRecord      *record = data;
  g_autoptr (DifTensor) own = dy;

  for (guint i = 0; i < record->n; i++)
    if (record->x[i])
      dif_tape_add (tape, context, record->x[i],
                    record->factor[i] == 1.0 ?
                        dif_tensor_ref (own) :
                        dif_sum (context, 1, (DifTerm[]) { { record->factor[i], own } }));
}

static void
record_sum (DifContext *context, DifTensor *y, guint n, const DifTerm *terms)
{
  gconstpointer inputs[MAX_TERMS];
  SumRecord    *record;

  for (guint i = 0; i < n; i++)
    inputs[i] = terms[i].x;
  record = dif_tape_record (context, y, inputs, n, sizeof (SumRecord), sum_backward, NULL);
  for (guint i = 0; record && i < n; i++)
    {
      record->n = n;
      record->factor[i] = terms[i].factor;
      record->x[i] = dif_tape_key (context, terms[i].x);
    }
}

static DifTensor *
sum_to (DifContext *context, DifTensor *over, guint n, const DifTerm *terms)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  SumJob     job = { 0 };
  DifTensor *y;

  g_return_val_if_fail (n >= 1 && n <= MAX_TERMS, NULL);
  for (guint i = 0; i < n; i++)
    {
      if (! terms[i].x)
        return NULL;
      g_return_val_if_fail (dif_tensor_same_shape (terms[i].x, terms[0].x), NULL);
      job.factor[i] = (float) terms[i].factor;
      job.x[i] = terms[i].x->data;
    }
  y = place (context, over, terms[0].x);
  if (! y)
    return NULL;
  job.n = n;
  job.y = y->data;
  job.size = y->size;
  dif_pool_run (dif_context_pool (context), (y->size + TILE - 1) / TILE, sum_tile, &job);
  record_sum (context, y, n, terms);
  return y;
}

DifTensor *
dif_sum (DifContext *context, guint n, const DifTerm *terms)
{
  return sum_to (context, NULL, n, terms);
}

DifTensor *
dif_sum_over (DifContext *context, DifTensor *over, guint n, const DifTerm *terms)
{
  DifTensor *y = sum_to (context, over, n, terms);

  dif_tensor_unref (over);
  return y;
}

DifTensor *
dif_clamp_over (DifContext *context, DifTensor *x, float low, float high)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  DifTensor *y = place (context, x, x);

  for (gsize i = 0; y && i < y->size; i++)
    y->data[i] = CLAMP (x->data[i], low, high);
  dif_tensor_unref (x);
  return y;
}

static DifTensor *
mix_to (DifContext *context, DifTensor *over, const DifTensor *a, const DifTensor *b,
        const DifTensor *mask)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  DifTensor *y = b ? place (context, over, a) : NULL;
  gsize      c, i;

  if (! y)
    return NULL;
  g_return_val_if_fail (dif_tensor_same_shape (a, b), NULL);
  c = y->dim[y->n_dims - 1];
  for (i = 0; i < y->size; i++)
    {
      float m = mask->data[i / c % mask->size];

      if (m == 0.0f)
        y->data[i] = a->data[i];
      else if (m == 1.0f)
        y->data[i] = b->data[i];
      else
        y->data[i] = (1.0f - m) * a->data[i] + m * b->data[i];
    }
  return y;
}

DifTensor *
dif_mix (DifContext *context, const DifTensor *a, const DifTensor *b, const DifTensor *mask)
{
  return mix_to (context, NULL, a, b, mask);
}

DifTensor *
dif_mix_over (DifContext *context, DifTensor *over, const DifTensor *a, const DifTensor *b,
              const DifTensor *mask)
{
  DifTensor *y = mix_to (context, over, a, b, mask);

  dif_tensor_unref (over);
  return y;
}

typedef struct
{
  const DifTensor *a, *b;
  DifTensor       *y;
  gsize            c_a, c_b;
  gsize            n_rows;
  gsize            tile_rows;
} ConcatJob;

static void
concat_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const ConcatJob *job = data;
  const gsize      c = job->c_a + job->c_b;
  const gsize      first = tile * job->tile_rows;

  for (gsize row = first; row < MIN (first + job->tile_rows, job->n_rows); row++)
    {
      memcpy (job->y->data + row * c, job->a->data + row * job->c_a, job->c_a * sizeof (float));
      memcpy (job->y->data + row * c + job->c_a, job->b->data + row * job->c_b,
              job->c_b * sizeof (float));
    }
}

/* Each channel's moments stay what they are. */
static DifTensor *
concat_moments (DifContext *context, const ConcatJob *job)
{
  const gsize n = job->y->dim[0];
  DifTensor  *moments;

  if (! job->a->summary || ! job->b->summary)
    return NULL;
  moments = dif_moments_new (context, n, job->c_a + job->c_b);
  for (gsize picture = 0; moments && picture < n; picture++)
    {
      DifMoments *own = dif_moments_of (moments, picture);

      memcpy (own, dif_moments_of (job->a->summary, picture), job->c_a * sizeof *own);
      memcpy (own + job->c_a, dif_moments_of (job->b->summary, picture), job->c_b * sizeof *own);
    }
  return moments;
}

typedef struct
{
  gconstpointer a, b; /* keys */
  gsize         c_a, c_b;
} ConcatRecord;

static void
concat_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const ConcatRecord   *record = data;
  g_autoptr (DifTensor) own = dy;

  if (record->a)
    dif_tape_add (tape, context, record->a, dif_slice_channels (context, own, 0, record->c_a));
  if (record->b)
    dif_tape_add (tape, context, record->b,
                  dif_slice_channels (context, own, record->c_a, record->c_b));
}

DifTensor *
dif_concat_channels (DifContext *context, const DifTensor *a, const DifTensor *b)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  ConcatJob     job = { .a = a, .b = b };
  ConcatRecord *record;
  gsize         dim[DIF_MAX_DIMS];

  if (! a || ! b)
    return NULL;
  job.c_a = a->dim[a->n_dims - 1];
  job.c_b = b->dim[b->n_dims - 1];
  job.n_rows = a->size / job.c_a;
  g_return_val_if_fail (job.n_rows == b->size / job.c_b, NULL);
  memcpy (dim, a->dim, sizeof dim);
  dim[a->n_dims - 1] = job.c_a + job.c_b;
  job.y = dif_context_tensor (context, a->n_dims, dim);
  if (! job.y)
    return NULL;
  job.tile_rows = MAX (TILE / dim[a->n_dims - 1], 1);
  dif_pool_run (dif_context_pool (context), (job.n_rows + job.tile_rows - 1) / job.tile_rows,
                concat_tile, &job);
  dif_tensor_set_summary (job.y, concat_moments (context, &job));
  record = dif_tape_record (context, job.y, (gconstpointer[]) { a, b }, 2, sizeof *record,
                            concat_backward, NULL);
  if (record)
    *record =
        (ConcatRecord) { dif_tape_key (context, a), dif_tape_key (context, b), job.c_a, job.c_b };
  return job.y;
}

typedef struct
{
  const DifTensor *x;
  DifTensor       *y;
  gsize            first_x, first_y, n; /* channels */
  gsize            n_rows;
  gsize            tile_rows;
} SliceJob;

static void
slice_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const SliceJob *job = data;
  const gsize     c_x = job->x->dim[job->x->n_dims - 1];
  const gsize     c_y = job->y->dim[job->y->n_dims - 1];
  const gsize     first = tile * job->tile_rows;

  for (gsize row = first; row < MIN (first + job->tile_rows, job->n_rows); row++)
    memcpy (job->y->data + row * c_y + job->first_y, job->x->data + row * c_x + job->first_x,
            job->n * sizeof (float));
}

static void
slice (DifContext *context, SliceJob *job)
{
  job->n_rows = job->x->size / job->x->dim[job->x->n_dims - 1];
  job->tile_rows = MAX (TILE / job->n, 1);
  dif_pool_run (dif_context_pool (context), (job->n_rows + job->tile_rows - 1) / job->tile_rows,
                slice_tile, job);
}

/* Room for x's rows, each c wide. */
static DifTensor *
with_channels (DifContext *context, const DifTensor *x, gsize c)
{
  gsize dim[DIF_MAX_DIMS];

  memcpy (dim, x->dim, sizeof dim);
  dim[x->n_dims - 1] = c;
  return dif_context_tensor (context, x->n_dims, dim);
}

typedef struct
{
  gconstpointer x; /* key */
  gsize         first, c;
} SliceRecord;

/* Of the channels that were left out it is 0. */
static void
slice_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  const SliceRecord    *record = data;
  g_autoptr (DifTensor) own = dy;
  DifTensor            *dx = with_channels (context, own, record->c);

  if (! dx)
    return;
  memset (dx->data, 0, dx->size * sizeof (float));
  slice (context, &(SliceJob) { own, dx, 0, record->first, own->dim[own->n_dims - 1], 0, 0 });
  dif_tape_add (tape, context, record->x, dx);
}

DifTensor *
dif_slice_channels (DifContext *context, const DifTensor *x, gsize first, gsize n)
{
  DIF_OP_TIMER (context, DIF_OP_ELEMENTWISE);
  DifTensor   *y;
  SliceRecord *record;

  if (! x)
    return NULL;
  g_return_val_if_fail (first + n <= x->dim[x->n_dims - 1], NULL);
  y = with_channels (context, x, n);
  if (! y)
    return NULL;
  slice (context, &(SliceJob) { x, y, first, 0, n, 0, 0 });
  record = dif_tape_record (context, y, (gconstpointer[]) { x }, 1, sizeof *record, slice_backward,
                            NULL);
  if (record)
    *record = (SliceRecord) { dif_tape_key (context, x), first, x->dim[x->n_dims - 1] };
  return y;
}

void
dif_nchw_to_nhwc (const float *src, gsize n, gsize c, gsize h, gsize w, float *dst)
{
  for (gsize picture = 0; picture < n; picture++)
    for (gsize channel = 0; channel < c; channel++)
      for (gsize pixel = 0; pixel < h * w; pixel++)
        dst[(picture * h * w + pixel) * c + channel] = *src++;
}

void
dif_nhwc_to_nchw (const float *src, gsize n, gsize c, gsize h, gsize w, float *dst)
{
  for (gsize picture = 0; picture < n; picture++)
    for (gsize channel = 0; channel < c; channel++)
      for (gsize pixel = 0; pixel < h * w; pixel++)
        *dst++ = src[(picture * h * w + pixel) * c + channel];
}
