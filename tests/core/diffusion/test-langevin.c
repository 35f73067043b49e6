/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How the steps of samplers that go down a ladder of noise levels are chosen: closed forms, the
 * papers' own figures, and what comes of it on one picture, where all is known. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/diffusion/langevin.h"
#include "core/diffusion/plan.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

/* Song & Ermon 2020, table 4, CIFAR-10: 232 levels from 50 down to 0.01, five steps at each. */
#define CIFAR_LEVELS 232
#define CIFAR_RATIO  pow (50.0 / 0.01, 1.0 / (CIFAR_LEVELS - 1))
#define SIGMA_L      0.01

/* Step by step: what proposition 3 sums up. */
static void
test_stay (void)
{
  for (double r = 0.02; r < 1.0; r += 0.07)
    for (guint inner_steps = 1; inner_steps < 9; inner_steps += 3)
      {
        double v = 1.7;

        for (guint i = 0; i < inner_steps; i++)
          v = (1.0 - r) * (1.0 - r) * v + 2.0 * r;
        g_assert_cmpfloat_with_epsilon (dif_langevin_stay (r, inner_steps, 1.7), v, 1e-12);
      }
}

/* Down a ladder of one ratio, from any beginning. */
static void
test_seen (void)
{
  for (double r = 0.1; r < 0.9; r += 0.2)
    for (guint inner_steps = 1; inner_steps < 9; inner_steps += 3)
      {
        double v = 3.0;

        for (guint level = 0; level < 400; level++)
          v = 1.05 * 1.05 * dif_langevin_stay (r, inner_steps, v);
        g_assert_cmpfloat_with_epsilon (dif_langevin_seen (r, inner_steps, 1.05), v, 1e-9);
      }
  g_assert_true (isinf (dif_langevin_seen (0.04, 1, 1.05))); /* falls faster than it follows */
}

static void
test_papers (void)
{
  const double once = dif_langevin_choose_once (CIFAR_RATIO, 5) * SIGMA_L * SIGMA_L;

  g_test_message ("epsilon %.3g", once);
  g_assert_cmpfloat_with_epsilon (once, 6.2e-6, 0.05e-6);
  /* their figure 3's ordinate is this minus 1, at its lowest */
  g_assert_cmpfloat_with_epsilon (
      dif_langevin_stay (once / (SIGMA_L * SIGMA_L), 5, CIFAR_RATIO * CIFAR_RATIO), 1.0555, 1e-4);
}

/* No other r does better, and with one step at each level the two closed forms hold. */
static void
test_choose (void)
{
  static const double ratios[] = { 1.005, 1.02, 1.1, 1.5 };

  for (guint i = 0; i < G_N_ELEMENTS (ratios); i++)
    for (guint inner_steps = 1; inner_steps < 6; inner_steps++)
      {
        const double r = dif_langevin_choose (ratios[i], inner_steps);
        const double least = dif_langevin_seen (r, inner_steps, ratios[i]);

        for (double other = 0.001; other < 1.0; other += 0.001)
          g_assert_cmpfloat (dif_langevin_seen (other, inner_steps, ratios[i]), >=,
                             least * (1.0 - 1e-9));
        if (inner_steps == 1)
          g_assert_cmpfloat_with_epsilon (least, 1.0 / (1.0 - r), 1e-9);
      }
}

/* Of as many evaluations in all, one at each level shows the network the least noise too much. */
static void
test_levels (void)
{
  for (guint n = 60; n <= 1000; n *= 2)
    {
      double least = 0.0;

      for (guint inner_steps = 1; inner_steps < 9; inner_steps++)
        {
          const double ratio = pow (30.0 / 0.006, 1.0 / (n / inner_steps - 1));
          const double seen =
              dif_langevin_seen (dif_langevin_choose (ratio, inner_steps), inner_steps, ratio);

          if (inner_steps == 1)
            least = seen;
          g_assert_cmpfloat (seen, >=, least);
        }
    }
}

/* ---- on one picture ------------------------------------------------------ */

#define N_LEVELS 100

static const Ideal one_picture = { .mean = 0.3, .deviation = 1e-6 };

typedef struct
{
  const DifStep *steps;
  IdealFrame     frame;
  double         least; /* deviation of x around the picture, in units of sigma */
  double         most;
} Widths;

