/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Objectives as a trainer meets them: tensors in, a loss and its gradient out. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/ops/elementwise.h"
#include "core/train/bound.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/process.h"

#define N        3
#define CHANNELS 2

static const char schedule[] = "{'num_train_timesteps': 40, 'beta_start': 0.002, "
                               "'beta_end': 0.3, 'beta_schedule': 'linear'}";

typedef struct
{
  const DifObjective *row;
  DifObjectiveArgs    args;
} Case;

static DifTensor *
pictures (DifContext *context, guint64 seed)
{
  return test_random (context, seed, N, 3, 2, CHANNELS);
}

/* Steps as the row draws them, at the ends and in the middle. */
static void
draw_steps (const Case *c, DifStep *steps)
{
  static const double drawn[N] = { 0.0, 0.6, 0.999 };

  for (guint k = 0; k < N; k++)
    steps[k] = c->row->step (&c->args, drawn[k]);
}

static gsize
channels_out (const Case *c)
{
  const gboolean learned =
      c->row->learns_variance && c->args.variance == DIF_VARIANCE_LEARNED_RANGE;

  return learned ? 2 * CHANNELS : CHANNELS;
}

static gboolean
prepare (const Case *c, DifContext *context, DifLesson *lesson)
{
  g_autoptr (DifTensor) x0 = pictures (context, 1);
  g_autoptr (DifTensor) noise = pictures (context, 2);
  g_autoptr (DifTensor) direction = pictures (context, 5);
  DifStep               steps[N];

  for (gsize i = 0; i < x0->size; i++)
    x0->data[i] = roundf (127.5f + 40.0f * x0->data[i]) / 127.5f - 1.0f;
  x0->data[0] = -1.0f; /* bins with one end */
  x0->data[1] = 1.0f;
  draw_steps (c, steps);
  return dif_objective_prepare (c->row, &c->args, context, x0, noise, direction, steps, lesson);
}

/* The gradient is what the loss does when an output changes. */
static void
test_gradient (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const gsize            n_seen = N * dif_objective_views (c->row);
  g_autoptr (DifTensor)  output = test_random (context, 3, n_seen, 3, 2, channels_out (c));
  g_autoptr (DifTensor)  dy = NULL;
  g_auto (DifLesson) lesson = { 0 };
  double       per_picture[N];
  double       loss, largest = 0.0;
  const double h = 1.0 / 256.0;

  for (gsize i = 0; i < output->size; i++)
    output->data[i] *= 0.5f;
  g_assert_true (prepare (c, context, &lesson));
  dy = dif_objective_loss (c->row, &c->args, context, &lesson, output, &loss, per_picture);
  g_assert_nonnull (dy);
  g_assert_true (dif_tensor_same_shape (dy, output));
  g_assert_cmpfloat_with_epsilon (loss, (per_picture[0] + per_picture[1] + per_picture[2]) / N,
                                  1e-12 * fabs (loss));
  for (gsize i = 0; i < dy->size; i++)
    largest = fmax (largest, fabs (dy->data[i]));
  g_assert_cmpfloat (largest, >, 0.0);
  for (gsize i = 0; i < output->size; i++)
    {
      const float at = output->data[i];
      double      above, below;

      output->data[i] = at + (float) h;
      dif_tensor_unref (
          dif_objective_loss (c->row, &c->args, context, &lesson, output, &above, NULL));
      output->data[i] = at - (float) h;
      dif_tensor_unref (
          dif_objective_loss (c->row, &c->args, context, &lesson, output, &below, NULL));
      output->data[i] = at;
      if (c->row->id[0] == 'h' && i / CHANNELS % 2 == 0)
        continue; /* the hybrid's bound does not teach the mean */
      g_assert_cmpfloat_with_epsilon (dy->data[i], (above - below) / (2.0 * h), 2e-3 * largest);
    }
}

/* The output and the direction, stretched by a root for each number of a picture. */
static double
stretched (const Case *c, DifContext *context, const DifLesson *lesson, const DifTensor *output,
           const double *roots)
{
  const gsize           n = lesson->x0->size / N;
  DifLesson             own = *lesson;
  g_autoptr (DifTensor) shown = dif_context_like (context, output);
  g_autoptr (DifTensor) direction = dif_context_like (context, lesson->x0);
  double                loss;

  for (gsize i = 0; i < output->size; i++)
    {
      const float from = lesson->target->data[i];

      shown->data[i] = from + (float) roots[i % n] * (output->data[i] - from);
    }
  for (gsize i = 0; lesson->direction && i < direction->size; i++)
    direction->data[i] = (float) roots[i % n] * lesson->direction->data[i];
  own.direction = lesson->direction ? direction : NULL;
  dif_tensor_unref (dif_objective_loss (c->row, &c->args, context, &own, shown, &loss, NULL));
  return loss;
}

