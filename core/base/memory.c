/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/memory.h"

#ifdef G_OS_WIN32

#include <windows.h>

gsize
dif_machine_memory (void)
{
  MEMORYSTATUSEX status = { .dwLength = sizeof status };

  return GlobalMemoryStatusEx (&status) ? (gsize) status.ullTotalPhys : 0;
}

void *
dif_memory_reserve (gsize size)
{
  return VirtualAlloc (NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void
dif_memory_return (void *memory, gsize size G_GNUC_UNUSED)
{
  (void) VirtualFree (memory, 0, MEM_RELEASE);
}

/* Pages could be reset here, but the process would be charged for them all the same. */
void
dif_memory_forget (void *memory G_GNUC_UNUSED, gsize size G_GNUC_UNUSED)
{
}

#else

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

#endif
