/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Shifts along a gradient by their formulas, and the gradients of colors against differences of
 * their energies. */

#include <math.h>

#include "core/base/error.h"
#include "core/diffusion/gradient-guidance.h"
#include "core/diffusion/sampler.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.3, .deviation = 0.6 };

/* A condition whose logarithm is linear in x. */
typedef struct
{
  DifGradient parent;
  DifTensor  *g;
} Linear;

static DifTensor *
linear_gradient (DifGradient *self, DifContext *context G_GNUC_UNUSED,
                 const DifTensor *x G_GNUC_UNUSED, const DifPrediction *prediction G_GNUC_UNUSED,
                 const DifStep *step G_GNUC_UNUSED)
{
  return dif_tensor_ref (((const Linear *) self)->g);
}

static void
linear_free (DifGradient *self)
{
  dif_tensor_unref (((Linear *) self)->g);
  g_free (self);
}

static DifGradient *
linear_new (DifTensor *g)
{
  Linear *linear = g_new (Linear, 1);

  *linear = (Linear) { { linear_gradient, linear_free }, dif_tensor_ref (g) };
  return &linear->parent;
}

typedef struct
{
  DifTensor    *x, *g;
  DifPrediction plain, shifted;
} Fixture;

static void
set_up (Fixture *f, DifContext *context, const DifStep *step, double scale, const DifStep *steps,
        guint n)
{
  g_autoptr (DifDenoiser) plain = ideal_denoiser_new (&ideal);
  g_autoptr (DifDenoiser) guided = NULL;

  *f = (Fixture) { test_random (context, 1, 2, 5, 4, 3),
                   test_random (context, 2, 2, 5, 4, 3),
                   { NULL, NULL },
                   { NULL, NULL } };
  guided =
      dif_gradient_guidance_new (ideal_denoiser_new (&ideal), linear_new (f->g), scale, steps, n);
  g_assert_true (dif_denoise (plain, context, f->x, step, &f->plain));
  g_assert_true (dif_denoise (guided, context, f->x, step, &f->shifted));
}

static void
tear_down (Fixture *f)
{
  dif_prediction_clear (&f->plain);
  dif_prediction_clear (&f->shifted);
  dif_tensor_unref (f->x);
  dif_tensor_unref (f->g);
}

/* eps - scale sigma g, and x = alpha x0 + sigma eps as before. */
static void
test_shift (gconstpointer frame)
{
  for (double lambda = -3.0; lambda <= 3.0; lambda += 1.5)
    {
      const DifStep          step = ideal_step (GPOINTER_TO_UINT (frame), lambda);
      g_autoptr (DifContext) context = dif_context_new (2, NULL);
      Fixture                f;

      set_up (&f, context, &step, 0.7, NULL, 0);
      for (gsize i = 0; f.plain.eps && f.shifted.eps && i < f.x->size; i++)
        {
          const double eps = f.plain.eps->data[i] - 0.7 * step.sigma * f.g->data[i];
          const double size = fabs (f.x->data[i]) + step.alpha * fabs (f.shifted.x0->data[i]) + 1.0;

          g_assert_cmpfloat_with_epsilon (f.shifted.eps->data[i], eps, 1e-6 * (fabs (eps) + 10.0));
          g_assert_cmpfloat_with_epsilon (step.alpha * f.shifted.x0->data[i] +
                                              step.sigma * f.shifted.eps->data[i],
                                          f.x->data[i], 2e-6 * size);
        }
      tear_down (&f);
    }
}

static void
test_nothing (void)
{
  const DifStep          step = ideal_step (IDEAL_VP, 0.5);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  Fixture                f;

  set_up (&f, context, &step, 0.0, NULL, 0);
  if (f.plain.eps && f.shifted.eps)
    {
      const gsize size = f.x->size * sizeof (float);

      g_assert_cmpmem (f.shifted.x0->data, size, f.plain.x0->data, size);
      g_assert_cmpmem (f.shifted.eps->data, size, f.plain.eps->data, size);
    }
  tear_down (&f);
}

