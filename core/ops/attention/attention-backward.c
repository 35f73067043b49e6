/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/attention/attention-backward.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"
#include "core/ops/gemm.h"
#include "core/ops/profile.h"
#include "core/tensor/tape.h"

/* Scores are [keys, queries] of one head and a tile of queries, with all keys: so they are sums
 * over rows of k and of q as these are, sums over queries go straight to rows of dk and of dv, and
 * exponentials and sums are taken a vector of queries at a time. */
#define QUERIES     64 /* of a tile, at most; a multiple of LANES */
#define LANES       16
#define TILE_SCORES 65536 /* a quarter of a MiB */
#define MIN_CHUNKS  8     /* below this, the queries of a head are shared out */
#define RUN         32    /* keys added up together */

typedef struct
{
  DifTensor *q, *k, *v, *out;
  guint      n_heads;
} Record;

typedef struct
{
  const Record *record;
  const float  *g;
  float        *dq;
  gsize         l_q, l_k;
  gsize         c;
  gsize         head;      /* channels of one head */
  gsize         tile;      /* queries */
  gsize         n_chunks;  /* that the queries of a head are shared out to */
  gsize         chunk;     /* queries of one, a multiple of tile */
  float        *sums;      /* [2, N, n_chunks, l_k, c]: dk and dv */
  gsize         sums_size; /* of dk */
  float        *scratch;
  gsize         scratch_size; /* for each worker */
  float         factor;
} Job;

/* A worker's own room. */
typedef struct
{
  float *weights; /* [keys, queries] */
  float *slopes;  /* likewise */
  float *keys;    /* [head, keys] */
  float *dq;      /* [head, queries] */
} Room;

/* Scores to weights, down the columns. */
DIF_INLINE void
soften_lanes (float *scores, gsize n_keys, gsize step, float factor)
{
  float most[LANES], sum[LANES] = { 0 };

  memcpy (most, scores, sizeof most);
  for (gsize key = 1; key < n_keys; key++)
    for (gsize i = 0; i < LANES; i++)
      most[i] = scores[key * step + i] > most[i] ? scores[key * step + i] : most[i];
  for (gsize first = 0; first < n_keys; first += RUN)
    {
      float run[LANES] = { 0 };

      for (gsize key = first; key < MIN (first + RUN, n_keys); key++)
        for (gsize i = 0; i < LANES; i++)
          {
            float *at = scores + key * step + i;

            *at = dif_exp2f_falling ((*at - most[i]) * factor);
            run[i] += *at;
          }
      for (gsize i = 0; i < LANES; i++)
        sum[i] += run[i];
    }
  for (gsize i = 0; i < LANES; i++)
    sum[i] = 1.0f / sum[i];
  for (gsize key = 0; key < n_keys; key++)
    for (gsize i = 0; i < LANES; i++)
      scores[key * step + i] *= sum[i];
}

DIF_INLINE void
soften_body (float *scores, gsize n_keys, gsize step, float factor)
{
  for (gsize i = 0; i < step; i += LANES)
    soften_lanes (scores + i, n_keys, step, factor);
}

DIF_VARIANTS (static, void, soften, (float *scores, gsize n_keys, gsize step, float factor),
              (scores, n_keys, step, factor))

/* dp to the gradient of the scores, but for their factor. */
DIF_INLINE void
slope_body (const float *weights, float *dp, gsize n_keys, gsize step, const float *less)
{
  for (gsize key = 0; key < n_keys; key++, weights += step, dp += step)
    for (gsize i = 0; i < step; i++)
      dp[i] = weights[i] * (dp[i] - less[i]);
}

DIF_VARIANTS (static, void, slope,
              (const float *weights, float *dp, gsize n_keys, gsize step, const float *less),
              (weights, dp, n_keys, step, less))

