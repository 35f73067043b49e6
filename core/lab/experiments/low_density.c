/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/lab/experiment.h"
#include "core/lab/heaps.h"
#include "core/lab/study.h"

#define SIDE  40
#define CELLS (SIDE * SIDE)
#define REACH 8.0
#define NOISE 4.0  /* reaches from one heap to the other */
#define DENSE 3.0  /* a cell's density is at least exp (-DENSE) of the highest */
#define EMPTY 12.0 /* at most exp (-EMPTY): it hardly ever holds a point */
#define SHOWN 600

/* Where there is data, and where there is none. */
static void
find_regions (const double *grid, gboolean *dense, gboolean *empty)
{
  const DifStep clean = { 0.0, 1.0, 0.0 };
  double        density[CELLS];
  double        highest = -INFINITY;

  for (guint i = 0; i < CELLS; i++)
    {
      density[i] = dif_mixture_look (&dif_heaps_song, &clean, grid + 2 * i, NULL, NULL);
      highest = fmax (highest, density[i]);
    }
  for (guint i = 0; i < CELLS; i++)
    {
      dense[i] = density[i] > highest - DENSE;
      empty[i] = density[i] < highest - EMPTY;
    }
}

/* The relative error of some cells. */
static double
error_in (const gboolean *chosen, const double *field, const double *exact)
{
  double error = 0.0, total = 0.0;

  for (guint i = 0; i < CELLS; i++)
    if (chosen[i])
      for (guint k = 2 * i; k < 2 * i + 2; k++)
        {
          error += pow (field[k] - exact[k], 2.0);
          total += exact[k] * exact[k];
        }
  return sqrt (error / total);
}

/* Errors of a study at one noise level; @map becomes what is shown. */
typedef struct
{
  double dense;
  double empty;
  double map[CELLS];
} Errors;

static void
measure (const DifStudy *study, const DifStep *step, const double *grid, Errors *errors)
{
  g_autofree double *field = g_new (double, 2 * CELLS);
  g_autofree double *exact = g_new (double, 2 * CELLS);
  gboolean           dense[CELLS], empty[CELLS];

  find_regions (grid, dense, empty);
  dif_study_score (study, step, CELLS, grid, field);
  for (guint i = 0; i < CELLS; i++)
    {
      dif_mixture_look (&dif_heaps_song, step, grid + 2 * i, exact + 2 * i, NULL);
      errors->map[i] = hypot (field[2 * i] - exact[2 * i], field[2 * i + 1] - exact[2 * i + 1]) /
                       (hypot (exact[2 * i], exact[2 * i + 1]) + 0.1);
    }
  errors->dense = error_in (dense, field, exact);
  errors->empty = error_in (empty, field, exact);
}

static void
show (DifFindings *findings, const double *points, const Errors *clean, const Errors *noised)
{
  const double     range[] = { -REACH, REACH };
  g_autofree char *without =
      g_strdup_printf (_ ("%.2f where data is, %.2f elsewhere"), clean->dense, clean->empty);
  g_autofree char *with =
      g_strdup_printf (_ ("%.2f where data is, %.2f elsewhere"), noised->dense, noised->empty);

  findings->plot =
      dif_plot_new (_ ("Where there is no data, a score needs noise to be learned"), 200.0);
  dif_plot_panel (findings->plot, _ ("data"), _ ("two heaps, 0.2 and 0.8 of it"), 200.0, range,
                  range);
  dif_plot_dots (findings->plot, SHOWN, points, DIF_PLOT_BLUE, 2.0);
  dif_plot_panel (findings->plot, _ ("relative error without noise"), without, 200.0, range, range);
  dif_plot_cells (findings->plot, SIDE, clean->map, DIF_PLOT_ORANGE);
  dif_plot_panel (findings->plot, _ ("relative error with noise of 4"), with, 200.0, range, range);
  dif_plot_cells (findings->plot, SIDE, noised->map, DIF_PLOT_ORANGE);
}

static void
run (DifContext *context, double effort, const DifImage *picture G_GNUC_UNUSED,
     DifFindings *findings)
{
  static const char *const objectives[] = { "sliced-reduced", "dsm" };
  const DifStep            clean = { 0.0, 1.0, 0.0 };
  const DifStep            noised = { 0.0, 1.0, NOISE };
  g_autofree double       *grid = dif_study_grid (SIDE, REACH);
  g_autofree double       *points = g_new (double, 2 * SHOWN);
  g_autofree Errors       *errors = g_new (Errors, 2);
  DifStudy                 studies[2];

  for (guint i = 0; i < 2; i++)
    {
      dif_study_init (&studies[i], objectives[i], &dif_heaps_song);
      studies[i].args.prediction = DIF_PREDICTION_SCORE;
      studies[i].args.sigma_min = NOISE;
      studies[i].scale = 0.3;
      studies[i].n_steps = (guint) (2400 * effort);
      studies[i].seed = 20 + i;
    }
  if (dif_study_all (context, studies, 2))
    {
      measure (&studies[0], &clean, grid, &errors[0]);
      measure (&studies[1], &noised, grid, &errors[1]);
      dif_findings_add (findings, 0.0, errors[0].dense, 0.25,
                        g_strdup (_ ("without noise: relative error where data is")));
      dif_findings_add (findings, 0.35, errors[0].empty, G_MAXDOUBLE,
                        g_strdup (_ ("without noise: relative error elsewhere")));
      dif_findings_add (findings, 0.0, errors[1].dense, 0.25,
                        g_strdup (_ ("with noise: relative error where data is")));
      dif_findings_add (findings, 0.0, errors[1].empty, 0.25,
                        g_strdup (_ ("with noise: relative error elsewhere")));
      dif_mixture_draw (&dif_heaps_song, 6, 0, SHOWN, points);
      show (findings, points, &errors[0], &errors[1]);
    }
  dif_study_clear (studies, 2);
}

const DifExperiment dif_experiment_low_density = {
  .id = "low-density",
  .label = N_ ("Where there is little data, scores are badly learned without noise, well with it"),
  .citation = "Song & Ermon 2019, section 3.2.1 and figure 2",
  .run = run,
};
