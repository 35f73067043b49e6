/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/pool.h"
#include "core/base/place.h"

#include <sched.h>

#define MAX_WORKERS         256
#define LINGER_MICROSECONDS 50
#define BUSY_MICROSECONDS   200000 /* for so long after, another program may be busy */
#define STALL_MICROSECONDS  100    /* a tile's thread that gets no processor is noticed after */

typedef struct
{
  DifPool *pool;
  guint    worker;
  GThread *thread;
  gint64   no_lingering_before;

  DifPlace *place; /* the thread's own from its start on */
  gboolean  in_job;
  gboolean  brought; /* to the caller's processor, in this job */
  gint64    used;    /* processor time when the caller last looked */
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

  gboolean spread;     /* there is a processor for each worker */
  int     *processors; /* by worker in the current job, -1 where not known; atomic */

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

/* The system may wake a worker on a processor where another one works, when all others are busy
 * with other programs.  Then both have half a processor and the other program a whole one. */
static void
keep_off_others (Worker *self)
{
  int     *processors = self->pool->processors;
  int      here = dif_place_processor ();
  gboolean shared = FALSE;
  int      taken[MAX_WORKERS];

  for (guint i = 0; i < self->worker; i++)
    {
      taken[i] = g_atomic_int_get (&processors[i]);
      shared = shared || taken[i] == here;
    }
  if (shared && here >= 0)
    {
      dif_place_keep_off (self->place, taken, self->worker);
      here = dif_place_processor ();
    }
  g_atomic_int_set (&processors[self->worker], here);
}

static gpointer
worker_main (gpointer data)
{
  Worker  *self = data;
  DifPool *pool = self->pool;
  guint    seen = 0;

  g_mutex_lock (&pool->mutex);
  self->place = dif_place_new ();
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
      self->in_job = TRUE;
      g_mutex_unlock (&pool->mutex);

      if (pool->spread)
        keep_off_others (self);
      do_tiles (pool, self->worker);

      g_mutex_lock (&pool->mutex);
      self->in_job = FALSE;
      g_atomic_int_set (&pool->processors[self->worker], -1);
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
  pool->spread = n_workers <= dif_place_n_processors ();
  pool->processors = g_new (int, n_workers);
  for (guint i = 0; i < n_workers; i++)
    pool->processors[i] = -1;
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
    {
      g_thread_join (pool->workers[i].thread);
      dif_place_free (pool->workers[i].place);
    }
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->start);
  g_cond_clear (&pool->done);
  g_free (pool->processors);
  g_free (pool->workers);
  g_free (pool);
}

guint
dif_pool_n_workers (const DifPool *pool)
{
  return pool->n_workers;
}

/* Workers that have had less than a quarter of the time since the last look stand in a queue behind
 * another program: they finish their tiles on the caller's processor, which has nothing to do. */
static void
bring_stalled (DifPool *pool, gint64 microseconds)
{
  int here = dif_place_processor ();

  for (guint i = 0; i + 1 < pool->n_workers; i++)
    {
      Worker *worker = &pool->workers[i];
      gint64  before = worker->used;

      if (! worker->in_job || worker->brought)
        continue;
      worker->used = dif_place_used (worker->place);
      if (worker->used - before < microseconds / 4)
        {
          dif_place_bring (worker->place, here);
          worker->brought = TRUE;
        }
    }
}

static void
send_back (DifPool *pool)
{
  int here = dif_place_processor ();

  for (guint i = 0; i + 1 < pool->n_workers; i++)
    if (pool->workers[i].brought)
      {
        pool->workers[i].brought = FALSE;
        dif_place_keep_off (pool->workers[i].place, &here, 1);
      }
}

/* With the mutex locked.  A tile that a worker has begun is finished by that worker. */
static void
wait_for_workers (DifPool *pool)
{
  gint64   before = g_get_monotonic_time ();
  gboolean brought = FALSE;

  if (pool->spread)
    for (guint i = 0; i + 1 < pool->n_workers; i++)
      if (pool->workers[i].in_job)
        pool->workers[i].used = dif_place_used (pool->workers[i].place);

  while (pool->working > 0)
    {
      if (! pool->spread)
        g_cond_wait (&pool->done, &pool->mutex);
      else if (! g_cond_wait_until (&pool->done, &pool->mutex, before + STALL_MICROSECONDS))
        {
          gint64 now = g_get_monotonic_time ();

          bring_stalled (pool, now - before);
          brought = TRUE;
          before = now;
        }
    }
  if (brought)
    send_back (pool);
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
  if (pool->spread)
    g_atomic_int_set (&pool->processors[0], dif_place_processor ());
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
  if (pool->working > 0)
    wait_for_workers (pool);
  g_mutex_unlock (&pool->mutex);
}
