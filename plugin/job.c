/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/job.h"

#include <string.h>

#include "plugin/signals.h"

/* A thumbnail's longest side, and the time between two reports. */
#define THUMB_SIZE        256
#define REPORT_INTERVAL   (G_TIME_SPAN_SECOND / 5)
#define PARENT_INTERVAL_S 1

struct _DifJob
{
  DifProgressFunc report;
  gpointer        data;
  DifProgress    *progress;
  GMainLoop      *loop;

  /* Written by the worker before it ends, read after it was joined. */
  DifJobFunc func;
  gpointer   func_data;
  gboolean   done;
  GError    *error;

  /* The newest report; older ones that were not shown yet are forgotten. */
  GMutex          lock;
  DifProgressInfo latest;
  float          *thumb;
  guint           pending;
  gint64          delivered;
};

/* Nearest pixels do for a picture that changes five times a second. */
static void
keep_thumb (DifJob *job, const DifProgressInfo *info)
{
  guint largest = MAX (info->width, info->height);
  guint width = info->width;
  guint height = info->height;

  if (largest > THUMB_SIZE)
    {
      width = MAX (1, (guint) ((guint64) width * THUMB_SIZE / largest));
      height = MAX (1, (guint) ((guint64) height * THUMB_SIZE / largest));
    }
  for (guint y = 0; y < height; y++)
    {
      guint64 row = (guint64) y * info->height / height;

      for (guint x = 0; x < width; x++)
        {
          guint64 column = (guint64) x * info->width / width;

          memcpy (job->thumb + ((gsize) y * width + x) * 3,
                  info->preview + (row * info->width + column) * 3, 3 * sizeof (float));
        }
    }
  job->latest.preview = job->thumb;
  job->latest.width = width;
  job->latest.height = height;
}

static gboolean
deliver (gpointer data)
{
  DifJob           *job = data;
  g_autofree float *thumb = NULL;
  DifProgressInfo   info;

  g_mutex_lock (&job->lock);
  info = job->latest;
  job->pending = 0;
  job->delivered = g_get_monotonic_time ();
  if (info.preview != NULL)
    {
      thumb = g_memdup2 (info.preview, (gsize) info.width * info.height * 3 * sizeof (float));
      info.preview = thumb;
    }
  g_mutex_unlock (&job->lock);

  job->report (&info, job->data);

  return G_SOURCE_REMOVE;
}

/* Called in the worker. */
static void
on_progress (const DifProgressInfo *info, gpointer data)
{
  DifJob *job = data;
  gint64  wait = 0;

  g_mutex_lock (&job->lock);
  job->latest = *info;
  job->latest.preview = NULL;
  if (info->preview != NULL && info->width > 0 && info->height > 0)
    keep_thumb (job, info);
  if (job->pending == 0)
    {
      wait = job->delivered + REPORT_INTERVAL - g_get_monotonic_time ();
      job->pending = g_timeout_add ((guint) CLAMP (wait, 0, REPORT_INTERVAL) / 1000, deliver, job);
    }
  g_mutex_unlock (&job->lock);
}

static gboolean
quit_loop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static gpointer
work (gpointer data)
{
  DifJob *job = data;

  job->done = job->func (job->func_data, job->progress, &job->error);
  g_idle_add (quit_loop, job->loop);

  return NULL;
}

static gboolean
check_parent (gpointer data)
{
  dif_signals_check_parent ();
  return G_SOURCE_CONTINUE;
}

DifJob *
dif_job_new (DifProgressFunc report, gpointer data)
{
  DifJob *job = g_new0 (DifJob, 1);

  job->report = report;
  job->data = data;
  job->progress = dif_progress_new (report != NULL ? on_progress : NULL, job);
  job->loop = g_main_loop_new (NULL, FALSE);
  job->thumb = g_new (float, THUMB_SIZE *THUMB_SIZE * 3);
  g_mutex_init (&job->lock);

  return job;
}

void
dif_job_free (DifJob *job)
{
  if (job == NULL)
    return;

  dif_progress_free (job->progress);
  g_main_loop_unref (job->loop);
  g_mutex_clear (&job->lock);
  g_free (job->thumb);
  g_free (job);
}

gboolean
dif_job_run (DifJob *job, DifJobFunc func, gpointer data, GError **error)
{
  GThread *thread = NULL;
  guint    watch = 0;

  job->func = func;
  job->func_data = data;
  thread = g_thread_try_new ("dif-job", work, job, error);
  if (thread == NULL)
    return FALSE;

  watch = g_timeout_add_seconds (PARENT_INTERVAL_S, check_parent, NULL);
  g_main_loop_run (job->loop);
  g_thread_join (thread);
  g_source_remove (watch);
  if (job->pending != 0)
    {
      /* The last report, which the main loop had no time for. */
      g_source_remove (job->pending);
      deliver (job);
    }

  if (job->error != NULL)
    g_propagate_error (error, g_steal_pointer (&job->error));
  return job->done;
}

void
dif_job_stop (DifJob *job)
{
  dif_progress_cancel (job->progress);
}

void
dif_job_keep (DifJob *job)
{
  dif_progress_finish (job->progress);
}