/* D of some queries. */
static void
find_less (const Job *job, gsize at, gsize n, float *less)
{
  const float *out = job->record->out->data + at;
  const float *g = job->g + at;

  for (gsize i = 0; i < n; i++, out += job->c, g += job->c)
    {
      double sum = 0.0;

      for (gsize c = 0; c < job->head; c++)
        sum += (double) out[c] * g[c];
      less[i] = (float) sum;
    }
}

/* A tile of n queries from @at on, of keys from @key on; adds to @dk and @dv from the second on. */
static void
do_queries (const Job *job, const Room *room, gsize at, gsize n, gsize key, gboolean add, float *dk,
            float *dv)
{
  const gsize  c = job->c, head = job->head, l_k = job->l_k;
  const gsize  step = (n + LANES - 1) / LANES * LANES;
  const float *q = job->record->q->data + at;
  const float *g = job->g + at;
  float        less[QUERIES] = { 0 };

  if (step > n) /* columns that nobody reads are finite */
    memset (room->weights, 0, l_k * step * sizeof (float));
  if (step > n)
    memset (room->slopes, 0, l_k * step * sizeof (float));
  find_less (job, at, n, less);
  dif_sgemm (TRUE, l_k, n, head, 1.0f, job->record->k->data + key, c, q, c, 0.0f, room->weights,
             step);
  soften (room->weights, l_k, step, job->factor * (float) (1.0 / G_LN2));
  dif_sgemm (TRUE, l_k, n, head, 1.0f, job->record->v->data + key, c, g, c, 0.0f, room->slopes,
             step);
  dif_sgemm (FALSE, l_k, head, n, 1.0f, room->weights, step, g, c, add, dv, c);
  slope (room->weights, room->slopes, l_k, step, less);
  dif_sgemm (FALSE, l_k, head, n, job->factor, room->slopes, step, q, c, add, dk, c);
  dif_sgemm (FALSE, head, n, l_k, job->factor, room->keys, l_k, room->slopes, step, 0.0f, room->dq,
             n);
  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k < head; k++)
      job->dq[at + i * c + k] = room->dq[k * n + i];
}

/* A chunk of the queries of one head of one picture. */
static void
do_chunk (gsize index, guint worker, gpointer data)
{
  const Job  *job = data;
  const gsize chunk = index % job->n_chunks;
  const gsize head = index / job->n_chunks % job->record->n_heads;
  const gsize picture = index / job->n_chunks / job->record->n_heads;
  const gsize channel = head * job->head;
  const gsize key = picture * job->l_k * job->c + channel;
  const gsize end = MIN ((chunk + 1) * job->chunk, job->l_q);
  const gsize tile = job->tile;
  float      *scratch = job->scratch + worker * job->scratch_size;
  const Room  room = { scratch, scratch + job->l_k * tile, scratch + 2 * job->l_k * tile,
                       scratch + job->l_k * (2 * tile + job->head) };
  float      *dk = job->sums + (picture * job->n_chunks + chunk) * job->l_k * job->c + channel;

  for (gsize i = 0; i < job->l_k; i++)
    for (gsize k = 0; k < job->head; k++)
      room.keys[k * job->l_k + i] = job->record->k->data[key + i * job->c + k];
  for (gsize first = chunk * job->chunk; first < end; first += tile)
    do_queries (job, &room, (picture * job->l_q + first) * job->c + channel,
                MIN (tile, end - first), key, first > chunk * job->chunk, dk, dk + job->sums_size);
}

/* The chunks of dk and dv one after the other. */
static void
add_chunks (const Job *job, gsize n, const float *sums, float *out)
{
  const gsize size = job->l_k * job->c;

  for (gsize picture = 0; picture < n; picture++, out += size)
    {
      memcpy (out, sums + picture * job->n_chunks * size, size * sizeof *out);
      for (gsize chunk = 1; chunk < job->n_chunks; chunk++)
        for (gsize i = 0; i < size; i++)
          out[i] += sums[(picture * job->n_chunks + chunk) * size + i];
    }
}

