/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/tensor/allocator.h"

#include "core/base/memory.h"

/* Asked of the system at a time.  What is never written to costs addresses, not memory, and in one
 * chunk all free neighbors can become one.  The sanitizer marks every byte. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define CHUNK_SIZE ((gsize) 16 << 20)
#else
#define CHUNK_SIZE                                ((gsize) 256 << 20)
#define ASAN_POISON_MEMORY_REGION(memory, size)   ((void) (memory), (void) (size))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void) (memory), (void) (size))
#endif

#define ALIGNMENT   64
#define HEADER_SIZE ((gsize) ALIGNMENT)

typedef struct _Piece Piece;
typedef struct _Chunk Chunk;

/* Sits in front of each piece; pieces lie side by side and fill their chunk. */
struct _Piece
{
  guint8   guard[24]; /* where writing beyond the piece before is noticed */
  gboolean in_use;
  gsize    size;           /* with this */
  Piece   *before, *after; /* neighbors; of those one at most is free */
  Chunk   *chunk;
};

struct _Chunk
{
  Chunk *next;
  gsize  size; /* that the system gave */
  Piece *first;
  char  *top; /* beyond it nothing has been written to */
};

G_STATIC_ASSERT (sizeof (Piece) <= ALIGNMENT);

struct _DifAllocator
{
  gint              ref_count;
  GMutex            mutex;
  Chunk            *chunks; /* oldest first */
  DifAllocatorStats stats;
};

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

static char *
piece_memory (Piece *piece)
{
  return (char *) piece + HEADER_SIZE;
}

static char *
piece_end (Piece *piece)
{
  return (char *) piece + piece->size;
}

/* Nobody may look at a piece that was given back, nor beyond what was asked for. */
static void
set_in_use (Piece *piece, gboolean in_use, gsize n)
{
  piece->in_use = in_use;
  ASAN_POISON_MEMORY_REGION (piece->guard, sizeof piece->guard);
  ASAN_POISON_MEMORY_REGION (piece_memory (piece), piece->size - HEADER_SIZE);
  if (in_use)
    ASAN_UNPOISON_MEMORY_REGION (piece_memory (piece), n);
}

/* ---- chunks ---- */

static Chunk *
chunk_new (gsize size)
{
  void  *memory = dif_memory_reserve (size); /* aligned to pages */
  Chunk *chunk;

  if (! memory)
    return NULL;
  chunk = g_new0 (Chunk, 1);
  chunk->size = size;
  chunk->first = memory;
  chunk->top = (char *) chunk->first;
  *chunk->first = (Piece) { .size = size, .chunk = chunk };
  return chunk;
}

/* A whole chunk where there is as much, else as little as is needed. */
static Chunk *
add_chunk (DifAllocator *allocator, gsize size)
{
  Chunk  *chunk = size < CHUNK_SIZE ? chunk_new (CHUNK_SIZE) : NULL;
  Chunk **last = &allocator->chunks;

  if (! chunk)
    chunk = chunk_new (size);
  while (*last)
    last = &(*last)->next;
  *last = chunk;
  return chunk;
}

/* ---- pieces ---- */

/* The smallest free piece that is large enough and was written to before; of equals the one that
 * comes first, so that free memory gathers at the end.  Else the first that is large enough. */
static Piece *
find_piece (DifAllocator *allocator, gsize size)
{
  Piece *best = NULL;
  Piece *fresh = NULL;
  gsize  best_size = G_MAXSIZE;

  for (Chunk *chunk = allocator->chunks; chunk; chunk = chunk->next)
    for (Piece *piece = chunk->first; piece; piece = piece->after)
      if (! piece->in_use && piece->size >= size)
        {
          gsize old =
              (gsize) (MIN (piece_end (piece), MAX (chunk->top, (char *) piece)) - (char *) piece);

          if (old < size)
            fresh = fresh ? fresh : piece;
          else if (old < best_size)
            {
              best = piece;
              best_size = old;
            }
        }
  return best ? best : fresh;
}

/* Leaves what is beyond @size as a piece of its own, if something fits into it. */
static void
split (Piece *piece, gsize size)
{
  Piece *rest;

  if (piece->size - size <= HEADER_SIZE)
    return;
  rest = (Piece *) ((char *) piece + size);
  ASAN_UNPOISON_MEMORY_REGION (rest, HEADER_SIZE);
  *rest = (Piece) { .size = piece->size - size,
                    .before = piece,
                    .after = piece->after,
                    .chunk = piece->chunk };
  if (rest->after)
    rest->after->before = rest;
  piece->after = rest;
  piece->size = size;
  ASAN_POISON_MEMORY_REGION (rest->guard, sizeof rest->guard);
}