/* Stretching by a weight's root weights what a number adds to the loss. */
static void
test_stretch (gconstpointer data)
{
  const gsize            n = 3 * 2 * CHANNELS;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  Case                   c = { dif_objective_find (data) };
  const gsize            n_seen = N * dif_objective_views (c.row);
  g_autoptr (DifTensor)  output = test_random (context, 3, n_seen, 3, 2, CHANNELS);
  g_auto (DifLesson) lesson = { 0 };
  double roots[3 * 2 * CHANNELS];
  double weighted = 0.0;

  dif_objective_args_init (&c.args, NULL);
  c.args.prediction = DIF_PREDICTION_SCORE;
  g_assert_true (prepare (&c, context, &lesson));
  for (gsize i = 0; i < n; i++)
    {
      memset (roots, 0, sizeof roots);
      roots[i] = 1.0;
      weighted += (double) (i + 1) / (double) n * stretched (&c, context, &lesson, output, roots);
    }
  for (gsize i = 0; i < n; i++)
    roots[i] = sqrt ((double) (i + 1) / (double) n);
  g_assert_cmpfloat_with_epsilon (stretched (&c, context, &lesson, output, roots), weighted,
                                  1e-5 * fabs (weighted));
}

/* In the hybrid the mean's gradient is that of L_simple. */
static void
test_hybrid_mean (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifProcess) process = test_process (schedule, NULL);
  Case                   hybrid = { dif_objective_find ("hybrid") };
  Case                   simple = { dif_objective_find ("simple") };
  g_autoptr (DifTensor)  both = test_random (context, 3, N, 3, 2, 2 * CHANNELS);
  g_autoptr (DifTensor)  mean = pictures (context, 4);
  g_autoptr (DifTensor)  of_both = NULL, of_mean = NULL;
  g_auto (DifLesson) lesson = { 0 };
  double loss;

  dif_objective_args_init (&hybrid.args, process);
  hybrid.args.variance = DIF_VARIANCE_LEARNED_RANGE;
  simple.args = hybrid.args;
  g_assert_true (prepare (&hybrid, context, &lesson));
  for (gsize i = 0; i < mean->size; i++)
    mean->data[i] = both->data[i / CHANNELS * 2 * CHANNELS + i % CHANNELS];
  of_both = dif_objective_loss (hybrid.row, &hybrid.args, context, &lesson, both, &loss, NULL);
  of_mean = dif_objective_loss (simple.row, &simple.args, context, &lesson, mean, &loss, NULL);
  for (gsize i = 0; of_both && of_mean && i < mean->size; i++)
    g_assert_cmpfloat (of_both->data[i / CHANNELS * 2 * CHANNELS + i % CHANNELS], ==,
                       of_mean->data[i]);
}

/* Objectives that do not teach the variance leave it alone, and teach the mean as without it. */
static void
test_mean_alone (void)
{
  static const char *const ids[] = { "simple", "vlb", "ncsn", "fd-ssm" };

  for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifProcess) process = test_process (schedule, NULL);
      Case                   c = { dif_objective_find (ids[k]) };
      const gsize            n = N * dif_objective_views (c.row);
      g_autoptr (DifTensor)  both = test_random (context, 3, n, 3, 2, 2 * CHANNELS);
      g_autoptr (DifTensor)  mean = dif_slice_channels (context, both, 0, CHANNELS);
      g_autoptr (DifTensor)  of_both = NULL, of_mean = NULL;
      g_auto (DifLesson) lesson = { 0 };
      double with, without;

      dif_objective_args_init (&c.args, c.row->process ? NULL : process);
      g_assert_true (prepare (&c, context, &lesson));
      of_both = dif_objective_loss (c.row, &c.args, context, &lesson, both, &with, NULL);
      of_mean = dif_objective_loss (c.row, &c.args, context, &lesson, mean, &without, NULL);
      g_assert_cmpfloat (with, ==, without);
      g_assert_true (of_both && of_mean);
      for (gsize i = 0; of_both && of_mean && i < both->size; i++)
        {
          const gsize channel = i % (2 * CHANNELS);

          g_assert_cmpfloat (
              of_both->data[i], ==,
              channel < CHANNELS ? of_mean->data[i / (2 * CHANNELS) * CHANNELS + channel] : 0.0f);
        }
    }
}

