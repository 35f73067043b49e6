/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The denoisers that wrap denoisers: clip, offset, threshold and mask. */

#include <math.h>
#include <stdlib.h>

#include "core/base/error.h"
#include "core/diffusion/gradient-guidance.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal   ideal = { .mean = 0.3, .deviation = 0.6 };
static const DifStep level = { .t = 1.0, .alpha = 0.8, .sigma = 0.6 };

static double
ideal_eps (const Ideal *i, double x)
{
  return (x - level.alpha * ideal_x0 (i, &level, x)) / level.sigma;
}

static void
test_clip (void)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifDenoiser) denoiser = dif_clip_new (ideal_denoiser_new (&ideal), 0.5);
  g_autoptr (DifTensor)   x = test_random (context, 1, 1, 9, 9, 3);
  guint                   clipped = 0;
  g_auto (DifPrediction) p = { NULL, NULL };

  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  for (gsize i = 0; p.x0 && i < x->size; i++)
    {
      double x0 = ideal_x0 (&ideal, &level, x->data[i]);

      g_assert_cmpfloat_with_epsilon (p.x0->data[i], CLAMP (x0, -0.5, 0.5), 1e-6);
      g_assert_cmpfloat_with_epsilon (p.eps->data[i], ideal_eps (&ideal, x->data[i]), 1e-6);
      clipped += fabs (x0) > 0.5;
    }
  g_assert_cmpuint (clipped, >, 0);
}

/* Who knows pictures around 0.3 knows those around 0.3 and the base, too. */
static void
test_offset (void)
{
  const Ideal             moved = { .mean = ideal.mean + 0.25, .deviation = ideal.deviation };
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 1, 1, 9, 9, 3);
  g_autoptr (DifTensor)   base = dif_context_nhwc (context, 1, 9, 9, 3);
  g_autoptr (DifDenoiser) denoiser = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < base->size; i++)
    base->data[i] = i % 2 ? 0.25f : 0.0f;
  denoiser = dif_offset_new (ideal_denoiser_new (&ideal), base);
  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  for (gsize i = 0; p.x0 && i < x->size; i++)
    {
      const Ideal *own = i % 2 ? &moved : &ideal;

      g_assert_cmpfloat_with_epsilon (p.x0->data[i], ideal_x0 (own, &level, x->data[i]), 1e-6);
      g_assert_cmpfloat_with_epsilon (p.eps->data[i], ideal_eps (own, x->data[i]), 1e-6);
    }
}

/* Remembers what it was shown. */
typedef struct
{
  DifDenoiser parent;
  DifTensor **seen;
} Spy;

static void
spy_denoise (DifDenoiser *self, DifContext *context, DifTensor *x,
             const DifStep *step G_GNUC_UNUSED, DifPrediction *out)
{
  *((Spy *) self)->seen = dif_tensor_ref (x);
  out->x0 = dif_sum (context, 1, (DifTerm[]) { { 2.0, x } });
  out->eps = dif_sum (context, 1, (DifTerm[]) { { 3.0, x } });
  out->variance = dif_sum (context, 1, (DifTerm[]) { { 0.5, x } });
}

static void
spy_free (DifDenoiser *self)
{
  g_free (self);
}

static void
echo_denoise (DifDenoiser *self G_GNUC_UNUSED, DifContext *context G_GNUC_UNUSED, DifTensor *x,
              const DifStep *step G_GNUC_UNUSED, DifPrediction *out)
{
  out->x0 = dif_tensor_ref (x);
  out->eps = dif_tensor_ref (x);
}

static DifDenoiser *
echo_new (void)
{
  DifDenoiser *echo = g_new (DifDenoiser, 1);

  *echo = (DifDenoiser) { echo_denoise, spy_free };
  return echo;
}

static DifDenoiser *
spy_new (DifTensor **seen)
{
  Spy *s = g_new (Spy, 1);

  *s = (Spy) { { spy_denoise, spy_free }, seen };
  return &s->parent;
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a;
  const float y = *(const float *) b;

  return (x > y) - (x < y);
}

/* The quantile of absolute numbers, between ranks, by sorting. */
static double
sorted_quantile (const float *x, gsize n, double ratio)
{
  g_autofree float *sorted = g_new (float, n);
  const double      place = ratio * (double) (n - 1);
  const gsize       below = (gsize) place;

  for (gsize i = 0; i < n; i++)
    sorted[i] = fabsf (x[i]);
  qsort (sorted, n, sizeof *sorted, compare_floats);
  return sorted[below] +
         (place - (double) below) * (sorted[MIN (below + 1, n - 1)] - sorted[below]);
}

/* Each picture has a threshold of its own: the first is small enough for 1, the second takes its
 * quantile, the third the largest allowed. */
