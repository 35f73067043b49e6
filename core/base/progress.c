/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/progress.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"

struct _DifProgress
{
  DifProgressFunc func;
  gpointer        data;
  gint            cancelled;
  gint            finishing;
  gint64          started; /* monotonic, microseconds */
};

DifProgress *
dif_progress_new (DifProgressFunc func, gpointer data)
{
  DifProgress *progress = g_new0 (DifProgress, 1);

  progress->func = func;
  progress->data = data;
  return progress;
}

void
dif_progress_free (DifProgress *progress)
{
  g_free (progress);
}

void
dif_progress_cancel (DifProgress *progress)
{
  g_return_if_fail (progress != NULL);
  g_atomic_int_set (&progress->cancelled, 1);
}

gboolean
dif_progress_is_cancelled (const DifProgress *progress)
{
  return progress && g_atomic_int_get (&progress->cancelled);
}

void
dif_progress_finish (DifProgress *progress)
{
  g_return_if_fail (progress != NULL);
  g_atomic_int_set (&progress->finishing, 1);
}

gboolean
dif_progress_is_finishing (const DifProgress *progress)
{
  return progress && g_atomic_int_get (&progress->finishing);
}

gboolean
dif_progress_check (const DifProgress *progress, GError **error)
{
  if (! dif_progress_is_cancelled (progress))
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED, _ ("Cancelled."));
  return FALSE;
}

gboolean
dif_progress_wants_preview (const DifProgress *progress)
{
  return progress && progress->func;
}

void
dif_progress_tell (DifProgress *progress, const DifProgressInfo *info)
{
  if (dif_progress_wants_preview (progress))
    progress->func (info, progress->data);
}

void
dif_progress_report (DifProgress *progress, guint step, guint n_steps, const float *preview,
                     guint width, guint height)
{
  DifProgressInfo info = { 0 };
  gint64          now = g_get_monotonic_time ();

  if (! dif_progress_wants_preview (progress))
    return;
  if (step == 0)
    progress->started = now;

  info.fraction = n_steps ? (double) step / n_steps : 0.0;
  info.step = step;
  info.n_steps = n_steps;
  info.seconds_left = -1.0;
  if (step > 0)
    info.seconds_left = (now - progress->started) * 1e-6 / step * (n_steps - step);
  info.preview = preview;
  info.width = width;
  info.height = height;
  progress->func (&info, progress->data);
}