/* Pixels that count for nothing are as if the picture ended before them: each has its own part in
 * the loss, and in the gradient of mean and variance. */
static void
test_shares (void)
{
  static const char *const ids[] = { "hybrid", "vlb" };

  for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifProcess) process = test_process (schedule, NULL);
      Case                   c = { dif_objective_find (ids[k]) };
      g_autoptr (DifTensor)  output = test_random (context, 3, N, 3, 2, 2 * CHANNELS);
      g_autoptr (DifTensor)  plain = NULL;
      g_auto (DifLesson) lesson = { 0 };
      double all, sum = 0.0;

      dif_objective_args_init (&c.args, process);
      c.args.variance = DIF_VARIANCE_LEARNED_RANGE;
      g_assert_true (prepare (&c, context, &lesson));
      plain = dif_objective_loss (c.row, &c.args, context, &lesson, output, &all, NULL);
      for (gsize pixel = 0; pixel < 6; pixel++)
        {
          g_autoptr (DifTensor) dy = NULL;
          double                loss;

          lesson.share = dif_context_nhwc (context, N, 3, 2, 1);
          for (gsize i = 0; i < lesson.share->size; i++)
            lesson.share->data[i] = i % 6 == pixel ? 6.0f : 0.0f;
          dy = dif_objective_loss (c.row, &c.args, context, &lesson, output, &loss, NULL);
          sum += loss / 6.0;
          for (gsize i = 0; dy && i < dy->size; i++)
            g_assert_cmpfloat_with_epsilon (
                dy->data[i], i / (2 * CHANNELS) % 6 == pixel ? 6.0 * plain->data[i] : 0.0,
                1e-6 * (1.0 + fabs (6.0 * plain->data[i])));
          g_clear_pointer (&lesson.share, dif_tensor_unref);
        }
      g_assert_cmpfloat_with_epsilon (sum, all, 1e-12 * all);
    }
}

/* Bits of the bytes of a picture, each under a normal distribution around itself. */
static double
expected_bits (const DifProcess *process, const DifTensor *x0, gsize picture)
{
  const double *ac = process->alphas_cumprod;
  const double  variance = (1.0 - ac[1] / ac[0]) * (1.0 - ac[0]) / (1.0 - ac[1]);
  const double  inside = erf (1.0 / 255.0 / sqrt (2.0 * variance));
  const gsize   n = x0->size / N;
  double        bits = 0.0;

  for (gsize i = picture * n; i < (picture + 1) * n; i++)
    bits -= log2 (fabs (x0->data[i]) < 0.999 ? inside : 0.5 + 0.5 * inside) / (double) n;
  return bits;
}

/* Told the target, a network has no loss left, and the bound only that of the last step. */
static void
test_perfect (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifProcess) process = test_process (schedule, NULL);

  for (DifPredictionType p = DIF_PREDICTION_EPSILON; p <= DIF_PREDICTION_FLOW; p++)
    {
      Case                  simple = { dif_objective_find ("simple") };
      g_autoptr (DifTensor) of_simple = NULL, of_bound = NULL;
      g_auto (DifLesson) lesson = { 0 };
      double loss, terms[N];

      dif_objective_args_init (&simple.args, process);
      simple.args.prediction = p;
      simple.args.exact_cdf = TRUE;
      g_assert_true (prepare (&simple, context, &lesson));
      of_simple = dif_objective_loss (simple.row, &simple.args, context, &lesson, lesson.target,
                                      &loss, NULL);
      g_assert_cmpfloat (loss, ==, 0.0);
      of_bound = dif_objective_loss (dif_objective_find ("vlb"), &simple.args, context, &lesson,
                                     lesson.target, &loss, terms);
      g_assert_cmpfloat_with_epsilon (terms[0] / lesson.weight[0],
                                      expected_bits (process, lesson.x0, 0), 1e-5);
      g_assert_cmpfloat_with_epsilon (terms[1], 0.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (terms[2], 0.0, 1e-9);
    }
}

/* An error of any prediction is the same error of x_0 times a factor, which min-SNR weights take
 * out; sigma² turns errors of the score into errors of the noise. */
