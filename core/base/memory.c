/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/memory.h"

#include <sys/mman.h>
#include <unistd.h>

gsize
dif_machine_memory (void)
{
  long pages = sysconf (_SC_PHYS_PAGES);
  long page_size = sysconf (_SC_PAGESIZE);

  return pages > 0 && page_size > 0 ? (gsize) pages * (gsize) page_size : 0;
}

#ifdef MAP_NORESERVE
#define FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#else
#define FLAGS (MAP_PRIVATE | MAP_ANONYMOUS)
#endif

void *
dif_memory_reserve (gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, FLAGS, -1, 0);

  return memory == MAP_FAILED ? NULL : memory;
}

void
dif_memory_return (void *memory, gsize size)
{
  (void) munmap (memory, size);
}

/* Pages that lie within as a whole. */
void
dif_memory_forget (void *memory, gsize size)
{
#ifdef __linux__
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize begin = ((gsize) memory + page - 1) / page * page;
  const gsize end = ((gsize) memory + size) / page * page;

  if (begin < end)
    (void) madvise ((void *) begin, end - begin, MADV_DONTNEED);
#else
  (void) memory;
  (void) size;
#endif
}
