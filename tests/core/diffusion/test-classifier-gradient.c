/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Guidance by a classifier: what it sees of a picture, in which frame, and how strongly each pixel
 * is led. */

#include "core/diffusion/classifier-gradient.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-classifier.h"

#define SIDE 16u /* that it was trained at */

#define LABEL 3

static DifClassifier *
open_net (void)
{
  char              *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  DifClassifier     *classifier;

  tiny_classifier_write (&tiny_classifier, folder);
  classifier = dif_classifier_open (folder, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  return classifier;
}

static DifTensor *
ask (DifGradient *gradient, DifContext *context, const DifTensor *x, const DifStep *step)
{
  return gradient->gradient (gradient, context, x, &(DifPrediction) { NULL, NULL }, step);
}

static DifGradient *
new_gradient (void)
{
  g_autoptr (DifCondition) wanted = dif_condition_new_label (LABEL);

  return dif_classifier_gradient_new (open_net (), wanted);
}

/* The classifier's gradient of a part of one picture, with respect to x in the step's frame, for
 * as many pictures as it is large. */
static double *
part_gradient (DifContext *context, const DifTensor *x, gsize row, gsize column, gsize h, gsize w,
               const DifStep *step)
{
  const double              norm = sqrt (step->alpha * step->alpha + step->sigma * step->sigma);
  const double              evidence = step->alpha / hypot (step->alpha, 0.1 * step->sigma);
  const double              t[] = { step->t };
  g_autoptr (DifClassifier) classifier = open_net ();
  g_autoptr (DifTensor)     part = dif_context_nhwc (context, 1, h, w, 3);
  g_autoptr (DifTensor)     g = NULL;
  double                   *expected = g_new (double, h *w * 3);

  for (gsize i = 0; i < part->size; i++)
    part->data[i] =
        (float) (x->data[((row + i / 3 / w) * x->dim[2] + column + i / 3 % w) * 3 + i % 3] / norm);
  g = dif_classifier_gradient (classifier, context, part, t,
                               &(const DifLabelMix) DIF_ONE_LABEL (LABEL));
  g_assert_nonnull (g);
  for (gsize i = 0; g && i < g->size; i++)
    expected[i] = evidence * g->data[i] / norm * (double) (h * w) / (SIDE * SIDE);
  return expected;
}

/* A picture that is one window, of a size of its own, in every frame. */
static void
test_frames (gconstpointer frame)
{
  for (double lambda = -1.0; lambda <= 2.0; lambda += 1.5)
    {
      DifStep                 step = ideal_step (GPOINTER_TO_UINT (frame), lambda);
      g_autoptr (DifContext)  context = dif_context_new (2, NULL);
      g_autoptr (DifGradient) gradient = new_gradient ();
      g_autoptr (DifTensor)   x = test_random (context, 1, 1, 11, 23, 3);
      g_autoptr (DifTensor)   g = NULL;
      g_autofree double      *expected = NULL;

      step.t = 300.0 - 100.0 * lambda;
      expected = part_gradient (context, x, 0, 0, 11, 23, &step);
      g = ask (gradient, context, x, &step);
      if (test_has_shape (g, 1, 11, 23, 3))
        test_assert_near (g->data, expected, g->size, 1e-5);
    }
}

/* In a large picture each window is led as a picture of its own.  At first they end at 8, 24, … */
static void
test_windows (void)
{
  const DifStep           step = { 200.0, 0.8, 0.6 };
  const gsize             h = 40;
  const gsize             w = 48;
  g_autoptr (DifContext)  context = dif_context_new (2, NULL);
  g_autoptr (DifGradient) gradient = new_gradient ();
  g_autoptr (DifTensor)   x = test_random (context, 1, 1, h, w, 3);
  g_autoptr (DifTensor)   g = ask (gradient, context, x, &step);
  static const gsize      rows[] = { 0, 8, 24, 40 };
  static const gsize      columns[] = { 0, 8, 24, 40, 48 };

  if (! test_has_shape (g, 1, h, w, 3))
    return;
  for (gsize i = 0; i < 12; i++)
    {
      const gsize        row = rows[i / 4];
      const gsize        column = columns[i % 4];
      const gsize        side_h = rows[i / 4 + 1] - row;
      const gsize        side_w = columns[i % 4 + 1] - column;
      g_autofree double *expected = part_gradient (context, x, row, column, side_h, side_w, &step);
      g_autofree float  *actual = g_new (float, side_h *side_w * 3);

      for (gsize k = 0; k < side_h; k++)
        memcpy (actual + k * side_w * 3, g->data + ((row + k) * w + column) * 3,
                side_w * 3 * sizeof (float));
      test_assert_near (actual, expected, side_h * side_w * 3, 1e-5);
    }
}

static gboolean
same (const DifTensor *a, const DifTensor *b)
{
  return a && b && memcmp (a->data, b->data, a->size * sizeof (float)) == 0;
}

/* The next windows are others, unless there is one; a run begins with the same ones again. */
static void
test_turns (void)
{
  static const gsize sides[] = { 1, SIDE, 3 * SIDE / 2 - 1, 3 * SIDE / 2, 5 * SIDE + 3 };
  const DifStep      step = { 200.0, 0.8, 0.6 };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (DifContext)  context = dif_context_new (2, NULL);
      g_autoptr (DifGradient) one = new_gradient ();
      g_autoptr (DifGradient) two = new_gradient ();
      g_autoptr (DifTensor)   x = test_random (context, 1, 2, sides[i], sides[i], 3);
      g_autoptr (DifTensor)   first = ask (one, context, x, &step);
      g_autoptr (DifTensor)   second = ask (one, context, x, &step);
      g_autoptr (DifTensor)   again = ask (two, context, x, &step);

      test_has_shape (first, 2, sides[i], sides[i], 3);
      g_assert_true (same (first, again));
      g_assert_cmpint (same (first, second), ==, sides[i] < 3 * SIDE / 2);
    }
}

