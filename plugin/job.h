/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * DifJob:
 *
 * Computes in a thread of its own while the main loop turns, so that windows
 * are drawn and Stop is heard.
 */
typedef struct _DifJob DifJob;

/**
 * DifJobFunc:
 * @data: what was given to dif_job_run()
 * @progress: to be told of each step, and asked whether to end
 * @error: says what went wrong
 *
 * Computes.
 *
 * Returns: whether there is a result
 *
 * Thread: one of its own
 */
typedef gboolean (*DifJobFunc) (gpointer data, DifProgress *progress, GError **error);

/**
 * dif_job_new:
 * @report: (nullable): called in the main thread, a few times a second at most;
 *   its preview is a thumbnail
 * @data: for @report
 *
 * Returns: (transfer full): a job for one run
 */
DifJob *dif_job_new (DifProgressFunc report, gpointer data);

/**
 * dif_job_free:
 * @job: (transfer full) (nullable): what to free; not while it runs
 */
void dif_job_free (DifJob *job);

/**
 * dif_job_run:
 * @job: the job
 * @func: what computes
 * @data: for @func
 * @error: that of @func
 *
 * Turns the main loop until the result is there.
 *
 * Returns: whether there is one
 *
 * Thread: main
 */
gboolean dif_job_run (DifJob *job, DifJobFunc func, gpointer data, GError **error);

/**
 * dif_job_stop:
 * @job: the job
 *
 * Makes dif_job_run() end soon, with %DIF_ERROR_CANCELLED.
 *
 * Thread: main
 */
void dif_job_stop (DifJob *job);

/**
 * dif_job_keep:
 * @job: the job
 *
 * Makes dif_job_run() end after the step under way, with what there is then.
 *
 * Thread: main
 */
void dif_job_keep (DifJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifJob, dif_job_free)

G_END_DECLS
