/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/resample.h"

#include <string.h>

#include "core/base/simd.h"

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

DifTensor *
dif_upsample_nearest (DifContext *context, const DifTensor *x)
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
  return y;
}

DifTensor *
dif_average_pool (DifContext *context, const DifTensor *x)
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
  return y;
}
