/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/start.h"

#include <string.h>

#ifdef __linux__

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define MAX_THREADS 128u
#define ROOMY       ((rlim_t) 64 * DIF_BLAS_BUFFER) /* for as many threads as machines mostly have */

/* Nothing is set up yet, a sanitizer's memory neither. */
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#define BARE __attribute__ ((no_sanitize ("address", "undefined")))
#else
#define BARE
#endif

BARE static guint
number_in (const char *text)
{
  guint number = 0;

  while (*text >= '0' && *text <= '9' && number <= MAX_THREADS)
    number = 10 * number + (guint) (*text++ - '0');
  return number;
}

/* As OpenBLAS finds out how many threads it is to have. */
BARE static guint
blas_threads (char **environment)
{
  static const char *const names[] = { "OPENBLAS_NUM_THREADS=", "GOTO_NUM_THREADS=",
                                       "OMP_NUM_THREADS=" };
  guint                    most = MAX_THREADS;
  cpu_set_t                allowed;

  if (sched_getaffinity (0, sizeof allowed, &allowed) == 0)
    most = MIN ((guint) CPU_COUNT (&allowed), MAX_THREADS);
  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    for (char **line = environment; line && *line; line++)
      if (strncmp (*line, names[k], strlen (names[k])) == 0)
        {
          const guint wanted = number_in (*line + strlen (names[k]));

          if (wanted > 0)
            return MIN (wanted, most);
        }
  return most;
}

/* Takes them all, as OpenBLAS would, and gives them back. */
BARE static gboolean
can_map (guint n)
{
  void *blocks[MAX_THREADS + 1];
  guint got = 0;

  while (got < n)
    {
      blocks[got] =
          mmap (NULL, DIF_BLAS_BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (blocks[got] == MAP_FAILED)
        break;
      got++;
    }
  for (guint i = 0; i < got; i++)
    (void) munmap (blocks[i], DIF_BLAS_BUFFER);
  return got == n;
}

/* One more is taken with the first product. */
BARE guint64
dif_start_needs (char **environment)
{
  const guint n = blas_threads (environment) + 1;

  return can_map (n) ? 0 : (guint64) n * DIF_BLAS_BUFFER;
}

gboolean
dif_start_is_tight (void)
{
  static const int kinds[] = { RLIMIT_AS, RLIMIT_DATA };
  struct rlimit    limit;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (getrlimit (kinds[i], &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < ROOMY)
      return TRUE;
  return FALSE;
}

#else

guint64
dif_start_needs (char **environment)
{
  return 0;
}

gboolean
dif_start_is_tight (void)
{
  return FALSE;
}

#endif
