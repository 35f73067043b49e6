/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/base/progress.h"

G_BEGIN_DECLS

/**
 * dif_interrupt_watch:
 * @progress: (nullable): what Ctrl+C ends; %NULL for the process, as before
 *
 * Ctrl+C once is dif_progress_finish(), twice dif_progress_cancel().
 *
 * Thread: main; one at a time
 */
void dif_interrupt_watch (DifProgress *progress);

G_END_DECLS
