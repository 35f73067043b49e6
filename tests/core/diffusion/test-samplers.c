/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What each row of dif_samplers() promises, measured on data whose answers are known in
 * closed form; a new row is tested without being named here. */

#include <math.h>

#include "core/diffusion/sampler.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define N_COARSE 30

static const Ideal ideal = { .mean = 0.4, .deviation = 0.5 };

typedef struct
{
  const DifSampler *row;
  IdealFrame        frame;
  double            eta;
  double            churn;
} Case;

static DifTensor *
run (const Case *c, DifContext *context, const DifStep *steps, guint n, guint inner_steps,
     DifTensor *x)
{
  g_autoptr (DifDenoiser) denoiser =
      c->row->distilled ? ideal_distilled_new (&ideal) : ideal_denoiser_new (&ideal);
  DifSeededNoise noise;
  DifSampling    sampling;

  dif_seeded_noise_init (&noise, 5);
  noise.parent.next = 1;
  dif_sampling_init (&sampling, c->row, steps, n, denoiser, &noise.parent);
  sampling.eta = c->eta;
  sampling.churn.amount = c->churn;
  sampling.inner_steps = inner_steps;
  sampling.langevin_step = c->row->stays ? 0.1 : 0.0;
  return c->row->run (&sampling, context, dif_tensor_ref (x));
}

/* From 0 to 1, slowly at first, so that the lower orders with which multistep methods begin do not
 * show.  Steps of one ratio would also round their factors all in the same direction. */
static double
uneven (double u)
{
  return u * u * (2.0 - u);
}

/* Distance from the exact flow after n steps.  Between these levels the errors of different steps
 * do not cancel, which would hide the order.  All is linear, so the error is a multiple of the
 * exact end's distance from its mean: which one, without what rounding adds to each number. */
static double
flow_error (const Case *c, guint n)
{
  const double           first = -3.0, last = 0.0;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autofree DifStep    *steps = g_new (DifStep, n + 1);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 16, 16, 4);
  g_autoptr (DifTensor)  y = NULL;
  double                 product = 0.0;
  double                 square = 0.0;

  for (guint i = 0; i <= n; i++)
    steps[i] = ideal_step (c->frame, first + (last - first) * uneven ((double) i / n));
  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= (float) hypot (steps[0].alpha * ideal.deviation, steps[0].sigma);
  y = run (c, context, steps, n, 1, x);
  g_assert_nonnull (y);
  for (gsize i = 0; y && i < y->size; i++)
    {
      double end = ideal_flow (&ideal, &steps[0], &steps[n], x->data[i]);
      double away = end - steps[n].alpha * ideal.mean;

      product += (y->data[i] - end) * away;
      square += away * away;
    }
  return fabs (product / square);
}

static void
test_order (gconstpointer data)
{
  const Case *c = data;
  double      error[3];

  for (guint i = 0; i < 3; i++)
    error[i] = flow_error (c, N_COARSE << i);
  for (guint i = 0; i < 2; i++)
    {
      double order = log2 (error[i] / error[i + 1]);

      g_test_message ("order %.3f from %u steps to %u, error %.3g", order, N_COARSE << i,
                      N_COARSE << (i + 1), error[i + 1]);
      /* high orders show slowly, and soon vanish behind rounding */
      if (i == 0 || error[i + 1] > 2e-6)
        g_assert_cmpfloat (fabs (order - c->row->order), <=, MAX (0.25, c->row->order / 8.0));
    }
}

typedef struct
{
  double mean;
  double deviation;
} Moments;

static Moments
moments_of (const DifTensor *y)
{
  double sum = 0.0;
  double squares = 0.0;
  double mean;

  for (gsize i = 0; i < y->size; i++)
    {
      sum += y->data[i];
      squares += (double) y->data[i] * y->data[i];
    }
  mean = sum / y->size;
  return (Moments) { mean, sqrt (squares / y->size - mean * mean) };
}

/* From pure noise to the clean picture; rows that stay at one level get a narrow range of levels,
 * as wide as the data is, and end at the lowest. */
static DifStep *
distribution_steps (const Case *c, guint n)
{
  const double own = -log (ideal.deviation); /* the level of the data's own width */
  DifStep     *steps;

  if (c->row->one_level)
    {
      steps = ideal_steps (c->frame, own - 0.5, own, n);
      steps[n] = steps[n - 1];
      return steps;
    }
  steps = ideal_steps (c->frame, -5.0, 3.5, n);
  steps[n] = (DifStep) { 0.0, 1.0, 0.0 };
  return steps;
}

/* Mean and deviation of what comes out of noise: 16384 numbers, so one standard error is 0.8 % of
 * the deviation for the mean and 0.55 % for the deviation.  Rows that seek modes end nearer to the
 * mean, which is the mode, and those that overstep a little nearer. */
static void
test_distribution (gconstpointer data)
{
  const Case            *c = data;
  guint                  n = c->row->stays ? 80 : 500; /* goes many steps at each level */
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autofree DifStep    *steps = distribution_steps (c, n);
  const DifStep         *end = &steps[n];
  double                 spread = hypot (end->alpha * ideal.deviation, end->sigma);
  g_autoptr (DifTensor)  x = test_random (context, 9, 1, 64, 64, 4);
  g_autoptr (DifTensor)  y = NULL;
  Moments                got;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= (float) steps[0].sigma;
  y = run (c, context, steps, n, 50, x);
  g_assert_nonnull (y);
  if (! y)
    return;
  got = moments_of (y);
  g_test_message ("mean %.4f, deviation %.4f", got.mean, got.deviation);
  g_assert_cmpfloat (fabs (got.mean - end->alpha * ideal.mean), <=, (5 * 0.008 + 0.01) * spread);
  if (c->row->seeks_modes)
    g_assert_cmpfloat (got.deviation, <, 0.7 * spread);
  else if (c->row->oversteps)
    {
      g_assert_cmpfloat (got.deviation, <, 0.98 * spread);
      g_assert_cmpfloat (got.deviation, >, 0.9 * spread);
    }
  else
    g_assert_cmpfloat (fabs (got.deviation / spread - 1.0), <=, 5 * 0.0055 + 0.02);
}

static void
add (Case wanted, const char *more, gboolean stochastic)
{
  for (wanted.frame = IDEAL_VP; wanted.frame < IDEAL_N_FRAMES; wanted.frame++)
    {
      g_autofree char *path = g_strdup_printf ("/samplers/%s/%s/%s%s", wanted.row->id,
                                               stochastic ? "distribution" : "order",
                                               ideal_frame_name (wanted.frame), more);

      g_test_add_data_func_full (path, g_memdup2 (&wanted, sizeof wanted),
                                 stochastic ? test_distribution : test_order, g_free);
    }
}

int
main (int argc, char **argv)
{
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < n; i++)
    add ((Case) { .row = rows[i], .eta = rows[i]->eta }, "", rows[i]->stochastic);
  add ((Case) { .row = dif_sampler_find ("tcd") }, "/eta-0", FALSE);
  add ((Case) { .row = dif_sampler_find ("ddim"), .eta = 1.0 }, "/eta-1", TRUE);
  add ((Case) { .row = dif_sampler_find ("euler"), .churn = 40.0 }, "/churn", TRUE);
  add ((Case) { .row = dif_sampler_find ("heun"), .churn = 40.0 }, "/churn", TRUE);
  return g_test_run ();
}