static void
check_threshold (double ratio)
{
  const double            most = 4.0;
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 4, 3, 5, 6, 3);
  g_autoptr (DifTensor)   seen = NULL;
  g_autoptr (DifDenoiser) denoiser = dif_threshold_new (spy_new (&seen), ratio, most);
  const gsize             size = x->size / 3;
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < x->size; i++)
    x->data[i] *= i < size ? 0.1f : i < 2 * size ? 1.0f : 20.0f;
  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  for (gsize i = 0; p.x0 && i < x->size; i++)
    {
      const double all = 2.0 * sorted_quantile (x->data + i / size * size, size, ratio);
      const double s = CLAMP (all, 1.0, most);

      g_assert_cmpfloat_with_epsilon (p.x0->data[i], CLAMP (2.0 * x->data[i], -s, s) / s, 1e-6);
      g_assert_cmpfloat (p.eps->data[i], ==, 3.0f * x->data[i]);
      g_assert_cmpfloat (p.variance->data[i], ==, 0.5f * x->data[i]);
    }
}

static void
test_threshold (void)
{
  const double ratios[] = { 0.0, 0.5, 0.8, 0.9, 0.995, 1.0 };

  for (guint i = 0; i < G_N_ELEMENTS (ratios); i++)
    check_threshold (ratios[i]);
}

/* A picture that somebody else holds (a network may answer with what it was given) stays as it is,
 * and numbers that are none do no harm. */
static void
test_threshold_shared (void)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 5, 1, 4, 4, 3);
  g_autoptr (DifDenoiser) denoiser = dif_threshold_new (echo_new (), 0.5, 2.0);
  g_auto (DifPrediction) p = { NULL, NULL };

  x->data[0] = 100.0f;
  x->data[1] = NAN;
  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  g_assert_cmpfloat (x->data[0], ==, 100.0f);
  g_assert_cmpfloat (p.x0->data[0], ==, 1.0f);
}

static DifTensor *
ones_gradient (DifGradient *self G_GNUC_UNUSED, DifContext *context, const DifTensor *x,
               const DifPrediction *p G_GNUC_UNUSED, const DifStep *step G_GNUC_UNUSED)
{
  DifTensor *g = dif_context_like (context, x);

  for (gsize i = 0; g && i < g->size; i++)
    g->data[i] = 1.0f;
  return g;
}

static void
ones_free (DifGradient *self)
{
  g_free (self);
}

/* Everything that can stand around a network's prediction. */
static DifDenoiser *
all_around (DifDenoiser *inner, DifTensor *base, DifTensor *mask, DifNoise *noise, guint which)
{
  DifGradient *gradient;

  switch (which)
    {
    case 0:
      return dif_mask_new (inner, base, base, mask);
    case 1:
      return dif_mask_new (inner, base, NULL, mask);
    case 2:
      return dif_mask_new_drawn (inner, base, mask, noise);
    case 3:
      return dif_clip_new (inner, 1.0);
    case 4:
      return dif_threshold_new (inner, 0.9, 2.0);
    case 5:
      return dif_offset_new (inner, base);
    default:
      gradient = g_new (DifGradient, 1);
      *gradient = (DifGradient) { ones_gradient, ones_free };
      return dif_gradient_guidance_new (inner, gradient, 0.5, NULL, 0);
    }
}

/* Nothing that stands around a network takes away what it says of the variance. */
static void
test_variance_kept (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 6, 1, 3, 4, 2);
  g_autoptr (DifTensor)  base = test_random (context, 7, 1, 3, 4, 2);
  g_autoptr (DifTensor)  mask = dif_context_nhwc (context, 1, 3, 4, 1);
  DifSeededNoise         noise;

  dif_seeded_noise_init (&noise, 8);
  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i % 3 ? 1.0f : 0.0f;
  for (guint which = 0; which < 7; which++)
    {
      g_autoptr (DifTensor)   seen = NULL;
      g_autoptr (DifDenoiser) denoiser =
          all_around (spy_new (&seen), base, mask, &noise.parent, which);
      g_auto (DifPrediction) p = { NULL, NULL };

      g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
      g_assert_nonnull (p.variance);
      for (gsize i = 0; p.variance && i < x->size; i++)
        g_assert_cmpfloat (p.variance->data[i], ==, 0.5f * seen->data[i]);
    }
}

/* What a network says of the variance reaches the sampler. */
static void
test_variance (void)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 6, 1, 3, 4, 2);
  g_autoptr (DifTensor)   mask = dif_context_nhwc (context, 1, 3, 4, 1);
  g_autoptr (DifTensor)   seen = NULL;
  g_autoptr (DifDenoiser) denoiser = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = 1.0f;
  denoiser = dif_mask_new (dif_clip_new (spy_new (&seen), 1.0), x, x, mask);
  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  g_assert_nonnull (p.variance);
  for (gsize i = 0; p.variance && i < x->size; i++)
    g_assert_cmpfloat (p.variance->data[i], ==, 0.5f * x->data[i]);
}

