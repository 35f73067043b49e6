/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/place.h"

#ifdef __linux__

#include <pthread.h>
#include <sched.h>
#include <time.h>

struct _DifPlace
{
  pthread_t thread;
  clockid_t clock;
  cpu_set_t allowed;
  gboolean  known; /* both */
};

DifPlace *
dif_place_new (void)
{
  DifPlace *place = g_new0 (DifPlace, 1);

  place->thread = pthread_self ();
  place->known = pthread_getcpuclockid (place->thread, &place->clock) == 0 &&
                 sched_getaffinity (0, sizeof place->allowed, &place->allowed) == 0;
  return place;
}

guint
dif_place_n_processors (void)
{
  cpu_set_t allowed;

  return sched_getaffinity (0, sizeof allowed, &allowed) == 0 ? (guint) CPU_COUNT (&allowed) : 0;
}

int
dif_place_processor (void)
{
  return sched_getcpu ();
}

void
dif_place_keep_off (DifPlace *place, const int *processors, guint n)
{
  cpu_set_t set = place->allowed;

  if (! place->known)
    return;
  for (guint i = 0; i < n; i++)
    if (processors[i] >= 0 && processors[i] < CPU_SETSIZE)
      CPU_CLR (processors[i], &set);
  if (CPU_COUNT (&set) == 0)
    set = place->allowed;
  (void) pthread_setaffinity_np (place->thread, sizeof set, &set);
}

void
dif_place_bring (DifPlace *place, int processor)
{
  cpu_set_t set;

  if (! place->known || processor < 0 || processor >= CPU_SETSIZE ||
      ! CPU_ISSET (processor, &place->allowed))
    return;
  CPU_ZERO (&set);
  CPU_SET (processor, &set);
  (void) pthread_setaffinity_np (place->thread, sizeof set, &set);
}

gint64
dif_place_used (const DifPlace *place)
{
  struct timespec t;

  if (! place->known || clock_gettime (place->clock, &t) != 0)
    return 0;
  return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

#else

struct _DifPlace
{
  int nothing;
};

DifPlace *
dif_place_new (void)
{
  return g_new0 (DifPlace, 1);
}

guint
dif_place_n_processors (void)
{
  return 0;
}

int
dif_place_processor (void)
{
  return -1;
}

void
dif_place_keep_off (DifPlace *place, const int *processors, guint n)
{
}

void
dif_place_bring (DifPlace *place, int processor)
{
}

gint64
dif_place_used (const DifPlace *place)
{
  return 0;
}

#endif

void
dif_place_free (DifPlace *place)
{
  g_free (place);
}
