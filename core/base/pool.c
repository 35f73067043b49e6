/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/pool.h"

#include <sched.h>

#define MAX_WORKERS         256
#define LINGER_MICROSECONDS 50
#define BUSY_MICROSECONDS   200000 /* for so long after, another program may be busy */

typedef struct
{
  DifPool *pool;
  guint    worker;
  GThread *thread;
  gint64   no_lingering_before;
} Worker;

struct _DifPool
{
  guint   n_workers;
  Worker *workers; /* n_workers - 1 of them; the caller is worker 0 */

  GMutex   mutex;
  GCond    start;
  GCond    done;
  guint    job;     /* counts dif_pool_run() calls, wakes workers */
  gboolean open;    /* workers may still join the current job */
  guint    working; /* workers that have joined it and not left */
  gboolean quit;

  /* the current job */
  DifTileFunc func;
  gpointer    data;
  gsize       n_tiles;
  gsize       next; /* atomic */
};

static void
do_tiles (DifPool *pool, guint worker)
{
  gsize tile;

  while ((tile = (gsize) g_atomic_pointer_add (&pool->next, 1)) < pool->n_tiles)
    pool->func (tile, worker, pool->data);
}

/* Waits a little for the job after @seen without sleeping: waking takes longer than many a job.
 * Whoever else wants the processor gets it at every turn.  If somebody does, lingering would cost
 * more than it saves: who gives way comes last, who wakes up comes soon.  So it is not done for a
 * while. */
static void
linger (Worker *self, guint seen)
{
  DifPool *pool = self->pool;
  gint64   now = g_get_monotonic_time ();
  gint64   end = now + LINGER_MICROSECONDS;

  if (now < self->no_lingering_before)
    return;
  while ((guint) g_atomic_int_get (&pool->job) == seen && now < end)
    {
      gint64 before = now;

      sched_yield ();
      now = g_get_monotonic_time ();
      if (now - before > LINGER_MICROSECONDS)
        self->no_lingering_before = now + BUSY_MICROSECONDS;
    }
}

static gpointer
worker_main (gpointer data)
{
  Worker  *self = data;
  DifPool *pool = self->pool;
  guint    seen = 0;

  g_mutex_lock (&pool->mutex);
  while (TRUE)
    {
      if (pool->job == seen && ! pool->quit)
        {
          g_mutex_unlock (&pool->mutex);
          linger (self, seen);
          g_mutex_lock (&pool->mutex);
        }
      while ((pool->job == seen || ! pool->open) && ! pool->quit)
        g_cond_wait (&pool->start, &pool->mutex);
      if (pool->quit)
        break;
      seen = pool->job;
      pool->working++;
      g_mutex_unlock (&pool->mutex);

      do_tiles (pool, self->worker);

      g_mutex_lock (&pool->mutex);
      if (--pool->working == 0)
        g_cond_signal (&pool->done);
    }
  g_mutex_unlock (&pool->mutex);
  return NULL;
}

DifPool *
dif_pool_new (guint n_workers)
{
  DifPool *pool = g_new0 (DifPool, 1);

  if (n_workers == 0)
    n_workers = g_get_num_processors ();
  n_workers = MIN (n_workers, MAX_WORKERS);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->start);
  g_cond_init (&pool->done);
  pool->workers = g_new0 (Worker, n_workers);
  pool->n_workers = 1;
  while (pool->n_workers < n_workers)
    {
      Worker *worker = &pool->workers[pool->n_workers - 1];

      worker->pool = pool;
      worker->worker = pool->n_workers;
      worker->thread = g_thread_try_new ("dif-worker", worker_main, worker, NULL);
      if (! worker->thread)
        break;
      pool->n_workers++;
    }
  return pool;
}

void
dif_pool_free (DifPool *pool)
{
  if (! pool)
    return;
  g_mutex_lock (&pool->mutex);
  pool->quit = TRUE;
  g_cond_broadcast (&pool->start);
  g_mutex_unlock (&pool->mutex);
  for (guint i = 0; i + 1 < pool->n_workers; i++)
    g_thread_join (pool->workers[i].thread);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->start);
  g_cond_clear (&pool->done);
  g_free (pool->workers);
  g_free (pool);
}

guint
dif_pool_n_workers (const DifPool *pool)
{
  return pool->n_workers;
}

void
dif_pool_run (DifPool *pool, gsize n_tiles, DifTileFunc func, gpointer data)
{
  if (pool->n_workers == 1 || n_tiles <= 1)
    {
      for (gsize tile = 0; tile < n_tiles; tile++)
        func (tile, 0, data);
      return;
    }

  g_mutex_lock (&pool->mutex);
  pool->func = func;
  pool->data = data;
  pool->n_tiles = n_tiles;
  pool->next = 0;
  pool->open = TRUE;
  g_atomic_int_inc (&pool->job);
  if (n_tiles >= pool->n_workers)
    g_cond_broadcast (&pool->start);
  else
    for (gsize tile = 1; tile < n_tiles; tile++)
      g_cond_signal (&pool->start);
  g_mutex_unlock (&pool->mutex);

  do_tiles (pool, 0);

  /* a worker that the system has not let run by now is not waited for */
  g_mutex_lock (&pool->mutex);
  pool->open = FALSE;
  while (pool->working > 0)
    g_cond_wait (&pool->done, &pool->mutex);
  g_mutex_unlock (&pool->mutex);
}