/* Where nothing is to be seen, x_0 is not led far: its shift by sigma² / alpha g ends at a finite
 * one as alpha falls to 0. */
static void
test_hidden (void)
{
  static const double    alphas[] = { 1e-3, 1e-5, 1e-7 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, SIDE, SIDE, 3);
  g_autofree double     *shift = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (alphas); i++)
    {
      const double            sigma = sqrt (1.0 - alphas[i] * alphas[i]);
      const DifStep           step = { 999.0, alphas[i], sigma };
      g_autoptr (DifGradient) gradient = new_gradient ();
      g_autoptr (DifTensor)   g = ask (gradient, context, x, &step);

      for (gsize k = 0; g && k < g->size; k++)
        g->data[k] = (float) (g->data[k] * sigma * sigma / alphas[i]);
      if (g && ! shift)
        {
          g_autofree double *plain = part_gradient (context, x, 0, 0, SIDE, SIDE, &step);

          shift = g_new (double, g->size);
          for (gsize k = 0; k < g->size; k++)
            shift[k] = 10.0 * plain[k] / (alphas[i] / hypot (alphas[i], 0.1 * sigma));
        }
      if (g && shift)
        test_assert_near (g->data, shift, g->size, 1e-3);
    }
}

/* A scale of 0 is no guidance at all; another one is what the gradient says. */
static void
test_scale (void)
{
  const Ideal            ideal = { .mean = 0.3, .deviation = 0.6 };
  const DifStep          step = ideal_step (IDEAL_VP, 0.5);
  const double           scales[] = { 0.0, 3.0 };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, 1, SIDE, SIDE, 3);
  g_autofree double     *g = part_gradient (context, x, 0, 0, SIDE, SIDE, &step);
  DifPrediction          plain = { NULL };

  {
    g_autoptr (DifDenoiser) inner = ideal_denoiser_new (&ideal);

    g_assert_true (dif_denoise (inner, context, x, &step, &plain));
  }
  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autoptr (DifDenoiser) guided = dif_gradient_guidance_new (
          ideal_denoiser_new (&ideal), new_gradient (), scales[i], NULL, 0);
      g_auto (DifPrediction) out = { NULL };

      g_assert_true (dif_denoise (guided, context, x, &step, &out));
      if (scales[i] == 0.0)
        g_assert_true (same (out.eps, plain.eps) && same (out.x0, plain.x0));
      for (gsize k = 0; out.eps && k < x->size; k++)
        g_assert_cmpfloat_with_epsilon (out.eps->data[k],
                                        plain.eps->data[k] - scales[i] * step.sigma * g[k], 1e-5);
    }
  dif_prediction_clear (&plain);
}

static DifTensor *
gradient_op (DifContext *context, gconstpointer data)
{
  g_autoptr (DifGradient) gradient = new_gradient ();
  g_autoptr (DifTensor)   x = test_random (context, 1, 2, 50, 31, 3);

  return ask (gradient, context, x, data);
}

static void
test_threads (void)
{
  const DifStep step = { 200.0, 0.8, 0.6 };

  test_same_over_threads (gradient_op, &step);
}

static void
test_failure (void)
{
  const DifStep           step = { 200.0, 0.8, 0.6 };
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifGradient) gradient = new_gradient ();
  DifTensor              *x = test_random (context, 1, 1, 40, 40, 3);
  DifAllocatorStats       stats;

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (ask (gradient, context, x, &step));
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_tensor_unref (x);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      g_autofree char *path =
          g_strdup_printf ("/classifier-gradient/frames/%s", ideal_frame_name (frame));

      g_test_add_data_func (path, GUINT_TO_POINTER (frame), test_frames);
    }
  g_test_add_func ("/classifier-gradient/windows", test_windows);
  g_test_add_func ("/classifier-gradient/turns", test_turns);
  g_test_add_func ("/classifier-gradient/hidden", test_hidden);
  g_test_add_func ("/classifier-gradient/scale", test_scale);
  g_test_add_func ("/classifier-gradient/threads", test_threads);
  g_test_add_func ("/classifier-gradient/failure", test_failure);
  return g_test_run ();
}