/* Makes one of @piece and the piece after it. */
static void
join (Piece *piece)
{
  Piece *after = piece->after;

  piece->size += after->size;
  piece->after = after->after;
  if (piece->after)
    piece->after->before = piece;
  ASAN_POISON_MEMORY_REGION (after, HEADER_SIZE);
}

/* What lies beyond its chunk's top is new. */
static void
raise_top (DifAllocator *allocator, Piece *piece)
{
  Chunk *chunk = piece->chunk;

  if (piece_end (piece) <= chunk->top)
    return;
  allocator->stats.held += (gsize) (piece_end (piece) - chunk->top);
  allocator->stats.n_system++;
  chunk->top = piece_end (piece);
}

/* Gives back what is free at the chunk's end; returns whether that is all of it. */
static gboolean
lower_top (DifAllocator *allocator, Chunk *chunk)
{
  Piece *last = chunk->first;

  while (last->after)
    last = last->after;
  if (! last->in_use && (char *) last < chunk->top)
    {
      const gsize size = (gsize) (chunk->top - (char *) last);

      ASAN_UNPOISON_MEMORY_REGION (last, size);
      dif_memory_forget (piece_memory (last), size - HEADER_SIZE);
      allocator->stats.held -= size;
      chunk->top = (char *) last;
    }
  return ! last->in_use && ! last->before;
}

static void
trim (DifAllocator *allocator)
{
  Chunk **at = &allocator->chunks;

  while (*at)
    {
      Chunk *chunk = *at;

      if (lower_top (allocator, chunk))
        {
          *at = chunk->next;
          ASAN_UNPOISON_MEMORY_REGION (chunk->first, chunk->size);
          dif_memory_return (chunk->first, chunk->size);
          g_free (chunk);
        }
      else
        at = &chunk->next;
    }
}

static Piece *
take (DifAllocator *allocator, gsize n)
{
  const gsize size = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + HEADER_SIZE;
  Piece      *piece = find_piece (allocator, size);

  if (! piece)
    {
      Chunk *chunk = add_chunk (allocator, size);

      if (! chunk)
        {
          trim (allocator);
          chunk = add_chunk (allocator, size);
        }
      if (! chunk)
        return NULL;
      piece = chunk->first;
    }
  split (piece, size);
  set_in_use (piece, TRUE, n);
  raise_top (allocator, piece);
  allocator->stats.in_use += piece->size;
  allocator->stats.peak_in_use = MAX (allocator->stats.peak_in_use, allocator->stats.in_use);
  return piece;
}

static void
give_back (DifAllocator *allocator, Piece *piece)
{
  allocator->stats.in_use -= piece->size;
  set_in_use (piece, FALSE, 0);
  if (piece->after && ! piece->after->in_use)
    join (piece);
  if (piece->before && ! piece->before->in_use)
    join (piece->before);
}

/* ---- for all to use ---- */

void *
dif_allocator_alloc (DifAllocator *allocator, gsize size)
{
  Piece *piece;

  if (size > G_MAXSIZE / 4)
    return NULL;
  g_mutex_lock (&allocator->mutex);
  piece = take (allocator, size);
  g_mutex_unlock (&allocator->mutex);
  if (! piece)
    return NULL;
  dif_allocator_ref (allocator);
  return piece_memory (piece);
}

void
dif_allocator_release (DifAllocator *allocator, void *memory)
{
  if (! memory)
    return;
  g_mutex_lock (&allocator->mutex);
  give_back (allocator, (Piece *) (void *) ((char *) memory - HEADER_SIZE));
  g_mutex_unlock (&allocator->mutex);
  dif_allocator_unref (allocator);
}

void
dif_allocator_trim (DifAllocator *allocator)
{
  g_mutex_lock (&allocator->mutex);
  trim (allocator);
  g_mutex_unlock (&allocator->mutex);
}

void
dif_allocator_get_stats (DifAllocator *allocator, DifAllocatorStats *stats)
{
  g_mutex_lock (&allocator->mutex);
  *stats = allocator->stats;
  g_mutex_unlock (&allocator->mutex);
}
