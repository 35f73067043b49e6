/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"

G_BEGIN_DECLS

/**
 * dif_interrupt_init:
 *
 * For a process of its own: what ends it (Ctrl+C, a hang-up, a wish to terminate) lets it remove
 * what it has not finished writing, and a file that grows too large is an error like a full disk.
 * What was ignored when the process began stays ignored.
 *
 * Thread: main, before any other
 */
void dif_interrupt_init (void);

/**
 * dif_interrupt_watch:
 * @progress: (nullable): what Ctrl+C ends; %NULL for the process, as before
 *
 * Ctrl+C once is dif_progress_finish(), twice dif_progress_cancel().  Where it was ignored, as in
 * a script's background, it stays ignored.
 *
 * Thread: main; one at a time
 */
void dif_interrupt_watch (DifProgress *progress);

G_END_DECLS
