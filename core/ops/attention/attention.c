/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/attention/attention.h"

#include <math.h>
#include <string.h>

#include "core/base/simd.h"
#include "core/ops/attention/attention-backward.h"
#include "core/ops/product.h"
#include "core/ops/profile.h"

/* All of it is done transposed, with DIF_PANEL queries side by side: scores are [keys, queries]
 * and sums of values [channels, queries].  The scores of a tile of keys then are at once a packed
 * panel, the right factor of the second product; maxima, exponentials and sums are taken down the
 * columns, a vector of queries at a time; and a head may have any width without waste. */
#define KEY_TILE   256 /* their scores of a panel, 32 KiB, stay close to the processor */
#define MAX_PANELS 8   /* of queries in one tile, which share what is read of keys and values */
#define MIN_TILES  16  /* below this, tiles take fewer panels */
#define MAX_ROWS   8   /* of scores taken together */

typedef struct
{
  const float *q, *k, *v;
  float       *out;
  gsize        l_q, l_k;
  gsize        c;
  gsize        n_heads;
  gsize        head;          /* channels of one head */
  gsize        tile_panels;   /* panels of queries in a tile */
  gsize        n_query_tiles; /* of one picture and head */
  gsize        key_tile;
  gsize        n_key_tiles;
  gsize        key_step;    /* from one packed key to the next */
  gsize        value_step;  /* from one channel of packed values to the next */
  gsize        packed_size; /* of a tile of keys and values of one head */
  float       *packed;      /* each tile of each head: keys [keys, head], values [head, keys] */
  float       *scratch;
  gsize        scratch_size; /* for each worker */
  float        factor;       /* of the scores, as powers of two */
} Job;

/* What a panel of queries has seen so far. */
typedef struct
{
  float maximum[DIF_PANEL];
  float sum[DIF_PANEL];
  float shrink[DIF_PANEL]; /* what was summed before has to, where the maximum grew */
} Seen;

#if defined(__GNUC__)

typedef float Four __attribute__ ((vector_size (16), aligned (4), may_alias));

