/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/bench/options.h"
#include "core/bench/result.h"

G_BEGIN_DECLS

/**
 * dif_bench_network:
 * @model: what the user calls it
 * @options: size, batch, threads and runs
 * @result: (out caller-allocates): filled
 * @error: why not
 *
 * Measures how fast a network is evaluated.
 *
 * Returns: whether it worked
 *
 * Errors: %DIF_ERROR_REQUEST if the network cannot take pictures of the size, and what opening a
 *   model may fail with
 * Thread: any
 */
gboolean dif_bench_network (const char *model, const DifBenchOptions *options,
                            DifBenchResult *result, GError **error);

G_END_DECLS
