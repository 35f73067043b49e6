/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/train/optimizer.h"

#include <math.h>

/* Shapes alone say where tiles end. */
#define TILE_NUMBERS 16384

#define NUMBER     double
#define NAME(rule) rule##_f64
#include "core/train/optimizer-rules.inc"
#undef NUMBER
#undef NAME

#define NUMBER     float
#define NAME(rule) rule##_f32
#include "core/train/optimizer-rules.inc"
#undef NUMBER
#undef NAME

void
dif_update_init (DifUpdate *update, const DifOptimizerRule *rule, guint64 k, double rate,
                 double norm)
{
  const gboolean adam = rule->kind != DIF_OPTIMIZER_SGD;
  const gboolean beside = rule->kind == DIF_OPTIMIZER_ADAMW;

  *update = (DifUpdate) { .kind = rule->kind,
                          .rate = adam ? rate / (1.0 - pow (rule->beta1, (double) k)) : rate,
                          .root = adam ? 1.0 / sqrt (1.0 - pow (rule->beta2, (double) k)) : 1.0,
                          .beta1 = rule->beta1,
                          .beta2 = rule->beta2,
                          .eps = rule->eps,
                          .keep = beside ? 1.0 - rate * rule->weight_decay : 1.0,
                          .l2 = beside ? 0.0 : rule->weight_decay,
                          .scale = 1.0 };
  if (rule->max_norm > 0.0)
    update->scale = fmin (1.0, rule->max_norm / (norm + 1e-6));
}

/* All tensors' tiles in one row. */
typedef struct
{
  const DifSlot *slots;
  gsize         *first_tile; /* n + 1 */
  guint          n;
} Tiles;

static Tiles
tiles_of (const DifSlot *slots, guint n)
{
  Tiles tiles = { slots, g_new (gsize, n + 1), n };

  tiles.first_tile[0] = 0;
  for (guint i = 0; i < n; i++)
    tiles.first_tile[i + 1] =
        tiles.first_tile[i] + (slots[i].value->size + TILE_NUMBERS - 1) / TILE_NUMBERS;
  return tiles;
}

static const DifSlot *
tile_range (const Tiles *tiles, gsize tile, gsize *at, gsize *size)
{
  guint low = 0;
  guint high = tiles->n;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (tiles->first_tile[middle] <= tile)
        low = middle;
      else
        high = middle;
    }
  *at = (tile - tiles->first_tile[low]) * TILE_NUMBERS;
  *size = MIN (TILE_NUMBERS, tiles->slots[low].value->size - *at);
  return &tiles->slots[low];
}

typedef struct
{
  Tiles   tiles;
  double *parts; /* of the sum, one for each tile */
} NormJob;

static void
norm_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const NormJob *job = data;
  gsize          at, size;
  const DifSlot *slot = tile_range (&job->tiles, tile, &at, &size);

  job->parts[tile] = slot->gradient ? dif_square_sum_f32 (slot->gradient->data + at, size) : 0.0;
}

double
dif_slots_norm (DifPool *pool, const DifSlot *slots, guint n)
{
  NormJob            job = { tiles_of (slots, n), NULL };
  g_autofree gsize  *first_tile = job.tiles.first_tile;
  g_autofree double *parts = g_new (double, first_tile[n]);
  double             sum = 0.0;

  job.parts = parts;
  dif_pool_run (pool, first_tile[n], norm_tile, &job);
  for (gsize i = 0; i < first_tile[n]; i++)
    sum += parts[i];
  return sqrt (sum);
}

typedef struct
{
  Tiles            tiles;
  const DifUpdate *update;
  double           decay;
} StepJob;

static void
step_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  const StepJob *job = data;
  gsize          at, size;
  const DifSlot *slot = tile_range (&job->tiles, tile, &at, &size);

  if (slot->gradient)
    dif_update_f32 (slot->value->data + at, slot->gradient->data + at, slot->first->data + at,
                    slot->second->data + at, size, job->update);
  dif_average_f32 (slot->average->data + at, slot->value->data + at, size, job->decay);
}

void
dif_slots_step (DifPool *pool, const DifSlot *slots, guint n, const DifUpdate *update, double decay)
{
  StepJob           job = { tiles_of (slots, n), update, decay };
  g_autofree gsize *first_tile = job.tiles.first_tile;

  dif_pool_run (pool, first_tile[n], step_tile, &job);
}

double
dif_warmup_cosine (double warmup, double total, double step)
{
  if (step < warmup)
    return step / warmup;
  if (step >= total)
    return 0.0;
  return 0.5 * (1.0 + cos (G_PI * (step - warmup) / (total - warmup)));
}

double
dif_average_decay (double most, guint64 step)
{
  if (step <= 1)
    return 0.0;
  return fmin (most, (double) step / (9.0 + (double) step));
}
