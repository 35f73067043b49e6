/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/prologue-apply.h"

#include "core/ops/conv/prologue-backward.h"
#include "core/ops/profile.h"

#define TILE_NUMBERS 32768

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
  const Job  *job = data;
  const gsize tile = job->x->dim[0] * job->n_tiles - 1 - index;
  const gsize picture = tile / job->n_tiles;
  const gsize first = tile % job->n_tiles * job->tile_pixels;
  const gsize at = (picture * job->n_pixels + first) * job->c;

  dif_prologue_pixels (job->prologue, picture, 0, job->c, job->x->data + at, job->c,
                       MIN (job->tile_pixels, job->n_pixels - first), job->y->data + at, job->c);
}

DifTensor *
dif_prologue_apply (DifContext *context, const DifTensor *x, const DifPrologue *prologue)
{
  DIF_OP_TIMER (context, DIF_OP_NORM);
  DifTensor *y = dif_context_like (context, x);
  Job        job = { .prologue = prologue, .x = x, .y = y };

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
