/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/bench/measure.h"

G_BEGIN_DECLS

/**
 * DifBenchResult:
 * @what: what was measured
 * @figures: how fast it is
 */
typedef struct
{
  json_t         *what;
  DifBenchFigures figures;
} DifBenchResult;

/**
 * dif_bench_result_clear:
 * @result: emptied
 *
 * Thread: any
 */
void dif_bench_result_clear (DifBenchResult *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DifBenchResult, dif_bench_result_clear)

/**
 * dif_bench_result_to_json:
 * @result: what was measured
 *
 * Returns: (transfer full): JSON for programs
 *
 * Thread: any
 */
char *dif_bench_result_to_json (const DifBenchResult *result);

/**
 * dif_bench_result_to_table:
 * @result: what was measured
 *
 * Returns: (transfer full): lines for people, by op
 *
 * Thread: any
 */
char *dif_bench_result_to_table (const DifBenchResult *result);

G_END_DECLS