static void
check_mask (gboolean noised)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 1, 1, 3, 4, 2);
  g_autoptr (DifTensor)   known = test_random (context, 2, 1, 3, 4, 2);
  g_autoptr (DifTensor)   noise = test_random (context, 3, 1, 3, 4, 2);
  g_autoptr (DifTensor)   mask = dif_context_nhwc (context, 1, 3, 4, 1);
  g_autoptr (DifTensor)   seen = NULL;
  g_autoptr (DifDenoiser) denoiser = NULL;
  g_auto (DifPrediction) p = { NULL, NULL };

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i % 3 ? 1.0f : 0.0f;
  denoiser = dif_mask_new (spy_new (&seen), known, noised ? noise : NULL, mask);
  g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
  for (gsize i = 0; p.x0 && i < x->size; i++)
    if (mask->data[i / 2] == 0.0f)
      {
        g_assert_cmpfloat_with_epsilon (
            seen->data[i],
            noised ? 0.8 * known->data[i] + 0.6 * noise->data[i] : (double) x->data[i], 1e-6);
        g_assert_cmpfloat (p.x0->data[i], ==, known->data[i]);
        g_assert_cmpfloat_with_epsilon (0.8 * p.x0->data[i] + 0.6 * p.eps->data[i], x->data[i],
                                        2e-6);
      }
    else
      {
        g_assert_cmpfloat (seen->data[i], ==, x->data[i]);
        g_assert_cmpfloat (p.x0->data[i], ==, 2.0f * x->data[i]);
        g_assert_cmpfloat (p.eps->data[i], ==, 3.0f * x->data[i]);
      }
}

/* Known pixels are certain, and their noise is the next draw each time. */
static void
test_drawn_mask (void)
{
  g_autoptr (DifContext)  context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)   x = test_random (context, 1, 1, 3, 4, 2);
  g_autoptr (DifTensor)   known = test_random (context, 2, 1, 3, 4, 2);
  g_autoptr (DifTensor)   mask = dif_context_nhwc (context, 1, 3, 4, 1);
  g_autoptr (DifTensor)   seen = NULL;
  g_autoptr (DifDenoiser) denoiser = NULL;
  DifSeededNoise          source, same;

  dif_seeded_noise_init (&source, 8);
  dif_seeded_noise_init (&same, 8);
  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i % 3 ? 1.0f : 0.0f;
  denoiser = dif_mask_new_drawn (spy_new (&seen), known, mask, &source.parent);
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (DifTensor) draw = dif_noise_next (&same.parent, context, x);
      g_auto (DifPrediction) p = { NULL, NULL };

      g_assert_true (dif_denoise (denoiser, context, x, &level, &p));
      for (gsize i = 0; p.x0 && i < x->size; i++)
        {
          const gboolean is_known = mask->data[i / 2] == 0.0f;

          g_assert_cmpfloat (seen->data[i], ==, x->data[i]);
          g_assert_cmpfloat (p.x0->data[i], ==, is_known ? known->data[i] : 2.0f * x->data[i]);
          g_assert_cmpfloat (p.eps->data[i], ==, is_known ? draw->data[i] : 3.0f * x->data[i]);
        }
      g_clear_pointer (&seen, dif_tensor_unref);
    }
}

static void
test_mask (void)
{
  check_mask (TRUE);
  check_mask (FALSE);
}

/* A wrapped denoiser that fails makes its wrapper fail, and nothing stays. */
static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = test_random (context, 1, 1, 3, 4, 2);
  DifTensor             *mask = dif_context_nhwc (context, 1, 3, 4, 1);
  DifDenoiser           *clip = dif_clip_new (ideal_denoiser_new (&ideal), 1.0);
  DifDenoiser           *chain = dif_mask_new (dif_threshold_new (clip, 0.9, 2.0), x, x, mask);
  DifPrediction          p = { NULL, NULL };
  DifAllocatorStats      stats;

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_false (dif_denoise (chain, context, x, &level, &p));
  g_assert_true (! p.x0 && ! p.eps);
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_denoiser_free (chain);
  dif_tensor_unref (x);
  dif_tensor_unref (mask);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/denoiser/clip", test_clip);
  g_test_add_func ("/denoiser/offset", test_offset);
  g_test_add_func ("/denoiser/threshold", test_threshold);
  g_test_add_func ("/denoiser/threshold/shared", test_threshold_shared);
  g_test_add_func ("/denoiser/variance", test_variance);
  g_test_add_func ("/denoiser/variance/kept", test_variance_kept);
  g_test_add_func ("/denoiser/mask", test_mask);
  g_test_add_func ("/denoiser/drawn-mask", test_drawn_mask);
  g_test_add_func ("/denoiser/failure", test_failure);
  return g_test_run ();
}