static gboolean
measure (guint step, const DifTensor *x, const DifTensor *x0 G_GNUC_UNUSED, gpointer data)
{
  Widths        *w = data;
  const DifStep *at = &w->steps[step];
  double         squares = 0.0;

  if (step < N_LEVELS / 2 || step >= N_LEVELS)
    return TRUE;
  for (gsize i = 0; i < x->size; i++)
    squares += pow (x->data[i] - at->alpha * one_picture.mean, 2.0);
  w->least = fmin (w->least, sqrt (squares / x->size) / at->sigma);
  w->most = fmax (w->most, sqrt (squares / x->size) / at->sigma);
  return TRUE;
}

static Widths
widths_of (const char *id, IdealFrame frame)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autofree DifStep     *steps = ideal_steps (frame, -3.4, 5.1, N_LEVELS);
  g_autoptr (DifDenoiser) denoiser = ideal_denoiser_new (&one_picture);
  g_autoptr (DifTensor)   end = NULL;
  DifTensor              *x = test_random (context, 3, 1, 64, 64, 3);
  Widths                  widths = { steps, frame, 1e9, 0.0 };
  DifSeededNoise          noise;
  DifSampling             sampling;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = (float) (steps[0].alpha * one_picture.mean + steps[0].sigma * x->data[i]);
  dif_seeded_noise_init (&noise, 4);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, dif_sampler_find (id), steps, N_LEVELS, denoiser, &noise.parent);
  sampling.after_step = measure;
  sampling.data = &widths;
  end = sampling.n > 0 ? dif_sampler_find (id)->run (&sampling, context, x) : NULL;
  g_assert_nonnull (end);
  g_test_message ("%s, %s: %.4f to %.4f", id, ideal_frame_name (frame), widths.least, widths.most);
  return widths;
}

/* 12288 numbers: one standard error of a deviation is 0.64 per cent. */
static void
test_widths (void)
{
  const double ratio = exp (8.5 / N_LEVELS);
  const double seen = dif_langevin_seen (dif_langevin_choose (ratio, 1), 1, ratio);

  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      const Widths annealed = widths_of ("annealed-langevin", frame);
      const Widths consistent = widths_of ("consistent-annealed", frame);

      g_assert_cmpfloat (consistent.least, >, 0.97);
      g_assert_cmpfloat (consistent.most, <, 1.03);
      g_assert_cmpfloat_with_epsilon (0.5 * (annealed.least + annealed.most), sqrt (seen), 0.02);
    }
}

/* ---- what rows say of themselves ----------------------------------------- */

/* "(400 steps or more)" of 400, and of nothing where nothing is said. */
static guint
least_in (const char *label)
{
  const char *words = strstr (label, " steps or more)");
  const char *number = words;

  while (number && number > label && g_ascii_isdigit (number[-1]))
    number--;
  return number ? (guint) strtoul (number, NULL, 10) : 0;
}

static void
test_labels (void)
{
  guint                    n, several = 0;
  const DifSampler *const *rows = dif_samplers (&n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (least_in (rows[i]->label), ==, rows[i]->least_evals);
      g_assert_cmpuint (dif_sampler_evaluations (rows[i], 8), ==, MAX (8, rows[i]->least_evals));
      g_assert_cmpuint (dif_sampler_evaluations (rows[i], 1000), ==, 1000);
      g_assert_cmpuint (dif_sampler_levels (rows[i], 1, 1000), >=, 1);
      several += rows[i]->least_evals > 0;
      if (rows[i]->stays)
        g_assert_cmpuint (dif_sampler_levels (rows[i], 900, 3), ==, 300);
    }
  g_assert_cmpuint (several, >, 0);
}

