/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * dif_machine_memory:
 *
 * Returns: bytes of memory that the machine has, 0 if it does not tell
 *
 * Thread: any
 */
gsize dif_machine_memory (void);

/**
 * dif_memory_reserve:
 * @size: how many bytes, more than 0
 *
 * Asks the system for addresses.  Only what is written to takes memory.
 *
 * Returns: (nullable): zeros, aligned to pages; given back with dif_memory_return()
 *
 * Thread: any
 */
void *dif_memory_reserve (gsize size);

/**
 * dif_memory_return:
 * @memory: from dif_memory_reserve()
 * @size: as it was asked for
 *
 * Thread: any
 */
void dif_memory_return (void *memory, gsize size);

/**
 * dif_memory_forget:
 * @memory: where to begin
 * @size: how many bytes
 *
 * Gives the system back what holds these bytes, of which nobody needs what is in them.  They may
 * still be written to and then are taken anew.  Where a system cannot do that, nothing happens.
 *
 * Thread: any
 */
void dif_memory_forget (void *memory, gsize size);

G_END_DECLS
