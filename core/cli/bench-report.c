/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/cli/bench.h"
#include "core/io/json.h"

static double
rate (double operations, double seconds)
{
  return seconds > 0.0 ? operations * 1e-9 / seconds : 0.0;
}

/* Seconds of an evaluation that no op booked. */
static double
other_seconds (const BenchFigures *f)
{
  double rest = f->mean;

  for (guint i = 0; i < DIF_N_OPS; i++)
    rest -= f->ops[i].seconds;
  return MAX (rest, 0.0);
}

/* By time, longest first. */
static void
order_ops (const BenchFigures *f, guint order[DIF_N_OPS])
{
  for (guint i = 0; i < DIF_N_OPS; i++)
    {
      guint at = i;

      for (; at > 0 && f->ops[order[at - 1]].seconds < f->ops[i].seconds; at--)
        order[at] = order[at - 1];
      order[at] = i;
    }
}

static json_t *
ops_json (const BenchFigures *f)
{
  json_t *list = json_array ();
  guint   order[DIF_N_OPS];

  order_ops (f, order);
  for (guint i = 0; i < DIF_N_OPS; i++)
    {
      const DifOpTotal *op = &f->ops[order[i]];

      if (op->calls)
        json_array_append_new (
            list, json_pack ("{s:s, s:f, s:f, s:f, s:f, s:f}", "kind", dif_op_name (order[i]),
                             "calls", f->calls[order[i]], "seconds", op->seconds, "share",
                             op->seconds / f->mean, "gflop", op->operations * 1e-9,
                             "gflop_per_second", rate (op->operations, op->seconds)));
    }
  json_array_append_new (list, json_pack ("{s:s, s:f, s:f}", "kind", "other", "seconds",
                                          other_seconds (f), "share", other_seconds (f) / f->mean));
  return list;
}

static json_t *
figures_json (const BenchOptions *o, const BenchFigures *f)
{
  return json_pack (
      "{s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "threads",
      (int) f->n_threads, "runs", o->runs, "seconds_median", f->median, "seconds_least", f->least,
      "cpu_seconds_median", f->cpu_median, "gflop", f->operations * 1e-9,
      "effective_gflop_per_second", rate (f->operations, f->median), "activation_bytes_peak",
      (json_int_t) f->activation_peak, "activation_bytes_held", (json_int_t) f->activation_held,
      "resident_bytes_peak", (json_int_t) f->resident_peak, "resident_bytes_after",
      (json_int_t) f->resident, "allocations_after_first_run", (json_int_t) f->allocations, "ops",
      ops_json (f));
}

static void
print_row (const char *kind, double calls, double seconds, double whole, double operations)
{
  g_print ("%-12s %7.0f %10.3f %6.1f %% %9.3f %9.1f\n", kind, calls, seconds * 1e3,
           100.0 * seconds / whole, operations * 1e-9, rate (operations, seconds));
}

static void
print_table (const BenchFigures *f)
{
  guint order[DIF_N_OPS];

  order_ops (f, order);
  /* Translators: headings of a table */
  g_print ("%-12s %7s %10s %8s %9s %9s\n", _ ("op"), _ ("calls"), "ms", _ ("share"), "GFLOP",
           "GFLOP/s");
  for (guint i = 0; i < DIF_N_OPS; i++)
    if (f->ops[order[i]].calls)
      print_row (dif_op_name (order[i]), f->calls[order[i]], f->ops[order[i]].seconds, f->mean,
                 f->ops[order[i]].operations);
  print_row (_ ("other"), 0.0, other_seconds (f), f->mean, 0.0);
  print_row (_ ("all"), 1.0, f->mean, f->mean, f->operations);
  g_print (g_dngettext (GETTEXT_PACKAGE,
                        "%u thread; median %.3f ms, least %.3f ms, processor time %.3f ms\n",
                        "%u threads; median %.3f ms, least %.3f ms, processor time %.3f ms\n",
                        f->n_threads),
           f->n_threads, f->median * 1e3, f->least * 1e3, f->cpu_median * 1e3);
  g_print (_ ("Activations: %.1f MB at their peak, %.1f MB kept; process: %.1f MB at its peak, "
              "%.1f MB after\n"),
           f->activation_peak * 1e-6, f->activation_held * 1e-6, f->resident_peak * 1e-6,
           f->resident * 1e-6);
}

void
bench_report (json_t *what, const BenchOptions *options, const BenchFigures *figures)
{
  json_t *numbers = figures_json (options, figures);
  char   *text;

  json_object_update (what, numbers);
  json_decref (numbers);
  if (options->table)
    print_table (figures);
  else
    {
      text = dif_json_dump (what, JSON_INDENT (2) | JSON_REAL_PRECISION (6));
      g_print ("%s\n", text);
      g_free (text);
    }
  json_decref (what);
}
