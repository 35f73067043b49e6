/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/pool2d.h"

#include <string.h>

#include "core/base/simd.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

typedef struct
{
  const DifTensor *x;
  DifTensor       *y;
} Job;

/* A tile is one row of the output. */
static void
upsample_row (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job   *job = data;
  gsize        c = job->x->dim[3];
  gsize        w = job->x->dim[2];
  const float *src = job->x->data + tile / 2 * w * c; /* 2 h rows of n pictures: exact */
  float       *dst = job->y->data + tile * 2 * w * c;

  for (gsize i = 0; i < w; i++, src += c, dst += 2 * c)
    {
      memcpy (dst, src, c * sizeof (float));
      memcpy (dst + c, src, c * sizeof (float));
    }
}

DIF_INLINE void
pool_row_body (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job   *job = data;
  gsize        c = job->x->dim[3];
  gsize        row = job->x->dim[2] * c;
  gsize        picture = tile / job->y->dim[1];
  const float *top = job->x->data + (picture * job->x->dim[1] + tile % job->y->dim[1] * 2) * row;
  float       *dst = job->y->data + tile * job->y->dim[2] * c;

  for (gsize i = 0; i < job->y->dim[2]; i++, top += 2 * c, dst += c)
    for (gsize j = 0; j < c; j++)
      dst[j] = 0.25f * (top[j] + top[c + j] + top[row + j] + top[row + c + j]);
}

DIF_VARIANTS (static, void, pool_row, (gsize tile, guint worker G_GNUC_UNUSED, gpointer data),
              (tile, worker, data))

/* ---- backward: a tile is one row of the input's gradient ---- */

DIF_INLINE void
gather_row_body (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job   *job = data;
  gsize        c = job->y->dim[3];
  gsize        row = job->x->dim[2] * c;
  const float *top = job->x->data + tile * 2 * row;
  float       *dst = job->y->data + tile * job->y->dim[2] * c;

  for (gsize i = 0; i < job->y->dim[2]; i++, top += 2 * c, dst += c)
    for (gsize j = 0; j < c; j++)
      dst[j] = (top[j] + top[c + j]) + (top[row + j] + top[row + c + j]);
}

DIF_VARIANTS (static, void, gather_row, (gsize tile, guint worker G_GNUC_UNUSED, gpointer data),
              (tile, worker, data))

/* The last row or column has none where it was left out. */
static void
spread_row (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job   *job = data;
  gsize        c = job->x->dim[3];
  gsize        row = tile % job->y->dim[1] / 2;
  gsize        picture = tile / job->y->dim[1];
  const float *src = job->x->data + (picture * job->x->dim[1] + row) * job->x->dim[2] * c;
  float       *dst = job->y->data + tile * job->y->dim[2] * c;

  if (row >= job->x->dim[1])
    {
      memset (dst, 0, job->y->dim[2] * c * sizeof (float));
      return;
    }
  for (gsize i = 0; i < job->x->dim[2]; i++, src += c, dst += 2 * c)
    for (gsize j = 0; j < c; j++)
      dst[j] = dst[c + j] = 0.25f * src[j];
  if (job->y->dim[2] % 2)
    memset (dst, 0, c * sizeof (float));
}

typedef struct
{
  gconstpointer x; /* key */
  gsize         h, w;
  DifTileFunc   row;
} Record;

static void
pool_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_RESAMPLE);
  const Record         *record = data;
  g_autoptr (DifTensor) own = dy;
  DifTensor *dx = dif_context_nhwc (context, own->dim[0], record->h, record->w, own->dim[3]);
  Job        job = { own, dx };

  if (dx)
    dif_pool_run (dif_context_pool (context), dx->dim[0] * dx->dim[1], record->row, &job);
  dif_tape_add (tape, context, record->x, dx);
}

static void
note (DifContext *context, DifTensor *y, const DifTensor *x, DifTileFunc row)
{
  Record *record =
      dif_tape_record (context, y, (gconstpointer[]) { x }, 1, sizeof *record, pool_backward, NULL);

  if (record)
    *record = (Record) { dif_tape_key (context, x), x->dim[1], x->dim[2], row };
}

/* ---- forward ---- */

DifTensor *
dif_upsample_nearest2d (DifContext *context, const DifTensor *x)
{
  DIF_OP_TIMER (context, DIF_OP_RESAMPLE);
  DifTensor *y;
  Job        job;

  if (! x)
    return NULL;
  y = dif_context_nhwc (context, x->dim[0], 2 * x->dim[1], 2 * x->dim[2], x->dim[3]);
  job = (Job) { x, y };
  if (y)
    dif_pool_run (dif_context_pool (context), y->dim[0] * y->dim[1], upsample_row, &job);
  note (context, y, x, gather_row);
  return y;
}

DifTensor *
dif_avg_pool2d (DifContext *context, const DifTensor *x)
{
  DIF_OP_TIMER (context, DIF_OP_RESAMPLE);
  DifTensor *y;
  Job        job;

  if (! x)
    return NULL;
  g_return_val_if_fail (x->dim[1] >= 2 && x->dim[2] >= 2, NULL);
  y = dif_context_nhwc (context, x->dim[0], x->dim[1] / 2, x->dim[2] / 2, x->dim[3]);
  job = (Job) { x, y };
  if (y)
    dif_pool_run (dif_context_pool (context), y->dim[0] * y->dim[1], pool_row, &job);
  note (context, y, x, spread_row);
  return y;
}
