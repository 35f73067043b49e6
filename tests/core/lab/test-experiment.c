/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The papers' experiments in a shorter form: their claims hold. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/lab/experiment.h"
#include "tests/core/support/numbers.h"

#define EFFORT 0.25

static void
test_claims (gconstpointer data)
{
  const DifExperiment   *experiment = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autofree char       *svg = NULL;
  g_auto (DifFindings) findings = { NULL, NULL };

  g_assert_true (dif_experiment_run (experiment, context, EFFORT, &findings));
  g_assert_cmpuint (findings.figures->len, >=, 4);
  for (guint i = 0; i < findings.figures->len; i++)
    {
      const DifFigure *figure = &g_array_index (findings.figures, DifFigure, i);

      g_test_message ("%.3f  %s", figure->value, figure->what);
      g_assert_cmpfloat (figure->value, >=, figure->least);
      g_assert_cmpfloat (figure->value, <=, figure->most);
      g_assert_true (dif_figure_holds (figure));
    }
  g_assert_nonnull (findings.plot);
  svg = findings.plot ? dif_plot_to_svg (findings.plot) : g_strdup ("");
  g_assert_true (g_str_has_prefix (svg, "<svg "));
  g_assert_true (g_str_has_suffix (svg, "</svg>\n"));
  g_assert_null (strstr (svg, "nan"));
  g_assert_null (strstr (svg, "inf"));
}

/* The same numbers and the same plot, whoever computes them. */
static void
test_threads (void)
{
  const DifExperiment *experiment = dif_experiment_find ("low-density");
  char                *svg[2] = { NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (DifContext) context = dif_context_new (i + 1, NULL);
      g_auto (DifFindings) findings = { NULL, NULL };

      g_assert_true (dif_experiment_run (experiment, context, 0.02, &findings));
      svg[i] = dif_plot_to_svg (findings.plot);
    }
  g_assert_cmpstr (svg[0], ==, svg[1]);
  g_free (svg[0]);
  g_free (svg[1]);
}

static void
test_cancel (void)
{
  guint                       n;
  const DifExperiment *const *rows = dif_experiments (&n);
  g_autoptr (DifProgress)     progress = dif_progress_new (NULL, NULL);

  dif_progress_cancel (progress);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, progress);
      g_auto (DifFindings) findings = { NULL, NULL };

      g_assert_false (dif_experiment_run (rows[i], context, 1.0, &findings));
      g_assert_null (findings.plot);
      test_assert_failed (context, DIF_ERROR_CANCELLED);
    }
}

static void
test_figures (void)
{
  g_assert_true (dif_figure_holds (&(DifFigure) { NULL, 1.0, 1.0, 2.0 }));
  g_assert_false (dif_figure_holds (&(DifFigure) { NULL, 0.9, 1.0, 2.0 }));
  g_assert_false (dif_figure_holds (&(DifFigure) { NULL, 2.1, 1.0, 2.0 }));
  g_assert_false (dif_figure_holds (&(DifFigure) { NULL, NAN, 1.0, 2.0 }));
}

int
main (int argc, char **argv)
{
  guint                       n;
  const DifExperiment *const *rows = dif_experiments (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/experiment/claims/%s", rows[i]->id);

      g_test_add_data_func (path, rows[i], test_claims);
    }
  g_test_add_func ("/experiment/threads", test_threads);
  g_test_add_func ("/experiment/cancel", test_cancel);
  g_test_add_func ("/experiment/figures", test_figures);
  return g_test_run ();
}
