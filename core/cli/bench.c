/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench: how fast networks, ops and convolutions are here. */

#include <glib/gi18n-lib.h>

#include "core/bench/calibrate.h"
#include "core/bench/network.h"
#include "core/bench/op.h"
#include "core/cli/cli.h"

/* An op or the cost model is measured without a network: there is no MODEL to name. */
static gboolean
without_model (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--op") || g_str_has_prefix (argv[i], "--op=") ||
        g_str_equal (argv[i], "--calibrate"))
      return TRUE;
  return FALSE;
}

static gboolean
in_range (const DifBenchOptions *o)
{
  const int sizes[] = { o->size, o->in, o->out, o->tokens, o->keys, o->width };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i] < 0 || sizes[i] > 65536)
      return FALSE;
  return o->threads >= 0 && o->threads <= 1024 && o->runs >= 1 && o->runs <= 10000 &&
         o->batch >= 1 && o->batch <= 1024 && o->heads >= 0 && o->heads <= 1024;
}

static void
print_line (const char *line)
{
  g_print ("%s\n", line);
}

static int
calibrate (void)
{
  GError *error = NULL;

  return dif_bench_calibrate (print_line, &error) ? CLI_OK : cli_failed (error);
}

static int
measure (const char *op, const char *model, const DifBenchOptions *options, gboolean table)
{
  g_auto (DifBenchResult) result = { NULL };
  g_autofree char *text = NULL;
  GError          *error = NULL;
  const gboolean   done = op ? dif_bench_op (op, options, &result, &error) :
                               dif_bench_network (model, options, &result, &error);

  if (! done)
    return cli_failed (error);
  text = table ? dif_bench_result_to_table (&result) : dif_bench_result_to_json (&result);
  g_print ("%s%s", text, table ? "" : "\n");
  return CLI_OK;
}

int
cli_bench (int argc, char **argv)
{
  g_autofree char   *name = NULL;
  gboolean           table = FALSE, calibrated = FALSE;
  DifBenchOptions    o = { .batch = 1, .runs = 5 };
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_INT, &o.size, N_ ("pixels on a side (256; of an op, 32)"), "N" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &o.batch, N_ ("pictures at once (1)"), "N" },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o.threads, N_ ("threads (one per processor)"), "N" },
    { "runs", 0, 0, G_OPTION_ARG_INT, &o.runs, N_ ("evaluations to time (5)"), "N" },
    { "table", 0, 0, G_OPTION_ARG_NONE, &table, N_ ("print a table instead of JSON"), NULL },
    { "calibrate", 0, 0, G_OPTION_ARG_NONE, &calibrated,
      N_ ("measure the pieces of convolutions and the choice between ways to do them"), NULL },
    { "op", 0, 0, G_OPTION_ARG_STRING, &name, N_ ("measure one op instead of a network"),
      N_ ("NAME") },
    { "in", 0, 0, G_OPTION_ARG_INT, &o.in, N_ ("an op's input channels (64)"), "N" },
    { "out", 0, 0, G_OPTION_ARG_INT, &o.out, N_ ("its output channels (as many)"), "N" },
    { "tokens", 0, 0, G_OPTION_ARG_INT, &o.tokens, N_ ("rows of linear and attention (1024)"),
      "N" },
    { "keys", 0, 0, G_OPTION_ARG_INT, &o.keys, N_ ("keys of attention (as many)"), "N" },
    { "heads", 0, 0, G_OPTION_ARG_INT, &o.heads, N_ ("heads of attention (8)"), "N" },
    { "width", 0, 0, G_OPTION_ARG_INT, &o.width, N_ ("channels of a head (64)"), "N" },
    G_OPTION_ENTRY_NULL,
  };
  const gboolean modelless = without_model (argc, argv);

  if (! cli_parse (entries, _ ("MODEL"),
                   _ ("Measures the speed of a network (MODEL \"\" is the embedded one) or, with "
                      "--op, of one op; or what convolutions cost here, with --calibrate."),
                   modelless ? 0 : 1, &argc, &argv))
    return CLI_MISUSED;
  if (! in_range (&o))
    return cli_misused (_ ("--size, --batch, --threads, --runs and the like take whole numbers "
                           "above 0."));
  return calibrated ? calibrate () : measure (name, argv[1], &o, table);
}
