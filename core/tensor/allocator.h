/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifAllocator:
 *
 * Memory for tensors.  What is given back is kept, joined with what is free beside it, and cut up
 * again for other sizes: a loop needs what it needs at its worst moment and not much more, and one
 * that repeats itself asks the system for nothing after its first turn.
 */
typedef struct _DifAllocator DifAllocator;

/**
 * DifAllocatorStats:
 * @in_use: bytes in blocks that are given out
 * @held: bytes that were given out, now or before, and so are the system's no more
 * @peak_in_use: the largest @in_use so far
 * @n_system: how often @held has grown
 *
 * What an allocator has done.
 */
typedef struct
{
  gsize in_use;
  gsize held;
  gsize peak_in_use;
  gsize n_system;
} DifAllocatorStats;

/**
 * dif_allocator_new:
 *
 * Returns: (transfer full): an empty allocator
 *
 * Thread: any
 */
DifAllocator *dif_allocator_new (void);

/**
 * dif_allocator_ref:
 * @allocator: the allocator
 *
 * Returns: (transfer full): @allocator
 *
 * Thread: any
 */
DifAllocator *dif_allocator_ref (DifAllocator *allocator);

/**
 * dif_allocator_unref:
 * @allocator: (transfer full) (nullable): every block holds a reference too
 *
 * Thread: any
 */
void dif_allocator_unref (DifAllocator *allocator);

/**
 * dif_allocator_alloc:
 * @allocator: the allocator
 * @size: bytes, at least 1
 *
 * Returns: (transfer full) (nullable): memory at a multiple of 64 bytes with old contents, or
 *   %NULL if there is none
 *
 * Thread: any
 */
void *dif_allocator_alloc (DifAllocator *allocator, gsize size);

/**
 * dif_allocator_release:
 * @allocator: the allocator
 * @block: (transfer full) (nullable): from dif_allocator_alloc()
 *
 * Thread: any
 */
void dif_allocator_release (DifAllocator *allocator, void *block);

/**
 * dif_allocator_trim:
 * @allocator: the allocator
 *
 * Gives back to the system what is free and has nothing in use behind it.
 *
 * Thread: any
 */
void dif_allocator_trim (DifAllocator *allocator);

/**
 * dif_allocator_get_stats:
 * @allocator: the allocator
 * @stats: (out caller-allocates): filled
 *
 * Thread: any
 */
void dif_allocator_get_stats (DifAllocator *allocator, DifAllocatorStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifAllocator, dif_allocator_unref)

G_END_DECLS
