/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/measure.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WARM_MICROSECONDS 300000
#define SHORT             0.02 /* seconds that a turn lasts at least */

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Sorts. */
static double
median (double *x, guint n)
{
  qsort (x, n, sizeof (double), compare);
  return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

/* A figure of the process in bytes, "VmHWM:" or "VmRSS:", where the system tells it. */
static gint64
process_memory (const char *key)
{
  g_autofree char *status = NULL;
  const char      *line;

  if (! g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, key);
  return line ? 1024 * g_ascii_strtoll (line + strlen (key), NULL, 10) : 0;
}

static void
take_totals (DifContext *context, gsize n, DifBenchFigures *figures)
{
  for (guint i = 0; i < DIF_N_OPS; i++)
    {
      DifOpTotal total = dif_context_op_total (context, i);

      figures->calls[i] = (double) total.calls / n;
      figures->ops[i].calls = total.calls;
      figures->ops[i].seconds = total.seconds / n;
      figures->ops[i].operations = total.operations / n;
    }
}

/* Warms caches and memory, and lets a BLAS that spins when it is loaded come to rest; says how
 * often to repeat the evaluation within a turn. */
static guint
warm_up (DifContext *context, DifBenchRun run, gpointer data, DifBenchFigures *figures)
{
  DifAllocatorStats stats;
  const gint64      begin = g_get_monotonic_time ();
  double            seconds = 0.0;

  for (guint i = 0; i < 2 || g_get_monotonic_time () - begin < WARM_MICROSECONDS; i++)
    {
      double before = dif_context_operations (context);
      gint64 start = g_get_monotonic_time ();

      if (! run (context, data))
        return 0;
      seconds = (g_get_monotonic_time () - start) * 1e-6;
      figures->operations = dif_context_operations (context) - before;
      dif_allocator_get_stats (dif_context_allocator (context), &stats);
      if (i == 0)
        figures->allocations = stats.n_system;
    }
  return (guint) CLAMP (SHORT / MAX (seconds, 1e-9), 1.0, 10000.0);
}

gboolean
dif_bench_measure (DifContext *context, guint runs, DifBenchRun run, gpointer data,
                   DifBenchFigures *figures, GError **error)
{
  g_autofree double *seconds = g_new (double, runs);
  g_autofree double *cpu_seconds = g_new (double, runs);
  DifAllocatorStats  stats;
  guint              repeats;

  memset (figures, 0, sizeof *figures);
  repeats = warm_up (context, run, data, figures);
  if (repeats == 0)
    return ! dif_context_take_error (context, error);
  dif_context_time_ops (context, DIF_N_OPS);
  for (guint i = 0; i < runs; i++)
    {
      gint64  start = g_get_monotonic_time ();
      clock_t cpu_start = clock ();

      for (guint j = 0; j < repeats; j++)
        if (! run (context, data))
          return ! dif_context_take_error (context, error);
      cpu_seconds[i] = (double) (clock () - cpu_start) / CLOCKS_PER_SEC / repeats;
      seconds[i] = (g_get_monotonic_time () - start) * 1e-6 / repeats;
      figures->mean += seconds[i] / runs;
    }
  take_totals (context, (gsize) runs * repeats, figures);
  dif_context_time_ops (context, 0);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  figures->runs = runs;
  figures->n_threads = dif_pool_n_workers (dif_context_pool (context));
  figures->median = median (seconds, runs);
  figures->least = seconds[0];
  figures->cpu_median = median (cpu_seconds, runs);
  figures->activation_peak = stats.peak_in_use;
  figures->activation_held = stats.held;
  figures->allocations = stats.n_system - figures->allocations;
  figures->resident_peak = process_memory ("VmHWM:");
  figures->resident = process_memory ("VmRSS:");
  return TRUE;
}
