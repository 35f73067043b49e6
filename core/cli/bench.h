/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "core/ops/profile.h"

G_BEGIN_DECLS

/* What the command line says; 0 where it says nothing. */
typedef struct
{
  const char *op;
  int         size;
  int         batch;
  int         threads;
  int         runs;
  int         in, out;                    /* channels */
  int         tokens, keys, heads, width; /* of attention */
  gboolean    table;
  gboolean    calibrate;
} BenchOptions;

/* What was measured; times, calls and operations are those of one evaluation. */
typedef struct
{
  guint      n_threads;
  double     median;
  double     least;
  double     cpu_median;
  double     operations;
  gsize      activation_peak;
  gsize      activation_held; /* between evaluations */
  gsize      allocations;     /* asked of the system after the first evaluation */
  gint64     resident_peak;   /* 0 where the system does not tell */
  gint64     resident;
  double     mean; /* the whole that @ops are parts of */
  double     calls[DIF_N_OPS];
  DifOpTotal ops[DIF_N_OPS];
} BenchFigures;

/**
 * BenchRun:
 * @context: the context
 * @data: whatever it needs
 *
 * One evaluation of what is measured.
 *
 * Returns: whether it worked; sticky in @context otherwise
 */
typedef gboolean (*BenchRun) (DifContext *context, gpointer data);

/**
 * bench_measure:
 * @context: the context
 * @runs: how many times to take
 * @run: one evaluation; short ones are done several times a turn
 * @data: for @run
 * @figures: (out caller-allocates): filled
 * @error: why not
 *
 * Returns: whether it worked
 *
 * Thread: main
 */
gboolean bench_measure (DifContext *context, guint runs, BenchRun run, gpointer data,
                        BenchFigures *figures, GError **error);

/**
 * bench_report:
 * @what: (transfer full): what was measured, as JSON
 * @options: how to print
 * @figures: what to print
 *
 * Prints JSON, or a table for people.
 *
 * Thread: main
 */
void bench_report (json_t *what, const BenchOptions *options, const BenchFigures *figures);

/**
 * bench_network:
 * @model: what the user calls it
 * @options: size, batch, threads and runs
 *
 * Returns: the process's exit code
 *
 * Thread: main
 */
int bench_network (const char *model, const BenchOptions *options);

/**
 * bench_op:
 * @options: which op, on what
 *
 * Returns: the process's exit code
 *
 * Thread: main
 */
int bench_op (const BenchOptions *options);

/**
 * bench_calibrate:
 *
 * Measures what the cost model of convolutions is made of (core/ops/cost.h), and prints how well it
 * picks.
 *
 * Returns: the process's exit code
 *
 * Thread: main
 */
int bench_calibrate (void);

/**
 * bench_fma:
 * @context: the context
 * @data: unused
 *
 * A #BenchRun of multiplications and additions in registers: what the processor could do.
 *
 * Returns: %TRUE
 *
 * Thread: main
 */
gboolean bench_fma (DifContext *context, gpointer data);

G_END_DECLS
