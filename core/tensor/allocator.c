/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/allocator.h"

#define ALIGNMENT 64
#define N_CLASSES 256

/* Sits in front of each block; its size keeps the block aligned. */
typedef struct _Block Block;
struct _Block
{
  Block *next;
  void  *base; /* what the system gave */
  gsize  size; /* of the class */
  guint  class_index;
};

#define HEADER_SIZE ((gsize) ALIGNMENT)

G_STATIC_ASSERT (sizeof (Block) <= ALIGNMENT);

struct _DifAllocator
{
  gint              ref_count;
  GMutex            mutex;
  Block            *kept[N_CLASSES];
  DifAllocatorStats stats;
};

/* Four classes for each power of two: at most 25 % of a block is unused. */
static gboolean
size_class (gsize size, gsize *class_size, guint *class_index)
{
  guint bits = 8;
  gsize quarter;
  guint step;

  if (size > G_MAXSIZE / 4)
    return FALSE;
  while (((gsize) 1 << (bits + 1)) < size)
    bits++;
  quarter = ((gsize) 1 << bits) / 4;
  step = 1;
  while (((gsize) 1 << bits) + step * quarter < size)
    step++;
  *class_size = ((gsize) 1 << bits) + step * quarter;
  *class_index = (bits - 8) * 4 + step - 1;
  return TRUE;
}

DifAllocator *
dif_allocator_new (void)
{
  DifAllocator *allocator = g_new0 (DifAllocator, 1);

  allocator->ref_count = 1;
  g_mutex_init (&allocator->mutex);
  return allocator;
}

DifAllocator *
dif_allocator_ref (DifAllocator *allocator)
{
  g_atomic_int_inc (&allocator->ref_count);
  return allocator;
}

void
dif_allocator_unref (DifAllocator *allocator)
{
  if (! allocator || ! g_atomic_int_dec_and_test (&allocator->ref_count))
    return;
  dif_allocator_trim (allocator);
  g_mutex_clear (&allocator->mutex);
  g_free (allocator);
}

static void *
block_memory (Block *block)
{
  return (char *) block + HEADER_SIZE;
}

static Block *
block_from_system (gsize class_size, guint class_index)
{
  void   *base = g_try_malloc (class_size + HEADER_SIZE + ALIGNMENT);
  Block  *block;
  gintptr address;

  if (! base)
    return NULL;
  address = ((gintptr) base + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  block = (Block *) address;
  block->base = base;
  block->size = class_size;
  block->class_index = class_index;
  return block;
}

void *
dif_allocator_alloc (DifAllocator *allocator, gsize size)
{
  gsize  class_size;
  guint  class_index;
  Block *block;

  if (! size_class (size, &class_size, &class_index))
    return NULL;

  g_mutex_lock (&allocator->mutex);
  block = allocator->kept[class_index];
  if (block)
    allocator->kept[class_index] = block->next;
  g_mutex_unlock (&allocator->mutex);

  if (! block)
    {
      block = block_from_system (class_size, class_index);
      if (! block)
        {
          dif_allocator_trim (allocator);
          block = block_from_system (class_size, class_index);
        }
      if (! block)
        return NULL;
      g_mutex_lock (&allocator->mutex);
      allocator->stats.held += class_size;
      allocator->stats.n_system++;
      g_mutex_unlock (&allocator->mutex);
    }

  g_mutex_lock (&allocator->mutex);
  allocator->stats.in_use += class_size;
  allocator->stats.peak_in_use = MAX (allocator->stats.peak_in_use, allocator->stats.in_use);
  g_mutex_unlock (&allocator->mutex);
  dif_allocator_ref (allocator);
  return block_memory (block);
}

void
dif_allocator_release (DifAllocator *allocator, void *memory)
{
  Block *block;

  if (! memory)
    return;
  block = (Block *) ((char *) memory - HEADER_SIZE);
  g_mutex_lock (&allocator->mutex);
  block->next = allocator->kept[block->class_index];
  allocator->kept[block->class_index] = block;
  allocator->stats.in_use -= block->size;
  g_mutex_unlock (&allocator->mutex);
  dif_allocator_unref (allocator);
}

void
dif_allocator_trim (DifAllocator *allocator)
{
  g_mutex_lock (&allocator->mutex);
  for (guint i = 0; i < N_CLASSES; i++)
    while (allocator->kept[i])
      {
        Block *block = allocator->kept[i];

        allocator->kept[i] = block->next;
        allocator->stats.held -= block->size;
        g_free (block->base);
      }
  g_mutex_unlock (&allocator->mutex);
}

void
dif_allocator_get_stats (DifAllocator *allocator, DifAllocatorStats *stats)
{
  g_mutex_lock (&allocator->mutex);
  *stats = allocator->stats;
  g_mutex_unlock (&allocator->mutex);
}
