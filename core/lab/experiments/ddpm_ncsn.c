/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/rng.h"
#include "core/diffusion/process.h"
#include "core/lab/experiment.h"
#include "core/lab/heaps.h"
#include "core/lab/study.h"

#define N_TRAIN   1000
#define N_CHECKED 1000
#define SIDE      10
#define N_LEVELS  3

static const guint timesteps[N_LEVELS] = { 120, 300, 550 };

/* Ho et al.'s schedule. */
static DifProcess *
process_new (void)
{
  const DifSchedule *linear = dif_schedule_find ("linear");
  DifProcess        *process = g_new0 (DifProcess, 1);
  double             product = 1.0;

  process->kind = dif_process_kind_find ("discrete");
  process->n_train_steps = process->usable = N_TRAIN;
  process->prediction = DIF_PREDICTION_EPSILON;
  process->alphas_cumprod = g_new (double, N_TRAIN);
  linear->fill (N_TRAIN, 1e-4, 0.02, process->alphas_cumprod);
  for (guint t = 0; t < N_TRAIN; t++)
    process->alphas_cumprod[t] = product *= 1.0 - process->alphas_cumprod[t];
  return process;
}

static void
prepare (DifStudy *studies, const DifProcess *process, double effort)
{
  const DifStep top = dif_process_step (process, 650.0);
  const DifStep bottom = dif_process_step (process, 60.0);

  dif_study_init (&studies[0], "simple", &dif_heaps_three);
  dif_objective_args_init (&studies[0].args, process);
  dif_study_init (&studies[1], "ncsn", &dif_heaps_three);
  studies[1].args.prediction = DIF_PREDICTION_SCORE;
  studies[1].args.sigma_max = top.sigma / top.alpha;
  studies[1].args.sigma_min = bottom.sigma / bottom.alpha;
  studies[1].args.n_levels = 40;
  for (guint i = 0; i < 2; i++)
    {
      studies[i].levels = TRUE;
      studies[i].n_hidden = 48;
      studies[i].rate = 2e-2;
      studies[i].n_points = 256;
      studies[i].n_steps = (guint) (8000 * effort);
      studies[i].seed = 40 + i;
    }
}

/* Scores at a level of DDPM's: its own, NCSN's, and the exact one.  With z = x / alpha, which is
 * NCSN's x, the density of x is that of z up to a factor, and so the score of x is that of z by
 * alpha. */
static void
three_scores (const DifStudy *studies, const DifStep *step, gsize n, const double *x, double *ddpm,
              double *ncsn, double *exact)
{
  const DifStep      exploding = { 0.0, 1.0, step->sigma / step->alpha };
  g_autofree double *z = g_new (double, 2 * n);

  for (gsize i = 0; i < 2 * n; i++)
    z[i] = x[i] / step->alpha;
  dif_study_score (&studies[0], step, n, x, ddpm);
  dif_study_score (&studies[1], &exploding, n, z, ncsn);
  for (gsize i = 0; i < 2 * n; i++)
    ncsn[i] /= step->alpha;
  for (gsize p = 0; p < n; p++)
    dif_mixture_look (&dif_heaps_three, step, x + 2 * p, exact + 2 * p, NULL);
}

static void
noised (const DifStep *step, guint level, double *x)
{
  g_autofree float *normal = g_new (float, 2 * N_CHECKED);

  dif_mixture_draw (&dif_heaps_three, 9, 4 * level, N_CHECKED, x);
  dif_rng_normal (9, 4 * level + 2, 0, normal, 2 * N_CHECKED);
  for (gsize i = 0; i < 2 * N_CHECKED; i++)
    x[i] = step->alpha * x[i] + step->sigma * normal[i];
}

static void
show (DifPlot *plot, const DifStudy *studies, const DifStep *step, const char *caption)
{
  const double       range[] = { -2.5, 2.5 };
  const gsize        n = SIDE * SIDE;
  g_autofree double *grid = dif_study_grid (SIDE, 2.5);
  g_autofree double *room = g_new (double, 6 * n);
  double            *ddpm = room, *ncsn = room + 2 * n;
  g_autofree char   *title =
      g_strdup_printf (_ ("t = %.0f of 1000, σ/α = %.2f"), step->t, step->sigma / step->alpha);

  three_scores (studies, step, n, grid, ddpm, ncsn, room + 4 * n);
  dif_study_arrows (n, ddpm, 0.5, 2.0);
  dif_study_arrows (n, ncsn, 0.5, 2.0);
  dif_plot_panel (plot, title, caption, 200.0, range, range);
  dif_plot_arrows (plot, n, grid, ncsn, DIF_PLOT_ORANGE, 2.5);
  dif_plot_arrows (plot, n, grid, ddpm, DIF_PLOT_BLUE, 1.0);
}

static void
compare (DifFindings *findings, const DifStudy *studies, const DifStep *step, guint level)
{
  const gsize        n = N_CHECKED;
  g_autofree double *x = g_new (double, 2 * n);
  g_autofree double *room = g_new (double, 6 * n);
  double            *ddpm = room, *ncsn = room + 2 * n, *exact = room + 4 * n;
  g_autofree char   *caption = NULL;
  DifAgreement       between, of_ddpm, of_ncsn;

  noised (step, level, x);
  three_scores (studies, step, n, x, ddpm, ncsn, exact);
  between = dif_agreement (n, ddpm, ncsn);
  of_ddpm = dif_agreement (n, ddpm, exact);
  of_ncsn = dif_agreement (n, ncsn, exact);
  dif_findings_add (findings, 0.95, between.cosine, 1.0,
                    g_strdup_printf (_ ("t = %.0f: cosine between DDPM and NCSN"), step->t));
  dif_findings_add (findings, 0.0, between.error, 0.2,
                    g_strdup_printf (_ ("t = %.0f: difference of DDPM and NCSN"), step->t));
  dif_findings_add (findings, 0.0, of_ddpm.error, 0.25,
                    g_strdup_printf (_ ("t = %.0f: error of DDPM"), step->t));
  dif_findings_add (findings, 0.0, of_ncsn.error, 0.25,
                    g_strdup_printf (_ ("t = %.0f: error of NCSN"), step->t));
  caption = g_strdup_printf (_ ("cosine %.3f, difference %.2f"), between.cosine, between.error);
  show (findings->plot, studies, step, caption);
}

static void
run (DifContext *context, double effort, const DifImage *picture G_GNUC_UNUSED,
     DifFindings *findings)
{
  g_autoptr (DifProcess) process = process_new ();
  DifStudy               studies[2];

  prepare (studies, process, effort);
  if (dif_study_all (context, studies, 2))
    {
      findings->plot =
          dif_plot_new (_ ("NCSN's score (wide) and DDPM's −ε/√(1 − ᾱ) (thin)"), 200.0);
      for (guint i = 0; i < N_LEVELS; i++)
        {
          const DifStep step = dif_process_step (process, timesteps[i]);

          compare (findings, studies, &step, i);
        }
    }
  dif_study_clear (studies, 2);
}

const DifExperiment dif_experiment_ddpm_ncsn = {
  .id = "ddpm-ncsn",
  .label = N_ ("DDPM and NCSN learn one score, which is −ε/√(1 − ᾱ)"),
  .citation = "Ho et al. 2020, section 3.2; Song et al. 2021 (score SDE), appendix B and C",
  .run = run,
};
