/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * DifBenchLine:
 * @line: a line of text, without its end
 *
 * Takes what was measured so far.
 */
typedef void (*DifBenchLine) (const char *line);

/**
 * dif_bench_calibrate:
 * @print: is told the figures as they come
 * @error: why not
 *
 * Measures what the cost model of convolutions is made of (core/ops/cost.h), and how well it picks.
 *
 * Returns: whether it came to an end
 *
 * Errors: %DIF_ERROR_NOMEM
 * Thread: any
 */
gboolean dif_bench_calibrate (DifBenchLine print, GError **error);

G_END_DECLS
