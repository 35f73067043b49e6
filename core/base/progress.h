/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifProgressInfo:
 * @fraction: how much is done, 0 to 1
 * @step: network steps finished
 * @n_steps: network steps in all, 0 while unknown
 * @seconds_left: estimate, negative while unknown
 * @preview: (nullable): the current prediction of the clean picture as R'G'B' floats in
 *   [0, 1], row by row, or %NULL; valid during the call only
 * @width: width of @preview in pixels
 * @height: height of @preview in pixels
 *
 * One report of progress.
 */
typedef struct
{
  double       fraction;
  guint        step;
  guint        n_steps;
  double       seconds_left;
  const float *preview;
  guint        width;
  guint        height;
} DifProgressInfo;

/**
 * DifProgressFunc:
 * @info: the report
 * @data: what was given to dif_progress_new()
 *
 * Called in the thread that computes, after each step.
 */
typedef void (*DifProgressFunc) (const DifProgressInfo *info, gpointer data);

/**
 * DifProgress:
 *
 * Reports go up through it, the wish to cancel or to finish early comes down.
 */
typedef struct _DifProgress DifProgress;

/**
 * dif_progress_new:
 * @func: (nullable): called with each report
 * @data: for @func
 *
 * Returns: (transfer full): a new object, freed with dif_progress_free()
 *
 * Thread: any
 */
DifProgress *dif_progress_new (DifProgressFunc func, gpointer data);

/**
 * dif_progress_free:
 * @progress: (transfer full) (nullable): what to free
 *
 * Thread: any, once nobody uses it any more
 */
void dif_progress_free (DifProgress *progress);

/**
 * dif_progress_cancel:
 * @progress: the object
 *
 * Asks the computation to end; it ends within a few tiles with
 * %DIF_ERROR_CANCELLED and no result.
 *
 * Thread: any; may be called by a signal's handler
 */
void dif_progress_cancel (DifProgress *progress);

/**
 * dif_progress_is_cancelled:
 * @progress: (nullable): the object; %NULL is never cancelled
 *
 * Returns: whether dif_progress_cancel() was called
 *
 * Thread: any
 */
gboolean dif_progress_is_cancelled (const DifProgress *progress);

/**
 * dif_progress_finish:
 * @progress: the object
 *
 * Asks the computation to end with what it has: after the step under way, with its prediction of
 * the clean picture.
 *
 * Thread: any; may be called by a signal's handler
 */
void dif_progress_finish (DifProgress *progress);

/**
 * dif_progress_is_finishing:
 * @progress: (nullable): the object; %NULL goes on to the end
 *
 * Returns: whether dif_progress_finish() was called
 *
 * Thread: any
 */
gboolean dif_progress_is_finishing (const DifProgress *progress);

/**
 * dif_progress_check:
 * @progress: (nullable): the object
 * @error: set to %DIF_ERROR_CANCELLED if cancelled
 *
 * Returns: %FALSE if cancelled
 *
 * Thread: any
 */
gboolean dif_progress_check (const DifProgress *progress, GError **error);

/**
 * dif_progress_report:
 * @progress: (nullable): the object
 * @step: steps finished
 * @n_steps: steps in all; the first report (step 0) starts the clock of the time left
 * @preview: (nullable): see #DifProgressInfo
 * @width: width of @preview
 * @height: height of @preview
 *
 * Thread: the one that computes
 */
void dif_progress_report (DifProgress *progress, guint step, guint n_steps, const float *preview,
                          guint width, guint height);

/**
 * dif_progress_tell:
 * @progress: (nullable): the object
 * @info: a report
 *
 * dif_progress_report() for those who know better how long it takes.
 *
 * Thread: the one that computes
 */
void dif_progress_tell (DifProgress *progress, const DifProgressInfo *info);

/**
 * dif_progress_wants_preview:
 * @progress: (nullable): the object
 *
 * Returns: whether anybody listens to reports
 *
 * Thread: any
 */
gboolean dif_progress_wants_preview (const DifProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifProgress, dif_progress_free)

G_END_DECLS