static void
transpose_4x4 (const float *src, gsize src_step, float *dst, gsize dst_step)
{
  const Four a = *(const Four *) src;
  const Four b = *(const Four *) (src + src_step);
  const Four c = *(const Four *) (src + 2 * src_step);
  const Four d = *(const Four *) (src + 3 * src_step);
  const Four ab_low = __builtin_shufflevector (a, b, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector (a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector (c, d, 0, 4, 1, 5);
  const Four cd_high = __builtin_shufflevector (c, d, 2, 6, 3, 7);

  *(Four *) dst = __builtin_shufflevector (ab_low, cd_low, 0, 1, 4, 5);
  *(Four *) (dst + dst_step) = __builtin_shufflevector (ab_low, cd_low, 2, 3, 6, 7);
  *(Four *) (dst + 2 * dst_step) = __builtin_shufflevector (ab_high, cd_high, 0, 1, 4, 5);
  *(Four *) (dst + 3 * dst_step) = __builtin_shufflevector (ab_high, cd_high, 2, 3, 6, 7);
}

#define CAN_TRANSPOSE_4X4 1
#else
#define transpose_4x4(src, src_step, dst, dst_step)
#define CAN_TRANSPOSE_4X4 0
#endif

/* [rows, columns] to [columns, rows], along the rows of src */
static void
transpose (gsize rows, gsize columns, const float *src, gsize src_step, float *dst, gsize dst_step)
{
  const gsize whole = CAN_TRANSPOSE_4X4 ? columns / 4 * 4 : 0;

  for (gsize first = 0; first < rows; first += 4)
    {
      const gsize last = MIN (first + 4, rows);
      gsize       i = 0;

      for (; last - first == 4 && i < whole; i += 4)
        transpose_4x4 (src + first * src_step + i, src_step, dst + i * dst_step + first, dst_step);
      for (; i < columns; i++)
        for (gsize r = first; r < last; r++)
          dst[i * dst_step + r] = src[r * src_step + i];
    }
}

DIF_INLINE void
raise_maximum (const float *scores, const gsize rows, float *maximum)
{
  for (gsize i = 0; i < DIF_PANEL; i++)
    {
      float top = maximum[i];

      for (gsize r = 0; r < rows; r++)
        top = scores[r * DIF_PANEL + i] > top ? scores[r * DIF_PANEL + i] : top;
      maximum[i] = top;
    }
}

DIF_INLINE void
weigh (float *scores, float factor, const float *maximum, float *sum)
{
  for (gsize i = 0; i < DIF_PANEL; i++)
    {
      scores[i] = dif_exp2f_falling ((scores[i] - maximum[i]) * factor);
      sum[i] += scores[i];
    }
}

/* Four keys at once, added up in pairs: there may be thousands. */
DIF_INLINE void
weigh_four (float *scores, float factor, const float *maximum, float *sum)
{
  for (gsize i = 0; i < DIF_PANEL; i++)
    {
      float *at = scores + i;
      float  a = dif_exp2f_falling ((at[0] - maximum[i]) * factor);
      float  b = dif_exp2f_falling ((at[DIF_PANEL] - maximum[i]) * factor);
      float  c = dif_exp2f_falling ((at[2 * DIF_PANEL] - maximum[i]) * factor);
      float  d = dif_exp2f_falling ((at[3 * DIF_PANEL] - maximum[i]) * factor);

      at[0] = a;
      at[DIF_PANEL] = b;
      at[2 * DIF_PANEL] = c;
      at[3 * DIF_PANEL] = d;
      sum[i] += (a + b) + (c + d);
    }
}

/* Scores of a panel of queries against a tile of keys become weights; returns whether a
 * maximum grew. */
DIF_INLINE gboolean
soften_body (float *scores, gsize n_keys, float factor, Seen *seen)
{
  const gsize whole = n_keys / MAX_ROWS * MAX_ROWS;
  float       sum[DIF_PANEL] = { 0 };
  float       old[DIF_PANEL];
  float       grown = 0.0f;

  memcpy (old, seen->maximum, sizeof old);
  for (gsize key = 0; key < whole; key += MAX_ROWS)
    raise_maximum (scores + key * DIF_PANEL, MAX_ROWS, seen->maximum);
  for (gsize key = whole; key < n_keys; key++)
    raise_maximum (scores + key * DIF_PANEL, 1, seen->maximum);
  for (gsize key = 0; key < whole; key += 4)
    weigh_four (scores + key * DIF_PANEL, factor, seen->maximum, sum);
  for (gsize key = whole; key < n_keys; key++)
    weigh (scores + key * DIF_PANEL, factor, seen->maximum, sum);
  for (gsize i = 0; i < DIF_PANEL; i++)
    {
      seen->shrink[i] = dif_exp2f_falling ((old[i] - seen->maximum[i]) * factor);
      seen->sum[i] = seen->sum[i] * seen->shrink[i] + sum[i];
      grown += seen->maximum[i] > old[i] ? 1.0f : 0.0f;
    }
  return grown > 0.0f;
}

DIF_VARIANTS (static, gboolean, soften, (float *scores, gsize n_keys, float factor, Seen *seen),
              (scores, n_keys, factor, seen))

DIF_INLINE void
shrink_body (float *sums, gsize n, const float *by)
{
  for (gsize c = 0; c < n; c++)
    for (gsize i = 0; i < DIF_PANEL; i++)
      sums[c * DIF_PANEL + i] *= by[i];
}

DIF_VARIANTS (static, void, shrink, (float *sums, gsize n, const float *by), (sums, n, by))

/* Keys and values of a tile and one head, for all tiles of queries. */
static void
pack_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const Job *job = data;
  gsize      key = tile % job->n_key_tiles * job->key_tile;
  gsize      head = tile / job->n_key_tiles % job->n_heads;
  gsize      picture = tile / job->n_key_tiles / job->n_heads;
  gsize      n = MIN (job->key_tile, job->l_k - key);
  gsize      at = (picture * job->l_k + key) * job->c + head * job->head;
  float     *keys = job->packed + tile * job->packed_size;

  for (gsize i = 0; i < n; i++)
    memcpy (keys + i * job->key_step, job->k + at + i * job->c, job->head * sizeof (float));
  transpose (n, job->head, job->v + at, job->c, keys + job->key_tile * job->key_step,
             job->value_step);
}

static void
read_queries (const Job *job, const float *q, gsize n, float *panel)
{
  if (n < DIF_PANEL)
    memset (panel, 0, job->head * DIF_PANEL * sizeof (float));
  transpose (n, job->head, q, job->c, panel, DIF_PANEL);
}

static void
write_sums (const Job *job, float *sums, gsize n, Seen *seen, float *out)
{
  for (gsize i = 0; i < DIF_PANEL; i++)
    seen->shrink[i] = 1.0f / seen->sum[i];
  shrink (sums, job->head, seen->shrink);
  /* along the rows of out: at powers of two they fight for the same places in the cache */
  for (gsize i = 0; i < n; i += 4)
    transpose (job->head, MIN (4, n - i), sums + i, DIF_PANEL, out + i * job->c, job->c);
}

static void
do_tile (gsize tile, guint worker, gpointer data)
{
  const Job   *job = data;
  const gsize  head_panel = job->head * DIF_PANEL;
  gsize        first = tile % job->n_query_tiles * job->tile_panels * DIF_PANEL;
  gsize        head = tile / job->n_query_tiles; /* of all pictures' */
  gsize        picture = head / job->n_heads;
  gsize        channel = head % job->n_heads * job->head;
  gsize        n = MIN (job->tile_panels * DIF_PANEL, job->l_q - first);
  gsize        at = (picture * job->l_q + first) * job->c + channel;
  const float *keys = job->packed + head * job->n_key_tiles * job->packed_size;
  const float *values = keys + job->key_tile * job->key_step;
  float       *scores = job->scratch + worker * job->scratch_size;
  float       *queries = scores + job->key_tile * DIF_PANEL;
  float       *sums = queries + job->tile_panels * head_panel;
  Seen         seen[MAX_PANELS];

  for (gsize p = 0; p * DIF_PANEL < n; p++)
    {
      read_queries (job, job->q + at + p * DIF_PANEL * job->c, MIN (DIF_PANEL, n - p * DIF_PANEL),
                    queries + p * head_panel);
      for (gsize i = 0; i < DIF_PANEL; i++)
        {
          seen[p].maximum[i] = -INFINITY;
          seen[p].sum[i] = 0.0f;
        }
    }
  for (gsize key = 0; key < job->l_k; key += job->key_tile)
    {
      gsize n_keys = MIN (job->key_tile, job->l_k - key);

      for (gsize p = 0; p * DIF_PANEL < n; p++)
        {
          dif_product (n_keys, DIF_PANEL, job->head, keys, job->key_step, queries + p * head_panel,
                       scores, DIF_PANEL, FALSE);
          if (soften (scores, n_keys, job->factor, &seen[p]) && key > 0)
            shrink (sums + p * head_panel, job->head, seen[p].shrink);
          dif_product (job->head, DIF_PANEL, n_keys, values, job->value_step, scores,
                       sums + p * head_panel, DIF_PANEL, key > 0);
        }
      keys += job->packed_size;
      values += job->packed_size;
    }
  for (gsize p = 0; p * DIF_PANEL < n; p++)
    write_sums (job, sums + p * head_panel, MIN (DIF_PANEL, n - p * DIF_PANEL), &seen[p],
                job->out + at + p * DIF_PANEL * job->c);
}

static gsize
in_parts (gsize n, gsize part)
{
  return (n + part - 1) / part;
}

/* A line more at even numbers of lines, so that eight rows do not fight for the same places in the
 * cache. */
static gsize
row_step (gsize n)
{
  return n % 32 == 0 ? n + 16 : n;
}

DifTensor *
dif_attention (DifContext *context, const DifTensor *q, const DifTensor *k, const DifTensor *v,
               guint n_heads)
{
  DIF_OP_TIMER (context, DIF_OP_ATTENTION);
  DifPool              *pool = dif_context_pool (context);
  g_autoptr (DifTensor) out = NULL;
  g_autoptr (DifTensor) packed = NULL;
  g_autoptr (DifTensor) scratch = NULL;
  gsize                 n_slices;
  Job                   job = { 0 };

  if (! q || ! k || ! v)
    return NULL;
  job.c = q->dim[q->n_dims - 1];
  g_return_val_if_fail (job.c % n_heads == 0 && k->dim[k->n_dims - 1] == job.c, NULL);
  job.n_heads = n_heads;
  job.head = job.c / n_heads;
  job.l_q = q->size / (q->dim[0] * job.c);
  job.l_k = k->size / (k->dim[0] * job.c);
  n_slices = q->dim[0] * n_heads;
  job.tile_panels = CLAMP (n_slices * in_parts (job.l_q, DIF_PANEL) / MIN_TILES, 1, MAX_PANELS);
  job.n_query_tiles = in_parts (job.l_q, job.tile_panels * DIF_PANEL);
  job.key_tile = MIN (KEY_TILE, job.l_k);
  job.n_key_tiles = in_parts (job.l_k, job.key_tile);
  job.key_step = row_step (job.head);
  job.value_step = row_step (job.key_tile);
  job.packed_size = job.key_tile * job.key_step + job.head * job.value_step;
  job.scratch_size = DIF_PANEL * (job.key_tile + 2 * job.tile_panels * job.head);
  job.factor = (float) (1.0 / (G_LN2 * sqrt ((double) job.head)));

  out = dif_context_like (context, q);
  packed =
      dif_context_tensor (context, 2, (gsize[]) { n_slices * job.n_key_tiles, job.packed_size });
  scratch =
      dif_context_tensor (context, 2, (gsize[]) { dif_pool_n_workers (pool), job.scratch_size });
  if (! out || ! packed || ! scratch)
    return NULL;
  job.q = q->data;
  job.k = k->data;
  job.v = v->data;
  job.out = out->data;
  job.packed = packed->data;
  job.scratch = scratch->data;
  dif_context_count (context, 4.0 * q->size * job.l_k);
  dif_pool_run (pool, n_slices * job.n_key_tiles, pack_tile, &job);
  dif_pool_run (pool, n_slices * job.n_query_tiles, do_tile, &job);
  dif_attention_record (context, out, q, k, v, n_heads);
  return g_steal_pointer (&out);
}