/* Given the run's levels, the mean of DDPM's next level goes by scale variance g. */
static void
test_ancestral (gconstpointer frame)
{
  g_autofree DifStep *steps = ideal_steps (GPOINTER_TO_UINT (frame), -2.0, 2.0, 4);

  steps[4] = (DifStep) { 0.0, 1.0, 0.0 };
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      double                 beta;
      const double           variance = dif_posterior_variance (&steps[i], &steps[i + 1], &beta);
      const double           of_x0 = steps[i + 1].alpha * beta / (steps[i].sigma * steps[i].sigma);
      Fixture                f;

      set_up (&f, context, &steps[i], 1.5, steps, 5);
      for (gsize k = 0; f.plain.x0 && f.shifted.x0 && k < f.x->size; k++)
        g_assert_cmpfloat_with_epsilon (of_x0 *
                                            ((double) f.shifted.x0->data[k] - f.plain.x0->data[k]),
                                        1.5 * variance * f.g->data[k], 1e-5);
      tear_down (&f);
    }
}

/* ---- colors ---- */

static const float palette[] = { 0.9f, -0.2f, -0.8f, -0.5f, 0.1f, 0.6f, 0.0f, 0.8f, 0.0f };

typedef struct
{
  guint    n;
  gboolean mean;
  gboolean masked;
} Colors;

static const Colors kinds[] = { { 3, FALSE, FALSE },
                                { 3, FALSE, TRUE },
                                { 1, TRUE, FALSE },
                                { 3, TRUE, TRUE } };

static DifTensor *
mask_new (DifContext *context)
{
  DifTensor *mask = dif_context_nhwc (context, 1, 5, 4, 1);

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i % 4 == 0 ? 0.0f : i % 4 == 1 ? 0.3f : 1.0f;
  return mask;
}

/* min over the palette of |d|² */
static double
far (const Colors *kind, const double *color)
{
  double least = INFINITY;

  for (guint k = 0; k < kind->n; k++)
    {
      double sum = 0.0;

      for (guint c = 0; c < 3; c++)
        sum += pow (color[c] - palette[3 * k + c], 2.0);
      least = fmin (least, sum);
    }
  return least;
}

/* As the header has it, of one picture. */
static double
energy (const Colors *kind, const double *x0, const DifTensor *mask, const DifStep *step)
{
  const gsize n = mask->size;
  double      sum = 0.0;
  double      weights = 0.0;
  double      mean[3] = { 0.0 };

  for (gsize i = 0; i < n; i++)
    {
      const double w = kind->masked ? mask->data[i] : 1.0;

      weights += w;
      for (guint c = 0; c < 3; c++)
        mean[c] += w * x0[3 * i + c];
      sum += kind->mean ? 0.0 : w * far (kind, x0 + 3 * i);
    }
  for (guint c = 0; c < 3; c++)
    mean[c] /= weights;
  if (kind->mean)
    sum = weights * far (kind, mean);
  return 0.5 * pow (step->alpha / step->sigma, 2.0) * sum;
}

/* With dx0/dx = 1/alpha; of one picture, in double. */
static double
difference (const Colors *kind, const DifTensor *x0, const DifTensor *mask, const DifStep *step,
            gsize at)
{
  const double       h = 1e-4;
  g_autofree double *moved = g_new (double, x0->size);
  double             up, down;

  for (gsize i = 0; i < x0->size; i++)
    moved[i] = x0->data[i];
  moved[at] = x0->data[at] + h / step->alpha;
  up = energy (kind, moved, mask, step);
  moved[at] = x0->data[at] - h / step->alpha;
  down = energy (kind, moved, mask, step);
  return -(up - down) / (2.0 * h);
}

static void
test_color_gradient (void)
{
  static const double lambdas[] = { -2.0, 0.0, 2.0 };

  for (guint k = 0; k < G_N_ELEMENTS (kinds) * G_N_ELEMENTS (lambdas) * IDEAL_N_FRAMES; k++)
    {
      const Colors           *kind = &kinds[k % G_N_ELEMENTS (kinds)];
      const DifStep           step = ideal_step (k / G_N_ELEMENTS (kinds) % IDEAL_N_FRAMES,
                                                 lambdas[k / G_N_ELEMENTS (kinds) / IDEAL_N_FRAMES]);
      g_autoptr (DifContext)  context = dif_context_new (2, NULL);
      g_autoptr (DifTensor)   x0 = test_random (context, 3, 1, 5, 4, 3);
      g_autoptr (DifTensor)   mask = mask_new (context);
      g_autoptr (DifGradient) gradient =
          dif_color_gradient_new (palette, kind->n, kind->mean, kind->masked ? mask : NULL);
      const DifPrediction   prediction = { x0, x0 };
      g_autoptr (DifTensor) g = gradient->gradient (gradient, context, x0, &prediction, &step);
      g_autofree double    *expected = g_new (double, x0->size);

      for (gsize i = 0; i < x0->size; i++)
        expected[i] = difference (kind, x0, mask, &step, i);
      if (test_has_shape (g, 1, 5, 4, 3))
        test_assert_near (g->data, expected, g->size, 1e-3);
    }
}

