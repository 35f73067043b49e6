/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/calibrate.h"

#include <time.h>

#include <glib/gi18n-lib.h>

#include "core/base/rng.h"
#include "core/ops/conv/conv.h"

#define SECONDS     0.1 /* for each way to do each convolution */
#define COPIES      4   /* of weights, outputs and inputs, so that not all is in the cache */
#define TRIES_LEAST 4

static const struct
{
  guint n, size, c_in, c_out;
} rows[] = {
  { 1, 256, 7, 32 },   { 1, 256, 16, 16 },    { 1, 256, 32, 32 },   { 1, 256, 32, 3 },
  { 1, 64, 16, 320 },  { 1, 128, 64, 64 },    { 1, 64, 128, 128 },  { 1, 32, 128, 128 },
  { 8, 32, 128, 128 }, { 1, 16, 256, 256 },   { 8, 16, 256, 256 },  { 1, 8, 256, 256 },
  { 8, 8, 256, 256 },  { 1, 4, 256, 256 },    { 8, 4, 256, 256 },   { 1, 2, 256, 256 },
  { 1, 64, 320, 320 }, { 1, 16, 1280, 1280 }, { 1, 8, 1280, 1280 },
};

static DifTensor *
numbers (DifContext *context, gsize n, gsize h, gsize w, gsize c)
{
  DifTensor *x = dif_context_nhwc (context, n, h, w, c);

  if (x)
    dif_rng_normal (0, 0, 0, x->data, x->size);
  return x;
}

/* Milliseconds of processor time, the least of some runs; 0 if there is no memory. */
static double
time_conv (DifContext *context, const DifConvWork *work, DifConvAlgorithm algorithm)
{
  const DifConvShape         shape = { .kernel = 3, .stride = 1, .pad_begin = 1, .pad_end = 1 };
  DifAllocator              *allocator = dif_context_allocator (context);
  g_autoptr (DifTensor)      oihw = numbers (context, work->c_out, work->c_in, 3, 3);
  DifTensor                 *x[COPIES] = { NULL };
  DifTensor                 *y[COPIES] = { NULL };
  DifWeight                 *weight[COPIES] = { NULL };
  g_autoptr (DifWeightStore) store = dif_weight_store_new (allocator, G_MAXSIZE);
  double                     least = G_MAXDOUBLE;
  clock_t                    start = clock ();

  for (guint i = 0; i < COPIES && dif_context_ok (context); i++)
    {
      x[i] = numbers (context, work->n, work->h, work->w, work->c_in);
      weight[i] = dif_weight_new_conv (allocator, oihw->data, work->c_out, work->c_in, 3,
                                       DIF_WEIGHT_F32, NULL);
      if (weight[i])
        dif_weight_use_store (weight[i], store);
    }
  for (guint i = 0; weight[COPIES - 1] && dif_context_ok (context) &&
                    (i < COPIES + TRIES_LEAST || clock () - start < SECONDS * CLOCKS_PER_SEC);
       i++)
    {
      clock_t before = clock ();

      dif_tensor_unref (y[i % COPIES]);
      y[i % COPIES] = dif_conv_by (context, &(DifConvInput) { x[i % COPIES], NULL, NULL },
                                   weight[i % COPIES], &shape, NULL, algorithm);
      if (i >= COPIES) /* weights were transformed the first time */
        least = MIN (least, (double) (clock () - before));
    }
  for (guint i = 0; i < COPIES; i++)
    {
      dif_tensor_unref (x[i]);
      dif_tensor_unref (y[i]);
      dif_weight_free (weight[i]);
    }
  return least == G_MAXDOUBLE ? 0.0 : least / CLOCKS_PER_SEC * 1e3;
}

/* As C writes them, for core/ops/cost.c: the locale's point may be a comma. */
static void
add_numbers (GString *line, const char *format, const double *numbers, guint n)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < n; i++)
    {
      g_string_append (line, i ? ", " : "");
      g_string_append (line, g_ascii_formatd (text, sizeof text, format, numbers[i]));
    }
}

static char *
write_costs (const DifCosts *c)
{
  GString *line = g_string_new ("  { ");

  add_numbers (line, "%.3f", (const double[]) { c->product, c->gather, c->stream }, 3);
  g_string_append (line, ", {");
  for (guint kind = 0; kind < DIF_N_WINOGRAD_FORMS; kind++)
    {
      g_string_append (line, kind ? ", { " : " { ");
      add_numbers (line, "%.1f",
                   (const double[]) { c->forms[kind].inputs, c->forms[kind].outputs,
                                      c->forms[kind].weights },
                   3);
      g_string_append (line, " }");
    }
  g_string_append (line, " } }");
  return g_string_free (line, FALSE);
}

/* A convolution's measured milliseconds beside the estimate, for each way, and the picks. */
static char *
write_row (DifContext *context, const DifConvWork *work, const DifCosts *costs)
{
  static const char *const names[] = { "", "im2row", "F(2)", "F(4)", "F(6)" };
  GString                 *line = g_string_new (NULL);
  guint                    best = DIF_CONV_IM2ROW;
  double                   ms[DIF_N_CONV_ALGORITHMS] = { 0.0 };

  g_string_append_printf (line, "%2zu x %4zu>%-4zu @%-3zu", work->n, work->c_in, work->c_out,
                          work->h);
  for (guint a = DIF_CONV_IM2ROW; a < DIF_N_CONV_ALGORITHMS; a++)
    {
      ms[a] = time_conv (context, work, a);
      best = ms[a] < ms[best] ? a : best;
      g_string_append_printf (line, "  %9.3f (%9.3f)", ms[a],
                              dif_cost_conv (costs, work, a) * 1e-6);
    }
  g_string_append_printf (
      line, "  %-6s %-6s %-6s %5.2f", names[best], names[dif_cost_pick (costs, work)],
      names[dif_cost_pick (dif_costs (), work)], ms[dif_cost_pick (dif_costs (), work)] / ms[best]);
  return g_string_free (line, FALSE);
}

static void
print_costs (DifBenchLine print, const char *title, const DifCosts *costs)
{
  g_autofree char *line = write_costs (costs);

  print (title);
  print (line);
}

gboolean
dif_bench_calibrate (DifBenchLine print, GError **error)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifCosts               costs;

  dif_costs_measure (&costs);
  print_costs (
      print,
      _ ("Measured here, in nanoseconds (product, gather, stream, F(2), F(4) and F(6): inputs, "
         "outputs, weights):"),
      &costs);
  print_costs (print, _ ("Used:"), dif_costs ());
  print (_ ("Milliseconds of each way (estimated); the best, the pick by what was measured, the "
            "pick by what is used, and that one's time over the best's:"));
  for (guint i = 0; i < G_N_ELEMENTS (rows) && dif_context_ok (context); i++)
    {
      const DifConvWork work = { rows[i].n, rows[i].size, rows[i].size, rows[i].c_in,
                                 rows[i].c_out };
      g_autofree char  *line = write_row (context, &work, &costs);

      print (line);
    }
  return ! dif_context_take_error (context, error);
}
