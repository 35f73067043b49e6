/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/lab/experiment.h"
#include "core/lab/heaps.h"
#include "core/lab/study.h"

#define N_STUDIES 5
#define N_CHECKED 2000
#define SIDE      13
#define REACH     2.5
#define NOISE     0.1 /* of denoising score matching: the density is hardly changed by it */

static const char *const ids[N_STUDIES] = { "explicit", "implicit", "sliced-reduced", "dsm",
                                            "fd-ssm" };

static const char *const names[N_STUDIES] = {
  N_ ("explicit"), N_ ("implicit"), N_ ("sliced"), N_ ("denoising"), N_ ("sliced, by differences"),
};

static void
prepare (DifStudy *studies, double effort)
{
  for (guint i = 0; i < N_STUDIES; i++)
    {
      dif_study_init (&studies[i], ids[i], &dif_heaps_three);
      studies[i].args.prediction = DIF_PREDICTION_SCORE;
      studies[i].args.weighting =
          dif_point_objective_find (ids[i]) ? DIF_WEIGHTING_NONE : DIF_WEIGHTING_SIGMA2;
      studies[i].args.sigma_min = NOISE;
      studies[i].n_points = 512;
      studies[i].n_steps = (guint) (2400 * effort);
      studies[i].seed = 10 + i;
    }
}

static void
draw_field (DifPlot *plot, const char *title, const char *caption, double *grid, double *field,
            DifPlotColor color)
{
  const double range[] = { -REACH, REACH };

  dif_plot_panel (plot, title, caption, 170.0, range, range);
  dif_study_arrows (SIDE * SIDE, field, 0.45, 2.0);
  dif_plot_arrows (plot, SIDE * SIDE, grid, field, color, 1.0);
}

static void
exact_field (const double *x, gsize n, double *score)
{
  const DifStep clean = { 0.0, 1.0, 0.0 };

  for (gsize p = 0; p < n; p++)
    dif_mixture_look (&dif_heaps_three, &clean, x + 2 * p, score + 2 * p, NULL);
}

static void
compare (DifFindings *findings, const DifStudy *study, const char *name, double *grid,
         const double *x, const double *exact)
{
  const DifStep      clean = { 0.0, 1.0, 0.0 };
  g_autofree double *field = g_new (double, 2 * N_CHECKED);
  g_autofree double *shown = g_new (double, 2 * SIDE * SIDE);
  g_autofree char   *caption = NULL;
  DifAgreement       agreement;

  dif_study_score (study, &clean, N_CHECKED, x, field);
  agreement = dif_agreement (N_CHECKED, field, exact);
  dif_findings_add (findings, 0.95, agreement.cosine, 1.0,
                    g_strdup_printf (_ ("cosine to the exact score: %s"), name));
  dif_findings_add (findings, 0.0, agreement.error, 0.25,
                    g_strdup_printf (_ ("relative error of the score: %s"), name));
  caption = g_strdup_printf (_ ("cosine %.3f, error %.2f"), agreement.cosine, agreement.error);
  dif_study_score (study, &clean, SIDE * SIDE, grid, shown);
  draw_field (findings->plot, name, caption, grid, shown, DIF_PLOT_BLUE);
}

static void
run (DifContext *context, double effort, const DifImage *picture G_GNUC_UNUSED,
     DifFindings *findings)
{
  g_autofree double *x = g_new (double, 2 * N_CHECKED);
  g_autofree double *exact = g_new (double, 2 * N_CHECKED);
  g_autofree double *grid = dif_study_grid (SIDE, REACH);
  g_autofree double *shown = g_new (double, 2 * SIDE * SIDE);
  DifStudy           studies[N_STUDIES];

  prepare (studies, effort);
  if (dif_study_all (context, studies, N_STUDIES))
    {
      dif_mixture_draw (&dif_heaps_three, 5, 0, N_CHECKED, x);
      exact_field (x, N_CHECKED, exact);
      exact_field (grid, SIDE * SIDE, shown);
      findings->plot = dif_plot_new (_ ("One score, learned by five objectives"), 170.0);
      draw_field (findings->plot, _ ("exact"), _ ("three normal heaps"), grid, shown,
                  DIF_PLOT_GREEN);
      for (guint i = 0; i < N_STUDIES; i++)
        compare (findings, &studies[i], _ (names[i]), grid, x, exact);
    }
  dif_study_clear (studies, N_STUDIES);
}

const DifExperiment dif_experiment_objectives = {
  .id = "objectives",
  .label = N_ ("Explicit, implicit, sliced and denoising score matching learn the same score"),
  .citation = "Hyvärinen 2005; Vincent 2011; Song et al. 2019 (sliced score matching); Pang et al. "
              "2020",
  .run = run,
};