/* Networks of one level, of several, and distilled ones: each has a sampler, which fits. */
static void
test_fits (void)
{
  static const struct
  {
    const char *scheduler;
    const char *own;
    gboolean    plain, lcm, ddim;
  } kinds[] = {
    { "{'_class_name': 'DDPMScheduler'}", "dpmpp-2m", FALSE, FALSE, TRUE },
    { "{'_class_name': 'LCMScheduler'}", "dpmpp-2m", FALSE, TRUE, TRUE },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "dpmpp-2m-sde", FALSE, FALSE, TRUE },
    { "{'_class_name': 'DDPMScheduler', 'trained_betas': [0.1]}", "langevin", TRUE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (DifProcess) process = test_process (kinds[i].scheduler, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (dif_sampler_for (process)->id, ==, kinds[i].own);
      g_assert_true (dif_sampler_fits (dif_sampler_for (process), process));
      g_assert_true (dif_sampler_fits (dif_sampler_find ("langevin"), process) == kinds[i].plain);
      g_assert_true (dif_sampler_fits (dif_sampler_find ("lcm"), process) == kinds[i].lcm);
      g_assert_true (dif_sampler_fits (dif_sampler_find ("ddim"), process) == kinds[i].ddim);
    }
}

/* Where there is but one level all steps are made there. */
static void
test_one_level (void)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (DifProcess) process =
      test_process ("{'_class_name': 'DDPMScheduler', 'trained_betas': [0.1]}", &error);
  g_autoptr (DifPlan) plan = NULL;

  g_assert_no_error (error);
  plan = dif_plan_new (process, dif_sampler_find ("langevin"), dif_spacing_find ("trailing"), 400);
  g_assert_cmpuint (plan->n, ==, 400);
  for (guint i = 0; i < plan->n; i++)
    {
      g_assert_cmpfloat_with_epsilon (plan->steps[i].sigma, sqrt (0.1), 1e-9);
      g_assert_cmpfloat (plan->steps[i].t, ==, 0.0);
    }
}

/* ---- RePaint ------------------------------------------------------------- */

typedef struct
{
  DifDenoiser  parent;
  DifDenoiser *inner;
  guint        n;
} Counter;

static void
count (DifDenoiser *self, DifContext *context, DifTensor *x, const DifStep *step,
       DifPrediction *out)
{
  Counter *counter = (Counter *) self;

  counter->n++;
  dif_denoise (counter->inner, context, x, step, out);
}

static guint
evaluations_of_repaint (guint asked, guint *n_levels)
{
  const DifSampler       *row = dif_sampler_find ("repaint");
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autofree DifStep     *steps = NULL;
  g_autoptr (DifDenoiser) inner = ideal_denoiser_new (&one_picture);
  g_autoptr (DifTensor)   end = NULL;
  Counter                 counter = { { count, NULL }, inner, 0 };
  DifSeededNoise          noise;
  DifSampling             sampling;

  *n_levels = dif_sampler_levels (row, asked, 0);
  steps = ideal_steps (IDEAL_VP, -3.0, 3.0, *n_levels);
  dif_seeded_noise_init (&noise, 4);
  dif_sampling_init (&sampling, row, steps, *n_levels, &counter.parent, &noise.parent);
  sampling.evaluations = dif_sampler_evaluations (row, asked);
  end = row->run (&sampling, context, test_random (context, 3, 1, 2, 2, 1));
  g_assert_nonnull (end);
  return counter.n;
}

/* The paper's 250 levels, walked 10 times in jumps of 10; with fewer evaluations both are fewer,
 * and no more are made than asked for, or than the row takes at least. */
static void
test_repaint (void)
{
  static const guint asked[] = { 1, 2, 8, 20, 60, 250, 1000, 2410 };
  double             resampled = 0.0;
  guint              n_levels;

  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      const guint made = evaluations_of_repaint (asked[i], &n_levels);

      g_test_message ("%u: %u levels, %u evaluations", asked[i], n_levels, made);
      g_assert_cmpuint (made, <=, MAX (asked[i], 20));
      g_assert_cmpfloat ((double) made / n_levels, >=, resampled);
      resampled = (double) made / n_levels;
      g_assert_cmpuint (n_levels, >=, 20);
    }
  g_assert_cmpuint (n_levels, ==, 241);
  g_assert_cmpfloat (resampled, >, 9.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/langevin/stay", test_stay);
  g_test_add_func ("/langevin/seen", test_seen);
  g_test_add_func ("/langevin/papers", test_papers);
  g_test_add_func ("/langevin/choose", test_choose);
  g_test_add_func ("/langevin/levels", test_levels);
  g_test_add_func ("/langevin/widths", test_widths);
  g_test_add_func ("/langevin/labels", test_labels);
  g_test_add_func ("/langevin/fits", test_fits);
  g_test_add_func ("/langevin/one-level", test_one_level);
  g_test_add_func ("/langevin/repaint", test_repaint);
  return g_test_run ();
}
