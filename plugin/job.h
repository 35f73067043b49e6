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
 * @request: what to compute
 * @error: that of dif_run()
 *
 * Turns the main loop until the result is there.
 *
 * Returns: (transfer full): the result, or %NULL
 *
 * Thread: main
 */
DifImage *dif_job_run (DifJob *job, const DifRequest *request, GError **error);

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
 * Makes dif_job_run() end after the step under way, with the picture as it is then.
 *
 * Thread: main
 */
void dif_job_keep (DifJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifJob, dif_job_free)

G_END_DECLS
