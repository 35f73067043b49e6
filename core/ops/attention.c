/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/attention.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"
#include "core/ops/gemm.h"

#define QUERY_TILE 64
#define KEY_TILE   256

typedef struct
{
  const float *q, *k, *v;
  float       *out;
  gsize        l_q, l_k;
  gsize        c;
  gsize        n_heads;
  gsize        head;          /* channels of one head */
  gsize        n_query_tiles; /* of one picture and head */
  float       *scratch;
  gsize        scratch_size; /* for each worker */
} Job;

/* Scores of one query against one tile of keys become weights; returns by how much what
 * was summed before has to shrink because the maximum grew. */
DIF_INLINE float
soften_row_body (float *scores, gsize n, float *maximum, float *sum)
{
  float top = *maximum;
  float total = 0.0f;
  float shrink;

  for (gsize i = 0; i < n; i++)
    top = scores[i] > top ? scores[i] : top;
  for (gsize i = 0; i < n; i++)
    scores[i] = dif_expf (scores[i] - top);
  for (gsize i = 0; i < n; i++)
    total += scores[i];
  shrink = dif_expf (*maximum - top);
  *maximum = top;
  *sum = *sum * shrink + total;
  return shrink;
}

DIF_VARIANTS (static, float, soften_row, (float *scores, gsize n, float *maximum, float *sum),
              (scores, n, maximum, sum))

DIF_INLINE void
scale_row_body (float *row, gsize n, float factor)
{
  for (gsize i = 0; i < n; i++)
    row[i] *= factor;
}

DIF_VARIANTS (static, void, scale_row, (float *row, gsize n, float factor), (row, n, factor))

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job   *job = data;
  gsize        first = tile % job->n_query_tiles * QUERY_TILE;
  gsize        head = tile / job->n_query_tiles % job->n_heads;
  gsize        picture = tile / job->n_query_tiles / job->n_heads;
  gsize        n = MIN (QUERY_TILE, job->l_q - first);
  const float *q = job->q + (picture * job->l_q + first) * job->c + head * job->head;
  const float *k = job->k + picture * job->l_k * job->c + head * job->head;
  const float *v = job->v + picture * job->l_k * job->c + head * job->head;
  float       *out = job->out + (picture * job->l_q + first) * job->c + head * job->head;
  float       *scores = job->scratch + worker * job->scratch_size;
  float       *sum_v = scores + QUERY_TILE * KEY_TILE;
  float        maximum[QUERY_TILE];
  float        sum[QUERY_TILE];

  memset (sum_v, 0, n * job->head * sizeof (float));
  for (gsize r = 0; r < n; r++)
    {
      maximum[r] = -INFINITY;
      sum[r] = 0.0f;
    }
  for (gsize key = 0; key < job->l_k; key += KEY_TILE)
    {
      gsize n_keys = MIN (KEY_TILE, job->l_k - key);

      dif_sgemm (TRUE, n, n_keys, job->head, 1.0f / sqrtf ((float) job->head), q, job->c,
                 k + key * job->c, job->c, 0.0f, scores, KEY_TILE);
      for (gsize r = 0; r < n; r++)
        scale_row (sum_v + r * job->head, job->head,
                   soften_row (scores + r * KEY_TILE, n_keys, &maximum[r], &sum[r]));
      dif_sgemm (FALSE, n, job->head, n_keys, 1.0f, scores, KEY_TILE, v + key * job->c, job->c,
                 1.0f, sum_v, job->head);
    }
  for (gsize r = 0; r < n; r++)
    {
      scale_row (sum_v + r * job->head, job->head, 1.0f / sum[r]);
      memcpy (out + r * job->c, sum_v + r * job->head, job->head * sizeof (float));
    }
}

DifTensor *
dif_attention (DifContext *context, const DifTensor *q, const DifTensor *k, const DifTensor *v,
               guint n_heads)
{
  DIF_OP_TIMER (context, DIF_OP_ATTENTION);
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) out = NULL;
  g_autoptr (DifTensor) scratch = NULL;
  Job                   job = { 0 };

  if (! q || ! k || ! v)
    return NULL;
  job.c = q->dim[q->n_dims - 1];
  g_return_val_if_fail (job.c % n_heads == 0 && k->dim[k->n_dims - 1] == job.c, NULL);
  job.n_heads = n_heads;
  job.head = job.c / n_heads;
  job.l_q = q->size / (q->dim[0] * job.c);
  job.l_k = k->size / (k->dim[0] * job.c);
  job.n_query_tiles = (job.l_q + QUERY_TILE - 1) / QUERY_TILE;
  job.scratch_size = QUERY_TILE * (KEY_TILE + job.head);

  out = dif_context_like (context, q);
  scratch =
      dif_context_tensor (context, 2, (gsize[]) { dif_pool_n_workers (pool), job.scratch_size });
  if (! out || ! scratch)
    return NULL;
  job.q = q->data;
  job.k = k->data;
  job.v = v->data;
  job.out = out->data;
  job.scratch = scratch->data;
  dif_context_count (context, 4.0 * q->size * job.l_k);
  dif_pool_run (pool, q->dim[0] * n_heads * job.n_query_tiles, do_tile, &job);
  return g_steal_pointer (&out);
}
