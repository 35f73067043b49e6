/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/result.h"

#include <glib/gi18n-lib.h>

#include "core/io/json.h"

static double
rate (double operations, double seconds)
{
  return seconds > 0.0 ? operations * 1e-9 / seconds : 0.0;
}

/* Seconds of an evaluation that no op booked. */
static double
other_seconds (const DifBenchFigures *f)
{
  double rest = f->mean;

  for (guint i = 0; i < DIF_N_OPS; i++)
    rest -= f->ops[i].seconds;
  return MAX (rest, 0.0);
}

/* By time, longest first. */
static void
order_ops (const DifBenchFigures *f, guint order[DIF_N_OPS])
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
ops_json (const DifBenchFigures *f)
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
figures_json (const DifBenchFigures *f)
{
  return json_pack (
      "{s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "threads",
      (int) f->n_threads, "runs", (int) f->runs, "seconds_median", f->median, "seconds_least",
      f->least, "cpu_seconds_median", f->cpu_median, "gflop", f->operations * 1e-9,
      "effective_gflop_per_second", rate (f->operations, f->median), "activation_bytes_peak",
      (json_int_t) f->activation_peak, "activation_bytes_held", (json_int_t) f->activation_held,
      "resident_bytes_peak", (json_int_t) f->resident_peak, "resident_bytes_after",
      (json_int_t) f->resident, "allocations_after_first_run", (json_int_t) f->allocations, "ops",
      ops_json (f));
}

static void
add_row (GString *table, const char *kind, double calls, double seconds, double whole,
         double operations)
{
  g_string_append_printf (table, "%-12s %7.0f %10.3f %6.1f %% %9.3f %9.1f\n", kind, calls,
                          seconds * 1e3, 100.0 * seconds / whole, operations * 1e-9,
                          rate (operations, seconds));
}

static void
add_ops (GString *table, const DifBenchFigures *f)
{
  guint order[DIF_N_OPS];

  order_ops (f, order);
  /* Translators: headings of a table */
  g_string_append_printf (table, "%-12s %7s %10s %8s %9s %9s\n", _ ("op"), _ ("calls"), "ms",
                          _ ("share"), "GFLOP", "GFLOP/s");
  for (guint i = 0; i < DIF_N_OPS; i++)
    if (f->ops[order[i]].calls)
      add_row (table, dif_op_name (order[i]), f->calls[order[i]], f->ops[order[i]].seconds, f->mean,
               f->ops[order[i]].operations);
  add_row (table, _ ("other"), 0.0, other_seconds (f), f->mean, 0.0);
  add_row (table, _ ("all"), 1.0, f->mean, f->mean, f->operations);
}

char *
dif_bench_result_to_table (const DifBenchResult *result)
{
  const DifBenchFigures *f = &result->figures;
  GString               *table = g_string_new (NULL);

  add_ops (table, f);
  g_string_append_printf (
      table,
      g_dngettext (
          GETTEXT_PACKAGE, "%u thread; median %.3f ms, least %.3f ms, processor time %.3f ms\n",
          "%u threads; median %.3f ms, least %.3f ms, processor time %.3f ms\n", f->n_threads),
      f->n_threads, f->median * 1e3, f->least * 1e3, f->cpu_median * 1e3);
  g_string_append_printf (table,
                          _ ("Activations: %.1f MB at their peak, %.1f MB kept; process: %.1f MB "
                             "at its peak, %.1f MB after\n"),
                          f->activation_peak * 1e-6, f->activation_held * 1e-6,
                          f->resident_peak * 1e-6, f->resident * 1e-6);
  return g_string_free (table, FALSE);
}

char *
dif_bench_result_to_json (const DifBenchResult *result)
{
  json_t *all = json_copy (result->what);
  json_t *figures = figures_json (&result->figures);
  char   *text;

  json_object_update (all, figures);
  text = dif_json_dump (all, JSON_INDENT (2) | JSON_REAL_PRECISION (6));
  json_decref (figures);
  json_decref (all);
  return text;
}

void
dif_bench_result_clear (DifBenchResult *result)
{
  g_clear_pointer (&result->what, json_decref);
}
