/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a run starts from.  A network whose outputs are all 0 predicts no noise at all: x0 is
 * x / alpha at every step, so Euler's steps end at the start's x / alpha, which gives it away. */

#include <math.h>

#include "core/base/rng.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"
#include "tests/core/support/small-run.h"

#define SIDE      16 /* the network's own: nothing is padded */
#define N         (3 * SIDE * SIDE)
#define SCHEDULER "{'beta_schedule': 'linear', 'clip_sample': false}"

static SmallRun small;
static double   alpha, sigma; /* at noise level LEVEL */

#define LEVEL 0.2 /* t = 199 of 1000 */

static void
set_up (void)
{
  g_autoptr (DifProcess) process = test_process (SCHEDULER, NULL);
  TinyUNet               net = tiny_unet;

  net.spread = 0.0;
  small_run_init (&small, test_checkpoint_new (&net, SCHEDULER, NULL), DIF_TASK_NOISE, SIDE, SIDE);
  for (guint i = 0; i < N; i++)
    small.pixels[i] = 0.4f + 0.2f * i / N;
  alpha = sqrt (process->alphas_cumprod[199]);
  sigma = sqrt (1.0 - process->alphas_cumprod[199]);
}

static DifResult *
run (DifTask task, guint steps, double noise_level)
{
  DifRequest r = small_run_request (&small, task);

  r.sampler = "euler";
  r.steps = steps;
  r.noise_level = noise_level;
  r.seed = 5;
  r.mask = NULL;
  return small_run (&r);
}

/* x_t of the closed form, from the run's first draw */
static void
expected_start (double *x)
{
  float eps[N];

  dif_rng_normal (5, 0, 0, eps, N);
  for (guint i = 0; i < N; i++)
    x[i] = alpha * (2.0 * small.pixels[i] - 1.0) + sigma * eps[i];
}

static void
test_noise (void)
{
  g_autoptr (DifResult) image = run (DIF_TASK_NOISE, 20, LEVEL);
  double                x[N];

  expected_start (x);
  for (guint i = 0; image && i < N; i++)
    g_assert_cmpfloat_with_epsilon (image->pixels[i], CLAMP (0.5 + 0.5 * x[i], 0.0, 1.0), 1e-6);
}

/* The picture "noise" shows is what "reimagine" starts from, at any number of steps. */
static void
test_reimagine (void)
{
  static const guint steps[] = { 1, 2, 5, 20, 50, 1000 };
  double             x[N];

  expected_start (x);
  for (guint k = 0; k < G_N_ELEMENTS (steps); k++)
    {
      g_autoptr (DifResult) image = run (DIF_TASK_REIMAGINE, steps[k], LEVEL);

      for (guint i = 0; image && i < N; i++)
        g_assert_cmpfloat_with_epsilon (image->pixels[i],
                                        CLAMP (0.5 + 0.5 * x[i] / alpha, 0.0, 1.0), 5e-5);
    }
}

/* The noise task does not look at steps either. */
static void
test_noise_steps (void)
{
  g_autoptr (DifResult) few = run (DIF_TASK_NOISE, 1, 0.7);
  g_autoptr (DifResult) many = run (DIF_TASK_NOISE, 1000, 0.7);

  g_assert_true (small_run_same (few, many));
}

/* A small noise level changes the picture little, and more noise changes it more. */
static void
test_monotonic (void)
{
  double last = 0.0;

  for (double level = 0.01; level <= 1.0; level *= 2.0)
    {
      g_autoptr (DifResult) image = run (DIF_TASK_NOISE, 1, level);
      double                sum = 0.0;

      for (guint i = 0; image && i < N; i++)
        sum += fabs (image->pixels[i] - small.pixels[i]);
      g_assert_cmpfloat (sum, >, last);
      if (level == 0.01)
        g_assert_cmpfloat (sum / N, <, 0.03);
      last = sum;
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  set_up ();
  g_test_add_func ("/run-levels/noise", test_noise);
  g_test_add_func ("/run-levels/reimagine", test_reimagine);
  g_test_add_func ("/run-levels/noise-steps", test_noise_steps);
  g_test_add_func ("/run-levels/monotonic", test_monotonic);
  result = g_test_run ();
  small_run_clear (&small);
  return result;
}
