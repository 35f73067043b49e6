/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/tensor/context.h"

G_BEGIN_DECLS

/**
 * dif_bench_fma:
 * @context: the context
 * @data: unused
 *
 * A #DifBenchRun of multiplications and additions in registers: what the processor could do.
 *
 * Returns: %TRUE
 *
 * Thread: the context's
 */
gboolean dif_bench_fma (DifContext *context, gpointer data);

G_END_DECLS
