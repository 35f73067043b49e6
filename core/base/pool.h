/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifPool:
 *
 * Worker threads that take tiles from a common counter, so that a slow or
 * interrupted worker holds up nobody; they sleep when there is nothing to do.
 */
typedef struct _DifPool DifPool;

/**
 * DifTileFunc:
 * @tile: 0 … n_tiles - 1
 * @worker: 0 … dif_pool_n_workers() - 1, for scratch memory
 * @data: what was given to dif_pool_run()
 *
 * Does one tile.  What it computes must depend on @tile alone.
 */
typedef void (*DifTileFunc) (gsize tile, guint worker, gpointer data);

/**
 * dif_pool_new:
 * @n_workers: threads that compute, the caller's included; 0 for one per processor
 *
 * Returns: (transfer full): a pool, freed with dif_pool_free(); with fewer workers than
 *   asked for if the system gives no more threads
 *
 * Thread: any
 */
DifPool *dif_pool_new (guint n_workers);

/**
 * dif_pool_free:
 * @pool: (transfer full) (nullable): an idle pool
 *
 * Thread: any
 */
void dif_pool_free (DifPool *pool);

/**
 * dif_pool_n_workers:
 * @pool: the pool
 *
 * Returns: how many workers there are, the caller included
 *
 * Thread: any
 */
guint dif_pool_n_workers (const DifPool *pool);

/**
 * dif_pool_run:
 * @pool: the pool
 * @n_tiles: how many tiles
 * @func: does one tile
 * @data: for @func
 *
 * Does all tiles and returns when the last is done.  The calling thread is worker 0.
 *
 * Thread: one at a time for a pool; not from within a tile
 */
void dif_pool_run (DifPool *pool, gsize n_tiles, DifTileFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifPool, dif_pool_free)

G_END_DECLS
