/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/coarse.h"

#define CHUNK 192 /* columns that are summed at once */

/* Means along one axis of [outer, n, inner], whose ends meet. */
typedef struct
{
  const float *in;
  float       *out;
  gsize        n, inner;
  gsize        reach; /* to either side */
} Boxes;

static void
box_chunk (gsize chunk, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Boxes *b = data;
  const gsize  chunks = (b->inner + CHUNK - 1) / CHUNK;
  const gsize  first = chunk / chunks * b->n * b->inner + chunk % chunks * CHUNK;
  const gsize  count = MIN (CHUNK, b->inner - chunk % chunks * CHUNK);
  const gsize  turns = (b->reach / b->n + 1) * b->n;
  const double share = 1.0 / (2.0 * b->reach + 1.0);
  double       sum[CHUNK] = { 0.0 };

  for (gsize k = 0; k <= 2 * b->reach; k++)
    for (gsize i = 0; i < count; i++)
      sum[i] += b->in[first + (k + turns - b->reach) % b->n * b->inner + i];
  for (gsize at = 0; at < b->n; at++)
    {
      const float *enters = b->in + first + (at + b->reach + 1) % b->n * b->inner;
      const float *leaves = b->in + first + (at + turns - b->reach) % b->n * b->inner;

      for (gsize i = 0; i < count; i++)
        {
          b->out[first + at * b->inner + i] = (float) (share * sum[i]);
          sum[i] += (double) enters[i] - leaves[i];
        }
    }
}

static void
box (DifContext *context, const DifTensor *x, DifTensor *out, gsize axis, gsize reach)
{
  const gsize inner = axis == 1 ? x->dim[2] * x->dim[3] : x->dim[3];
  Boxes       boxes = { x->data, out->data, x->dim[axis], inner, reach };

  dif_pool_run (dif_context_pool (context),
                x->size / (boxes.n * inner) * ((inner + CHUNK - 1) / CHUNK), box_chunk, &boxes);
}

void
dif_take_coarse (DifContext *context, DifTensor *x, guint detail)
{
  const gsize           reach = MAX (detail / 4, 1);
  g_autoptr (DifTensor) a = dif_context_like (context, x);
  g_autoptr (DifTensor) b = dif_context_like (context, x);

  if (! a || ! b)
    return;
  box (context, x, a, 2, reach);
  box (context, a, b, 2, reach);
  box (context, b, a, 1, reach);
  box (context, a, b, 1, reach);
  for (gsize i = 0; i < x->size; i++)
    x->data[i] -= b->data[i];
}
