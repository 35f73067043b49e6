/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/bench/options.h"
#include "core/bench/result.h"

G_BEGIN_DECLS

/**
 * dif_bench_op:
 * @name: "conv3x3"
 * @options: on what
 * @result: (out caller-allocates): filled
 * @error: why not
 *
 * Measures how fast one op is.
 *
 * Returns: whether it worked
 *
 * Errors: %DIF_ERROR_REQUEST if there is no such op
 * Thread: any
 */
gboolean dif_bench_op (const char *name, const DifBenchOptions *options, DifBenchResult *result,
                       GError **error);

G_END_DECLS
