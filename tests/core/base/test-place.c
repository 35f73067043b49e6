/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/place.h"

#include <sched.h>
#include <string.h>

/* A thread that waits until it is told to end, and can be asked what it may run on. */
typedef struct
{
  GThread  *thread;
  DifPlace *place;
  GMutex    mutex;
  GCond     cond;
  gboolean  ask, end;
  cpu_set_t allowed;
} Sitter;

static gpointer
sit (gpointer data)
{
  Sitter *sitter = data;

  g_mutex_lock (&sitter->mutex);
  sitter->place = dif_place_new ();
  g_cond_signal (&sitter->cond);
  while (! sitter->end)
    {
      if (sitter->ask)
        {
          (void) sched_getaffinity (0, sizeof sitter->allowed, &sitter->allowed);
          sitter->ask = FALSE;
          g_cond_signal (&sitter->cond);
        }
      g_cond_wait (&sitter->cond, &sitter->mutex);
    }
  g_mutex_unlock (&sitter->mutex);
  return NULL;
}

static void
sit_down (Sitter *sitter)
{
  memset (sitter, 0, sizeof *sitter);
  g_mutex_init (&sitter->mutex);
  g_cond_init (&sitter->cond);
  sitter->thread = g_thread_new ("sitter", sit, sitter);
  g_mutex_lock (&sitter->mutex);
  while (! sitter->place)
    g_cond_wait (&sitter->cond, &sitter->mutex);
  g_mutex_unlock (&sitter->mutex);
}

static cpu_set_t
allowed (Sitter *sitter)
{
  cpu_set_t set;

  g_mutex_lock (&sitter->mutex);
  sitter->ask = TRUE;
  g_cond_signal (&sitter->cond);
  while (sitter->ask)
    g_cond_wait (&sitter->cond, &sitter->mutex);
  set = sitter->allowed;
  g_mutex_unlock (&sitter->mutex);
  return set;
}

static void
stand_up (Sitter *sitter)
{
  g_mutex_lock (&sitter->mutex);
  sitter->end = TRUE;
  g_cond_signal (&sitter->cond);
  g_mutex_unlock (&sitter->mutex);
  g_thread_join (sitter->thread);
  dif_place_free (sitter->place);
  g_mutex_clear (&sitter->mutex);
  g_cond_clear (&sitter->cond);
}

static void
test_places (void)
{
  cpu_set_t all, set;
  Sitter    sitter;
  int       first = -1;

  if (sched_getaffinity (0, sizeof all, &all) != 0)
    {
      g_assert_cmpuint (dif_place_n_processors (), ==, 0);
      return;
    }
  g_assert_cmpuint (dif_place_n_processors (), ==, (guint) CPU_COUNT (&all));
  g_assert_true (CPU_ISSET (dif_place_processor (), &all));
  while (! CPU_ISSET (++first, &all))
    ;

  sit_down (&sitter);
  set = allowed (&sitter);
  g_assert_true (CPU_EQUAL (&set, &all));

  dif_place_bring (sitter.place, first);
  set = allowed (&sitter);
  g_assert_cmpint (CPU_COUNT (&set), ==, 1);
  g_assert_true (CPU_ISSET (first, &set));

  dif_place_keep_off (sitter.place, (int[]) { -1, first, CPU_SETSIZE + 5 }, 3);
  set = allowed (&sitter);
  if (CPU_COUNT (&all) == 1) /* nothing else is left */
    g_assert_true (CPU_EQUAL (&set, &all));
  else
    {
      g_assert_cmpint (CPU_COUNT (&set), ==, CPU_COUNT (&all) - 1);
      g_assert_false (CPU_ISSET (first, &set));
    }

  dif_place_keep_off (sitter.place, NULL, 0);
  set = allowed (&sitter);
  g_assert_true (CPU_EQUAL (&set, &all));

  /* what is not a processor changes nothing */
  dif_place_bring (sitter.place, -1);
  dif_place_bring (sitter.place, CPU_SETSIZE + 5);
  set = allowed (&sitter);
  g_assert_true (CPU_EQUAL (&set, &all));
  stand_up (&sitter);
}

/* Who works has processor time, who sits has none. */
static void
test_used (void)
{
  g_autoptr (DifPlace) own = dif_place_new ();
  Sitter               sitter;
  gint64               before, end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  sit_down (&sitter);
  before = dif_place_used (own);
  while (dif_place_used (own) - before < 20000 && g_get_monotonic_time () < end)
    ;
  g_assert_cmpint (dif_place_used (own) - before, >=, 20000);
  g_assert_cmpint (dif_place_used (sitter.place), <, 20000);
  stand_up (&sitter);
  dif_place_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
#ifdef __linux__
  g_test_add_func ("/place/places", test_places);
  g_test_add_func ("/place/used", test_used);
#endif
  return g_test_run ();
}
