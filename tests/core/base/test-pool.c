/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/pool.h"

typedef struct
{
  gint *done; /* atomic, for each tile */
  guint n_workers;
  gint  strangers; /* atomic */
} Job;

/* Later tiles take longer. */
static void
do_tile (gsize tile, guint worker, gpointer data)
{
  Job          *job = data;
  volatile gint busy = 0;

  for (gsize i = 0; i < tile * 20; i++)
    busy++;
  if (worker >= job->n_workers)
    g_atomic_int_inc (&job->strangers);
  g_atomic_int_inc (&job->done[tile]);
}

static void
run_once (DifPool *pool, gsize n_tiles)
{
  g_autofree gint *done = g_new0 (gint, n_tiles + 1);
  Job              job = { done, dif_pool_n_workers (pool), 0 };

  dif_pool_run (pool, n_tiles, do_tile, &job);
  for (gsize i = 0; i < n_tiles; i++)
    g_assert_cmpint (done[i], ==, 1);
  g_assert_cmpint (done[n_tiles], ==, 0);
  g_assert_cmpint (job.strangers, ==, 0);
}

static void
test_once (void)
{
  static const gsize n_tiles[] = { 0, 1, 2, 3, 7, 8, 9, 100, 1000 };

  for (guint workers = 1; workers <= 8; workers++)
    {
      g_autoptr (DifPool) pool = dif_pool_new (workers);

      g_assert_cmpuint (dif_pool_n_workers (pool), ==, workers);
      for (guint i = 0; i < G_N_ELEMENTS (n_tiles); i++)
        run_once (pool, n_tiles[i]);
    }
}

/* Jobs follow each other at once: no worker misses one or does it twice. */
static void
test_many_jobs (void)
{
  for (guint workers = 2; workers <= 8; workers += 3)
    {
      g_autoptr (DifPool) pool = dif_pool_new (workers);

      for (guint i = 0; i < 2000; i++)
        run_once (pool, i % 6);
    }
}

/* Threads of this process; 0 where the system does not tell. */
static guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint            n = 0;

  while (tasks && g_dir_read_name (tasks))
    n++;
  return n;
}

/* Pools that get no work leave no threads behind; the system may take a moment to bury one. */
static void
test_unused (void)
{
  const guint before = count_threads ();
  guint       left = 0;

  for (guint i = 0; i < 50; i++)
    dif_pool_free (dif_pool_new (8));
  dif_pool_free (NULL);
  for (guint i = 0; i < 500 && (left = count_threads ()) > before; i++)
    g_usleep (10000);
  g_assert_cmpuint (left, ==, before);
}

static void
test_default (void)
{
  g_autoptr (DifPool) pool = dif_pool_new (0);

  g_assert_cmpuint (dif_pool_n_workers (pool), ==, MIN (g_get_num_processors (), 256));
}

/* Two pools at once, each with its own thread in front. */
static gpointer
use_own_pool (gpointer data G_GNUC_UNUSED)
{
  g_autoptr (DifPool) pool = dif_pool_new (3);

  for (guint i = 0; i < 200; i++)
    run_once (pool, 20);
  return NULL;
}

static void
test_two_pools (void)
{
  GThread *other = g_thread_new ("other", use_own_pool, NULL);

  use_own_pool (NULL);
  g_thread_join (other);
}

/* Other programs take processors away in the middle of tiles: stalled workers are lent the
 * caller's and given back theirs, and each tile is still done once. */
static gpointer
be_busy (gpointer data)
{
  gint *stop = data;

  while (! g_atomic_int_get (stop))
    ;
  return NULL;
}

static void
test_busy_machine (void)
{
  guint     n_busy = g_get_num_processors ();
  gint      stop = 0;
  GThread **busy = g_new (GThread *, n_busy);
  DifPool  *pool = dif_pool_new (0);

  for (guint i = 0; i < n_busy; i++)
    busy[i] = g_thread_new ("busy", be_busy, &stop);
  for (guint i = 0; i < 60; i++)
    run_once (pool, 400);
  g_atomic_int_set (&stop, 1);
  for (guint i = 0; i < n_busy; i++)
    g_thread_join (busy[i]);
  dif_pool_free (pool);
  g_free (busy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/pool/once", test_once);
  g_test_add_func ("/pool/many-jobs", test_many_jobs);
  g_test_add_func ("/pool/unused", test_unused);
  g_test_add_func ("/pool/default", test_default);
  g_test_add_func ("/pool/two-pools", test_two_pools);
  g_test_add_func ("/pool/busy-machine", test_busy_machine);
  return g_test_run ();
}