static void
test_weightings (void)
{
  g_autoptr (DifProcess) process = test_process (schedule, NULL);
  const DifObjective    *simple = dif_objective_find ("simple");
  DifObjectiveArgs       args;

  dif_objective_args_init (&args, process);
  for (guint t = 0; t < process->n_train_steps; t++)
    {
      const DifStep step = dif_process_step (process, t);
      const double  snr = pow (step.alpha / step.sigma, 2.0);

      for (DifPredictionType p = DIF_PREDICTION_EPSILON; p <= DIF_PREDICTION_FLOW; p++)
        {
          double slope;

          args.prediction = p;
          args.weighting = DIF_WEIGHTING_MIN_SNR;
          dif_bound_x0 (&args, &step, 0.3, 0.2, &slope);
          g_assert_cmpfloat_with_epsilon (
              dif_objective_weight (simple, &args, &step) / (slope * slope), fmin (snr, 5.0), 1e-6);
          args.weighting = DIF_WEIGHTING_SIGMA2;
          g_assert_cmpfloat (dif_objective_weight (simple, &args, &step), ==,
                             step.sigma * step.sigma);
        }
    }
}

static void
test_errors (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifProcess) process = test_process (schedule, NULL);
  Case                   c = { dif_objective_find ("hybrid") };
  g_autoptr (DifTensor)  output = pictures (context, 3);
  g_auto (DifLesson) lesson = { 0 };
  double loss;

  dif_objective_args_init (&c.args, process);
  c.args.variance = DIF_VARIANCE_LEARNED_RANGE;
  g_assert_true (prepare (&c, context, &lesson));
  g_assert_null (dif_objective_loss (c.row, &c.args, context, &lesson, output, &loss, NULL));
  test_assert_failed (context, DIF_ERROR_MISMATCH);
  g_assert_null (dif_objective_loss (c.row, &c.args, context, &lesson, NULL, &loss, NULL));
}

static void
add_gradient_test (const char *id, const DifProcess *process, DifPredictionType prediction,
                   DifVariance variance, gboolean exact)
{
  Case            *c = g_new (Case, 1);
  g_autofree char *path =
      g_strdup_printf ("/objective/gradient/%s/%s/%u%s", id, dif_prediction_name (prediction),
                       variance, exact ? "/exact" : "");

  c->row = dif_objective_find (id);
  dif_objective_args_init (&c->args, process);
  c->args.prediction = prediction;
  c->args.variance = variance;
  c->args.exact_cdf = exact;
  g_test_add_data_func_full (path, c, test_gradient, g_free);
}

int
main (int argc, char **argv)
{
  g_autoptr (DifProcess) process = test_process (schedule, NULL);

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (DifPredictionType p = DIF_PREDICTION_EPSILON; p <= DIF_PREDICTION_FLOW; p++)
    {
      add_gradient_test ("simple", process, p, 0, FALSE);
      add_gradient_test ("hybrid", process, p, DIF_VARIANCE_LEARNED_RANGE, FALSE);
      for (DifVariance v = DIF_VARIANCE_FIXED_SMALL; v <= DIF_VARIANCE_LEARNED_RANGE; v++)
        add_gradient_test ("vlb", process, p, v, v == DIF_VARIANCE_FIXED_SMALL);
    }
  add_gradient_test ("dsm", NULL, DIF_PREDICTION_SCORE, 0, FALSE);
  add_gradient_test ("ncsn", NULL, DIF_PREDICTION_SCORE, 0, FALSE);
  for (DifPredictionType p = DIF_PREDICTION_EPSILON; p <= DIF_PREDICTION_FLOW; p++)
    add_gradient_test ("fd-ssm", NULL, p, 0, FALSE);
  g_test_add_data_func ("/objective/stretch/dsm", "dsm", test_stretch);
  g_test_add_data_func ("/objective/stretch/fd-ssm", "fd-ssm", test_stretch);
  g_test_add_func ("/objective/hybrid-mean", test_hybrid_mean);
  g_test_add_func ("/objective/mean-alone", test_mean_alone);
  g_test_add_func ("/objective/shares", test_shares);
  g_test_add_func ("/objective/perfect", test_perfect);
  g_test_add_func ("/objective/weightings", test_weightings);
  g_test_add_func ("/objective/errors", test_errors);
  return g_test_run ();
}
