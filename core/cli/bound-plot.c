/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cli/bound-plot.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/lab/plot.h"

#define POINTS 60 /* at most, where timesteps were drawn */
#define WIDTH  320.0
#define HEIGHT 220.0
#define LEAST  1e-12 /* of what has a logarithm */

/* Points [n, 2] of a curve. */
typedef struct
{
  GArray *points;
  double  low, high;
} Curve;

static void
curve_init (Curve *curve)
{
  *curve = (Curve) { g_array_new (FALSE, FALSE, 2 * sizeof (double)), INFINITY, -INFINITY };
}

static void
curve_add (Curve *curve, double x, double y)
{
  const double point[2] = { x, y };

  g_array_append_vals (curve->points, point, 1);
  curve->low = fmin (curve->low, y);
  curve->high = fmax (curve->high, y);
}

/* On how many crops a point of a curve must stand. */
static guint64
enough (const DifBoundFigures *f)
{
  gboolean all = TRUE;
  guint64  drawn = 0;

  for (guint t = 1; t < f->n_levels; t++)
    {
      all = all && f->counts[t] == f->n_crops;
      drawn += f->counts[t];
    }
  return all ? 1 : MAX (drawn / POINTS, 1);
}

/* L_{t-1} for t = 2 and on; of several timesteps means of the logarithms. */
static void
fill_terms (const DifBoundFigures *f, Curve *curve)
{
  const guint64 least = enough (f);
  guint64       drawn = 0;
  double        x = 0.0, y = 0.0;

  for (guint t = 1; t < f->n_levels; t++)
    {
      if (f->counts[t] == 0)
        continue;
      drawn += f->counts[t];
      x += f->counts[t] * log10 (t + 1.0);
      y += f->counts[t] * log10 (fmax (f->terms[t].mean, LEAST));
      if (drawn < least)
        continue;
      curve_add (curve, x / (double) drawn, y / (double) drawn);
      drawn = 0;
      x = y = 0.0;
    }
}

static void
fill_sums (const DifBoundFigures *f, Curve *curve)
{
  double sum = 0.0;

  for (guint t = 0; t < f->n_levels; t++)
    {
      sum += f->shares[t];
      curve_add (curve, log10 (t + 1.0), sum);
    }
}

static void
draw (DifPlot *plot, const DifBoundFigures *f, Curve *curve, const char *title, const char *caption,
      DifPlotColor color)
{
  const double margin = fmax (0.05 * (curve->high - curve->low), 0.01);
  const double x[2] = { 0.0, fmax (log10 (f->n_levels), 0.1) };
  const double y[2] = { curve->low - margin, curve->high + margin };

  if (curve->points->len > 0)
    {
      dif_plot_panel (plot, title, caption, WIDTH, x, y);
      dif_plot_curve (plot, curve->points->len,
                      (const double *) (gconstpointer) curve->points->data, color, FALSE);
    }
  g_array_unref (curve->points);
}

char *
cli_bound_plot (const DifBoundFigures *figures)
{
  g_autoptr (DifPlot) plot = dif_plot_new (_ ("Variational bound, in bits per dimension"), HEIGHT);
  Curve               terms, sums;

  curve_init (&terms);
  curve_init (&sums);
  fill_terms (figures, &terms);
  fill_sums (figures, &sums);
  draw (plot, figures, &terms, "log₁₀ L_{t−1}", "log₁₀ t", DIF_PLOT_BLUE);
  draw (plot, figures, &sums, "L_0 + … + L_{t−1}", "log₁₀ t", DIF_PLOT_ORANGE);
  return dif_plot_to_svg (plot);
}