/* A scale is the share of the distance that is taken away, at every level. */
static void
test_color_share (void)
{
  for (guint k = 0; k < 2 * IDEAL_N_FRAMES; k++)
    {
      const DifStep           step = ideal_step (k / 2, 3.0 * (k % 2) - 1.0);
      g_autoptr (DifContext)  context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)   x = test_random (context, 3, 1, 5, 4, 3);
      g_autoptr (DifDenoiser) plain = ideal_denoiser_new (&ideal);
      g_autoptr (DifDenoiser) guided = dif_gradient_guidance_new (
          ideal_denoiser_new (&ideal), dif_color_gradient_new (palette, 1, FALSE, NULL), 0.25, NULL,
          0);
      g_auto (DifPrediction) p = { NULL, NULL };
      g_auto (DifPrediction) q = { NULL, NULL };

      g_assert_true (dif_denoise (plain, context, x, &step, &p));
      g_assert_true (dif_denoise (guided, context, x, &step, &q));
      for (gsize i = 0; p.x0 && q.x0 && i < x->size; i++)
        g_assert_cmpfloat_with_epsilon (q.x0->data[i], 0.75 * p.x0->data[i] + 0.25 * palette[i % 3],
                                        1e-5);
    }
}

static DifTensor *
colored (DifContext *context, gconstpointer data)
{
  const Colors           *kind = data;
  const DifStep           step = ideal_step (IDEAL_VP, 0.5);
  g_autoptr (DifTensor)   x = test_random (context, 3, 1, 90, 100, 3);
  g_autoptr (DifDenoiser) guided = dif_gradient_guidance_new (
      ideal_denoiser_new (&ideal), dif_color_gradient_new (palette, kind->n, kind->mean, NULL), 0.3,
      NULL, 0);
  g_auto (DifPrediction) p = { NULL, NULL };

  g_assert_true (dif_denoise (guided, context, x, &step, &p));
  return g_steal_pointer (&p.x0);
}

static void
test_threads (void)
{
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    test_same_over_threads (colored, &kinds[k]);
}

static void
test_failure (void)
{
  const DifStep           step = ideal_step (IDEAL_VP, 0.5);
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 3, 1, 5, 4, 3);
  g_autoptr (DifDenoiser) guided = dif_gradient_guidance_new (
      ideal_denoiser_new (&ideal), dif_color_gradient_new (palette, 3, TRUE, NULL), 0.3, NULL, 0);
  DifPrediction p = { NULL, NULL };

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_false (dif_denoise (guided, context, x, &step, &p));
  g_assert_true (! p.x0 && ! p.eps);
  test_assert_failed (context, DIF_ERROR_NOMEM);
}

static void
add (const char *name, IdealFrame frame, GTestDataFunc test)
{
  g_autofree char *path =
      g_strdup_printf ("/gradient-guidance/%s/%s", name, ideal_frame_name (frame));

  g_test_add_data_func (path, GUINT_TO_POINTER (frame), test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (IdealFrame frame = IDEAL_VP; frame < IDEAL_N_FRAMES; frame++)
    {
      add ("shift", frame, test_shift);
      add ("ancestral", frame, test_ancestral);
    }
  g_test_add_func ("/gradient-guidance/nothing", test_nothing);
  g_test_add_func ("/gradient-guidance/colors/gradient", test_color_gradient);
  g_test_add_func ("/gradient-guidance/colors/share", test_color_share);
  g_test_add_func ("/gradient-guidance/threads", test_threads);
  g_test_add_func ("/gradient-guidance/failure", test_failure);
  return g_test_run ();
}