/* Shapes alone decide on tiles, so that sums are the same at any number of threads. */
static void
plan (Job *job, const Record *record)
{
  const gsize n_slices = record->q->dim[0] * record->n_heads;
  gsize       n_tiles;

  job->record = record;
  job->c = record->q->dim[record->q->n_dims - 1];
  job->head = job->c / record->n_heads;
  job->l_q = record->q->size / (record->q->dim[0] * job->c);
  job->l_k = record->k->size / (record->k->dim[0] * job->c);
  job->tile = CLAMP (TILE_SCORES / job->l_k / LANES * LANES, LANES, QUERIES);
  n_tiles = (job->l_q + job->tile - 1) / job->tile;
  job->n_chunks = CLAMP (MIN_CHUNKS / n_slices, 1, n_tiles);
  job->chunk = (n_tiles + job->n_chunks - 1) / job->n_chunks * job->tile;
  job->n_chunks = (job->l_q + job->chunk - 1) / job->chunk; /* none is empty */
  job->sums_size = record->q->dim[0] * job->n_chunks * job->l_k * job->c;
  job->scratch_size = job->l_k * (2 * job->tile + job->head) + job->head * job->tile;
  job->factor = (float) (1.0 / sqrt ((double) job->head));
}

static void
attention_backward (gpointer data, DifContext *context, DifTape *tape, DifTensor *dy)
{
  DIF_OP_TIMER (context, DIF_OP_ATTENTION);
  const Record         *record = data;
  const gsize           n = record->q->dim[0];
  const guint           n_workers = dif_pool_n_workers (dif_context_pool (context));
  g_autoptr (DifTensor) own = dy;
  g_autoptr (DifTensor) dq = dif_context_like (context, record->q);
  g_autoptr (DifTensor) dk = dif_context_like (context, record->k);
  g_autoptr (DifTensor) dv = dif_context_like (context, record->v);
  g_autoptr (DifTensor) sums = NULL;
  g_autoptr (DifTensor) scratch = NULL;
  Job                   job = { 0 };

  plan (&job, record);
  sums = dif_context_tensor (context, 2, (gsize[]) { 2, job.sums_size });
  scratch = dif_context_tensor (context, 2, (gsize[]) { n_workers, job.scratch_size });
  if (! dq || ! dk || ! dv || ! sums || ! scratch)
    return;
  job.g = own->data;
  job.dq = dq->data;
  job.sums = sums->data;
  job.scratch = scratch->data;
  dif_context_count (context, 10.0 * record->q->size * job.l_k);
  dif_pool_run (dif_context_pool (context), n * record->n_heads * job.n_chunks, do_chunk, &job);
  add_chunks (&job, n, job.sums, dk->data);
  add_chunks (&job, n, job.sums + job.sums_size, dv->data);
  dif_tape_add (tape, context, record->q, g_steal_pointer (&dq));
  dif_tape_add (tape, context, record->k, g_steal_pointer (&dk));
  dif_tape_add (tape, context, record->v, g_steal_pointer (&dv));
}

static void
record_clear (gpointer data)
{
  Record *record = data;

  dif_tensor_unref (record->q);
  dif_tensor_unref (record->k);
  dif_tensor_unref (record->v);
  dif_tensor_unref (record->out);
}

void
dif_attention_record (DifContext *context, DifTensor *out, const DifTensor *q, const DifTensor *k,
                      const DifTensor *v, guint n_heads)
{
  Record *record = dif_tape_record (context, out, (gconstpointer[]) { q, k, v }, 3, sizeof *record,
                                    attention_backward, record_clear);

  if (record)
    *record = (Record) { dif_tensor_ref ((DifTensor *) q), dif_tensor_ref ((DifTensor *) k),
                         dif_tensor_ref ((DifTensor *) v), dif_tensor_ref (out), n_heads };
}
