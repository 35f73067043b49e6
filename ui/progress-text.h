/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/dif.h"

G_BEGIN_DECLS

/**
 * dif_progress_text:
 * @info: a report
 *
 * Returns: (transfer full): how far it is and how long it will take, for people
 *
 * Thread: any
 */
char *dif_progress_text (const DifProgressInfo *info);

G_END_DECLS
