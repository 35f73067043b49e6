/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/memory.h"

#include <unistd.h>

gsize
dif_machine_memory (void)
{
  long pages = sysconf (_SC_PHYS_PAGES);
  long page_size = sysconf (_SC_PAGESIZE);

  return pages > 0 && page_size > 0 ? (gsize) pages * (gsize) page_size : 0;
}
