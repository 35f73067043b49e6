/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/rng.h"
#include "core/lab/experiment.h"
#include "core/lab/study.h"

#define NOISE     0.1
#define N_CHECKED 1000
#define N_ANGLES  512
#define SHOWN     500
#define SMOOTH    20 /* losses that are shown as one */

/* Points of a circle, with noise of deviation *data. */
static void
draw (gconstpointer data, guint64 seed, guint64 stream, gsize n, double *out)
{
  const double       deviation = *(const double *) data;
  g_autofree double *turn = g_new (double, n);
  g_autofree float  *normal = g_new (float, 2 * n);

  dif_rng_uniform (seed, stream, 0, turn, n);
  dif_rng_normal (seed, stream + 1, 0, normal, 2 * n);
  for (gsize p = 0; p < n; p++)
    {
      out[2 * p] = cos (2.0 * G_PI * turn[p]) + deviation * normal[2 * p];
      out[2 * p + 1] = sin (2.0 * G_PI * turn[p]) + deviation * normal[2 * p + 1];
    }
}

/* |score|² of the noised circle, summed up over the circle. */
static double
squared_score (const double *x)
{
  double total = 0.0, u = 0.0, v = 0.0;

  for (guint k = 0; k < N_ANGLES; k++)
    {
      const double dx = cos (2.0 * G_PI * k / N_ANGLES) - x[0];
      const double dy = sin (2.0 * G_PI * k / N_ANGLES) - x[1];
      const double density = exp (-0.5 * (dx * dx + dy * dy) / (NOISE * NOISE));

      total += density;
      u += density * dx;
      v += density * dy;
    }
  return (u * u + v * v) / pow (total * NOISE * NOISE, 2.0);
}

/* What implicit objectives come to for the true score s: -E |s|² / 2. */
static double
best_loss (void)
{
  const double       deviation = NOISE;
  g_autofree double *x = g_new (double, 2 * N_CHECKED);
  double             sum = 0.0;

  draw (&deviation, 7, 0, N_CHECKED, x);
  for (guint p = 0; p < N_CHECKED; p++)
    sum -= 0.5 * squared_score (x + 2 * p) / N_CHECKED;
  return sum;
}

static double
mean (const double *x, guint first, guint n)
{
  double sum = 0.0;

  for (guint i = first; i < first + n; i++)
    sum += x[i] / n;
  return sum;
}

static void
show_losses (DifPlot *plot, const char *title, const char *caption, const double *losses, guint n,
             double best)
{
  const double       lowest = fmin (mean (losses, n - n / 8, n / 8), best);
  const double       x[] = { 0.0, n };
  const double       y[] = { 1.3 * lowest, -0.15 * lowest };
  const double       level[] = { 0.0, best, n, best };
  const guint        n_shown = n / SMOOTH;
  g_autofree double *curve = g_new (double, 2 * n_shown);

  for (guint i = 0; i < n_shown; i++)
    {
      curve[2 * i] = (i + 0.5) * SMOOTH;
      curve[2 * i + 1] = mean (losses, i * SMOOTH, SMOOTH);
    }
  dif_plot_panel (plot, title, caption, 240.0, x, y);
  dif_plot_curve (plot, 2, level, DIF_PLOT_GREEN, TRUE);
  dif_plot_curve (plot, n_shown, curve, DIF_PLOT_BLUE, FALSE);
}

static void
show (DifFindings *findings, const DifStudy *studies, double best)
{
  const double       range[] = { -1.5, 1.5 };
  const double       deviation = NOISE;
  g_autofree double *points = g_new (double, 2 * SHOWN);
  g_autofree char   *converged = g_strdup_printf (_ ("dashed: the true score's loss, %.1f"), best);

  draw (&deviation, 8, 0, SHOWN, points);
  findings->plot = dif_plot_new (_ ("Data on a curve has no score until there is noise"), 200.0);
  dif_plot_panel (findings->plot, _ ("data, with noise of 0.1"), _ ("a circle"), 200.0, range,
                  range);
  dif_plot_dots (findings->plot, SHOWN, points, DIF_PLOT_BLUE, 2.0);
  show_losses (findings->plot, _ ("sliced score matching without noise"),
               _ ("dashed: where it ends with noise"), studies[0].losses, studies[0].n_steps, best);
  show_losses (findings->plot, _ ("with noise"), converged, studies[1].losses, studies[1].n_steps,
               best);
}

static void
conclude (DifFindings *findings, const DifStudy *studies)
{
  const guint  n = studies[0].n_steps;
  const guint  part = n / 8;
  const double best = best_loss ();
  double       middle[2], end[2];

  for (guint i = 0; i < 2; i++)
    {
      middle[i] = mean (studies[i].losses, n / 2 - part / 2, part);
      end[i] = mean (studies[i].losses, n - part, part);
    }
  dif_findings_add (findings, 2.0, end[0] / best, G_MAXDOUBLE,
                    g_strdup (_ ("without noise: loss at the end, of the best with noise")));
  dif_findings_add (findings, 1.2, end[0] / middle[0], G_MAXDOUBLE,
                    g_strdup (_ ("without noise: loss at the end, of that halfway")));
  dif_findings_add (findings, 0.9, end[1] / best, 1.03,
                    g_strdup (_ ("with noise: loss at the end, of the best")));
  dif_findings_add (findings, 0.97, end[1] / middle[1], 1.1,
                    g_strdup (_ ("with noise: loss at the end, of that halfway")));
  show (findings, studies, best);
}

static void
run (DifContext *context, double effort, const DifImage *picture G_GNUC_UNUSED,
     DifFindings *findings)
{
  static const double deviations[] = { 0.0, NOISE };
  const guint         n_steps = (guint) (3200 * effort);
  g_autofree double  *losses = g_new0 (double, 2 * n_steps);
  DifStudy            studies[2];

  for (guint i = 0; i < 2; i++)
    {
      dif_study_init (&studies[i], "sliced-reduced", NULL);
      studies[i].draw = draw;
      studies[i].data = &deviations[i];
      studies[i].scale = 3.0;
      studies[i].n_steps = n_steps;
      studies[i].losses = losses + i * n_steps;
      studies[i].seed = 30;
    }
  if (dif_study_all (context, studies, 2))
    conclude (findings, studies);
  dif_study_clear (studies, 2);
}

const DifExperiment dif_experiment_manifold = {
  .id = "manifold",
  .label = N_ ("Data on a thin manifold needs noise before its score can be learned"),
  .citation = "Song & Ermon 2019, section 3.1 and figure 1",
  .run = run,
};
