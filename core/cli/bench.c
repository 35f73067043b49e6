/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib/gi18n-lib.h>
#include <jansson.h>

#include "core/base/error.h"
#include "core/cli/cli.h"
#include "core/diffusion/noise.h"
#include "core/pipeline/checkpoint.h"
#include "core/pipeline/model-info.h"

typedef struct
{
  guint  size;
  guint  threads;
  guint  runs;
  guint  n_threads; /* really used */
  double median;
  double cpu_median;
  double least;
  double operations;
  gsize  peak;
  gsize  system_allocations; /* after the first run */
} Bench;

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Largest resident memory of the process, where the system tells it. */
static gint64
peak_resident (void)
{
  g_autofree char *status = NULL;
  const char      *line;

  if (! g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");
  return line ? 1024 * g_ascii_strtoll (line + 6, NULL, 10) : 0;
}

static gboolean
measure (Bench *b, const DifModel *model, GError **error)
{
  const DifModelFacts   *facts = dif_model_facts (model);
  g_autoptr (DifContext) context = dif_context_new (b->threads, NULL);
  g_autoptr (DifTensor)  like = dif_context_nhwc (context, 1, b->size, b->size, facts->in_channels);
  g_autoptr (DifTensor)  x = NULL;
  g_autofree double     *seconds = g_new (double, b->runs);
  g_autofree double     *cpu_seconds = g_new (double, b->runs);
  DifAllocatorStats      stats;
  DifSeededNoise         noise;
  gsize                  warm = 0;

  dif_seeded_noise_init (&noise, 0);
  x = dif_noise_next (&noise.parent, context, like);
  for (guint i = 0; i < b->runs + 1; i++)
    {
      double                before = dif_context_operations (context);
      gint64                start = g_get_monotonic_time ();
      clock_t               cpu_start = clock ();
      g_autoptr (DifTensor) y =
          dif_model_forward (model, context, x, (const double[]) { 500.0 }, (const guint[]) { 0 });

      if (! y)
        return ! dif_context_take_error (context, error);
      dif_allocator_get_stats (dif_context_allocator (context), &stats);
      if (i == 0) /* the first run warms caches and memory */
        warm = stats.n_system;
      else
        {
          seconds[i - 1] = (g_get_monotonic_time () - start) * 1e-6;
          cpu_seconds[i - 1] = (double) (clock () - cpu_start) / CLOCKS_PER_SEC;
        }
      b->operations = dif_context_operations (context) - before;
    }
  qsort (seconds, b->runs, sizeof (double), compare);
  qsort (cpu_seconds, b->runs, sizeof (double), compare);
  b->median = seconds[b->runs / 2];
  b->cpu_median = cpu_seconds[b->runs / 2];
  b->least = seconds[0];
  b->n_threads = dif_pool_n_workers (dif_context_pool (context));
  b->peak = stats.peak_in_use;
  b->system_allocations = stats.n_system - warm;
  return TRUE;
}

static void
print_json (const Bench *b, const char *model)
{
  json_t *object =
      json_pack ("{s:s, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:I}", "model", model,
                 "size", (int) b->size, "threads", (int) b->n_threads, "runs", (int) b->runs,
                 "seconds_median", b->median, "seconds_least", b->least, "cpu_seconds_median",
                 b->cpu_median, "gflop", b->operations * 1e-9, "effective_gflop_per_second",
                 b->operations * 1e-9 / b->median, "activation_bytes_peak", (json_int_t) b->peak,
                 "resident_bytes_peak", (json_int_t) peak_resident (),
                 "allocations_after_first_run", (json_int_t) b->system_allocations);
  char *text = json_dumps (object, JSON_INDENT (2) | JSON_REAL_PRECISION (6));

  g_print ("%s\n", text);
  free (text);
  json_decref (object);
}

int
cli_bench (int argc, char **argv)
{
  int                size = 256, threads = 0, runs = 5;
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_INT, &size, N_ ("pixels on a side (256)"), "N" },
    { "threads", 'j', 0, G_OPTION_ARG_INT, &threads, N_ ("threads (one per processor)"), "N" },
    { "runs", 0, 0, G_OPTION_ARG_INT, &runs, N_ ("evaluations to time (5)"), "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char          *folder = NULL;
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  const DifModelFacts      *facts;
  Bench                     bench;
  GError                   *error = NULL;

  if (! cli_parse (entries, _ ("MODEL"),
                   _ ("Measures a network's speed; MODEL \"\" is the embedded one."), 1, &argc,
                   &argv))
    return CLI_MISUSED;
  if (threads < 0 || threads > 1024 || runs < 1 || runs > 10000 || size < 1 || size > 65536)
    return cli_misused (_ ("--size, --threads and --runs take whole numbers above 0."));
  folder = dif_resolve_model (argv[1], &error);
  checkpoint = folder ? dif_checkpoint_open (folder, FALSE, &error) : NULL;
  if (! checkpoint)
    return cli_failed (error);
  facts = dif_model_facts (checkpoint->model);
  if ((guint) size % facts->multiple)
    return cli_misused (_ ("--size must be a multiple of %u for this network."), facts->multiple);
  bench = (Bench) { .size = (guint) size, .threads = (guint) threads, .runs = (guint) runs };
  if (! measure (&bench, checkpoint->model, &error))
    return cli_failed (error);
  print_json (&bench, folder);
  return CLI_OK;
}
