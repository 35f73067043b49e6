/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ops/profile.h"

G_BEGIN_DECLS

/**
 * DifBenchFigures:
 * @n_threads: that took part
 * @runs: times that were taken
 * @median: seconds of an evaluation
 * @least: the shortest
 * @cpu_median: seconds of processor time
 * @operations: floating-point operations
 * @activation_peak: bytes of tensors at most
 * @activation_held: bytes kept between evaluations
 * @allocations: asked of the system after the first evaluation
 * @resident_peak: bytes of the process at most; 0 where the system does not tell
 * @resident: afterwards
 * @mean: seconds of the whole that @ops are parts of
 * @calls: of each op
 * @ops: its time and operations
 *
 * What was measured; times, calls and operations are those of one evaluation.
 */
typedef struct
{
  guint      n_threads;
  guint      runs;
  double     median;
  double     least;
  double     cpu_median;
  double     operations;
  gsize      activation_peak;
  gsize      activation_held;
  gsize      allocations;
  gint64     resident_peak;
  gint64     resident;
  double     mean;
  double     calls[DIF_N_OPS];
  DifOpTotal ops[DIF_N_OPS];
} DifBenchFigures;

/**
 * DifBenchRun:
 * @context: the context
 * @data: whatever it needs
 *
 * One evaluation of what is measured.
 *
 * Returns: whether it worked; sticky in @context otherwise
 */
typedef gboolean (*DifBenchRun) (DifContext *context, gpointer data);

/**
 * dif_bench_measure:
 * @context: the context
 * @runs: how many times to take
 * @run: one evaluation; short ones are done several times a turn
 * @data: for @run
 * @figures: (out caller-allocates): filled
 * @error: why not
 *
 * Returns: whether it worked
 *
 * Thread: the context's
 */
gboolean dif_bench_measure (DifContext *context, guint runs, DifBenchRun run, gpointer data,
                            DifBenchFigures *figures, GError **error);

G_END_DECLS
