/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The papers' experiments in a shorter form: their claims hold. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/lab/experiment.h"
#include "tests/core/support/numbers.h"

#define EFFORT       0.25
#define SHORT_EFFORT 0.05 /* with pictures */
#define SIDE         96

/* Blobs of two colors, and some grain: enough to tell textures apart by. */
static DifImage *
texture (void)
{
  static const float colors[][3] = { { 0.75f, 0.45f, 0.2f }, { 0.3f, 0.35f, 0.5f } };
  DifImage          *image = dif_image_new (SIDE, SIDE, NULL);
  g_autofree float  *grain = g_new (float, SIDE *SIDE);

  dif_rng_normal (8, 0, 0, grain, SIDE * SIDE);
  for (gsize i = 0; i < SIDE * SIDE; i++)
    {
      const double x = (double) (i % SIDE), y = (double) i / SIDE;
      const double wave = sin (0.9 * x + sin (0.5 * y)) + cos (0.7 * y + 0.3 * x);

      for (guint k = 0; k < 3; k++)
        image->pixels[3 * i + k] = colors[wave > 0.0][k] + 0.03f * grain[i];
    }
  return image;
}

static gboolean
run (const DifExperiment *experiment, DifContext *context, double effort, DifFindings *findings)
{
  g_autoptr (DifImage) picture = experiment->needs_picture ? texture () : NULL;

  return dif_experiment_run (experiment, context, effort, picture, findings);
}

static void
test_claims (gconstpointer data)
{
  const DifExperiment   *experiment = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autofree char       *svg = NULL;
  g_auto (DifFindings) findings = { NULL };

  g_assert_true (
      run (experiment, context, experiment->needs_picture ? SHORT_EFFORT : EFFORT, &findings));
  g_assert_true ((findings.sheet != NULL) == experiment->needs_picture);
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
      g_auto (DifFindings) findings = { NULL };

      g_assert_true (run (experiment, context, 0.02, &findings));
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
      g_auto (DifFindings) findings = { NULL };

      g_assert_false (run (rows[i], context, 1.0, &findings));
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
