/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifAllocator:
 *
 * Memory for tensors.  Blocks given back are kept and given out again for requests of
 * their size class, so a loop that repeats itself asks the system for nothing after
 * its first turn.
 */
typedef struct _DifAllocator DifAllocator;

/**
 * DifAllocatorStats:
 * @in_use: bytes in blocks that are given out
 * @held: bytes taken from the system, in use or kept
 * @peak_in_use: the largest @in_use so far
 * @n_system: how often the system was asked
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
 * Gives all kept blocks back to the system.
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
