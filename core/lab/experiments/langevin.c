/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <glib/gi18n-lib.h>

#include "core/base/rng.h"
#include "core/diffusion/sampler.h"
#include "core/lab/experiment.h"
#include "core/lab/heaps.h"

#define N_LEVELS 15
#define TOP      20.0
#define BOTTOM   0.3
#define REACH    9.0
#define ANYWHERE 8.0
#define SIDE     64 /* 4096 points: the standard error of a share is 0.6 % */
#define SHOWN    1024

typedef struct
{
  const char *title;
  double     *points; /* [side², 2] */
  gsize       n;
  double      share;
} Cloud;

/* Points anywhere in [-8, 8]². */
static DifTensor *
anywhere (DifContext *context, gsize side)
{
  DifTensor         *x = dif_context_nhwc (context, 1, side, side, 2);
  g_autofree double *even = x ? g_new (double, x->size) : NULL;

  if (! x)
    return NULL;
  dif_rng_uniform (33, 0, 0, even, x->size);
  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) (ANYWHERE * (2.0 * even[i] - 1.0));
  return x;
}

/* Langevin steps at levels from the highest down, or as many of them at the last level alone. */
static DifTensor *
sample (DifContext *context, const char *sampler, gsize side)
{
  g_autoptr (DifDenoiser) denoiser = dif_mixture_denoiser_new (&dif_heaps_song);
  const DifSampler       *row = dif_sampler_find (sampler);
  DifTensor              *start = anywhere (context, side);
  DifStep                 steps[N_LEVELS + 1];
  DifSeededNoise          noise;
  DifSampling             sampling;

  if (! start)
    return NULL;
  for (guint i = 0; i < N_LEVELS; i++)
    {
      const double sigma = TOP * pow (BOTTOM / TOP, i / (N_LEVELS - 1.0));

      steps[i] = (DifStep) { sigma, 1.0, sigma };
    }
  steps[N_LEVELS] = (DifStep) { 0.0, 1.0, 0.0 };
  dif_seeded_noise_init (&noise, 34);
  dif_sampling_init (&sampling, row, steps, N_LEVELS, denoiser, &noise.parent);
  sampling.inner_steps = 100;
  sampling.langevin_step = 0.1;
  return row->run (&sampling, context, start);
}

static void
show (DifPlot *plot, const char *title, const DifTensor *points, DifPlotColor color)
{
  const gsize         n = MIN (SHOWN, points->size / 2);
  const double        range[] = { -REACH, REACH };
  const DifHeapsFacts facts = dif_heaps_facts (points);
  g_autofree double  *shown = g_new (double, 2 * n);
  g_autofree char    *caption =
      g_strdup_printf (_ ("lower left %.2f, upper right %.2f"), 1.0 - facts.share, facts.share);

  for (gsize i = 0; i < 2 * n; i++)
    shown[i] = points->data[i];
  dif_plot_panel (plot, title, caption, 200.0, range, range);
  dif_plot_dots (plot, n, shown, color, 2.0);
}

static DifTensor *
exact (DifContext *context, gsize side)
{
  DifTensor         *x = dif_context_nhwc (context, 1, side, side, 2);
  g_autofree double *points = x ? g_new (double, x->size) : NULL;

  if (! x)
    return NULL;
  dif_mixture_draw (&dif_heaps_song, 31, 0, side * side, points);
  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) points[i];
  return x;
}

static void
run (DifContext *context, double effort, const DifImage *picture G_GNUC_UNUSED,
     DifFindings *findings)
{
  const gsize           side = (gsize) (SIDE * sqrt (effort));
  const double          spread = 3.0 * 0.4 / (double) side; /* of a share, three times */
  g_autoptr (DifTensor) drawn = exact (context, side);
  g_autoptr (DifTensor) plain = sample (context, "langevin", side);
  g_autoptr (DifTensor) annealed = sample (context, "annealed-langevin", side);
  DifHeapsFacts         facts;

  if (! drawn || ! plain || ! annealed)
    return;
  facts = dif_heaps_facts (plain);
  dif_findings_add (findings, 0.4, facts.share, 0.7,
                    g_strdup (_ ("plain Langevin: share of the heap of 0.8")));
  dif_findings_add (findings, 0.9, facts.deviation, 1.1,
                    g_strdup (_ ("plain Langevin: deviation within a heap")));
  facts = dif_heaps_facts (annealed);
  dif_findings_add (findings, 0.79 - spread, facts.share, 0.81 + spread,
                    g_strdup (_ ("annealed Langevin: share of the heap of 0.8")));
  dif_findings_add (findings, 0.9, facts.deviation, 1.1,
                    g_strdup (_ ("annealed Langevin: deviation within a heap")));
  findings->plot = dif_plot_new (_ ("Samples of two heaps of 0.2 and 0.8, by their score"), 200.0);
  show (findings->plot, _ ("exact samples"), drawn, DIF_PLOT_BLUE);
  show (findings->plot, _ ("plain Langevin"), plain, DIF_PLOT_ORANGE);
  show (findings->plot, _ ("annealed Langevin"), annealed, DIF_PLOT_GREEN);
}

const DifExperiment dif_experiment_langevin = {
  .id = "langevin",
  .label = N_ ("Langevin dynamics finds how large heaps are only if noise levels are annealed"),
  .citation = "Song & Ermon 2019, section 3.2.2 and figure 3",
  .run = run,
};
