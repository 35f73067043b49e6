/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/coarse.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/diffusion/noise-detail.h"
#include "tests/core/support/numbers.h"

typedef struct
{
  guint64 seed;
  guint   detail;
} Draw;

static DifTensor *
draw (DifContext *context, gconstpointer data)
{
  g_autoptr (DifTensor) like = dif_context_nhwc (context, 1, 70, 81, 3);
  DifSeededNoise        seeded;
  DifDetailNoise        noise;

  dif_seeded_noise_init (&seeded, ((const Draw *) data)->seed);
  seeded.parent.next = 4;
  dif_detail_noise_init (&noise, &seeded.parent, ((const Draw *) data)->detail);
  return dif_noise_next (&noise.parent, context, like);
}

static void
test_threads (void)
{
  const Draw plain = { 42, 0 };
  const Draw fine = { 42, 8 };

  test_same_over_threads (draw, &plain);
  test_same_over_threads (draw, &fine);
}

/* Draws follow each other, and each is the generator's stream of its number. */
static void
test_draws (void)
{
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  like = dif_context_nhwc (context, 1, 70, 81, 3);
  g_autofree float      *expected = g_new (float, like->size);
  DifSeededNoise         noise;

  dif_seeded_noise_init (&noise, 7);
  for (guint64 k = 0; k < 3; k++)
    {
      g_autoptr (DifTensor) x = dif_noise_next (&noise.parent, context, like);

      dif_rng_normal (7, k, 0, expected, like->size);
      if (test_has_shape (x, 1, 70, 81, 3))
        g_assert_cmpmem (x->data, x->size * sizeof (float), expected, x->size * sizeof (float));
    }
  g_assert_cmpuint (noise.parent.next, ==, 3);
  g_assert_null (dif_noise_next (&noise.parent, context, NULL));
}

/* What is left of a wave of so many pixels along one axis when 16 are the largest detail. */
static double
left_of_wave (DifContext *context, gsize axis, double length)
{
  g_autoptr (DifTensor) x = dif_context_nhwc (context, 1, 128, 128, 2);
  double                most = 0.0;

  for (gsize i = 0; i < x->size; i++)
    {
      const gsize at = axis == 1 ? i / 2 / 128 : i / 2 % 128;

      x->data[i] = i % 2 ? (float) sin (2.0 * G_PI * (at + 0.5) / length) : 0.0f;
    }
  dif_take_coarse (context, x, 16);
  for (gsize i = 0; i < x->size; i++)
    if (i % 2)
      most = MAX (most, fabs (x->data[i]));
    else
      g_assert_cmpfloat (x->data[i], ==, 0.0f);
  return most;
}

/* Against the response of two boxes of 9 pixels: 1 - (sin 9p / (9 sin p))^2, p = pi / length. */
static void
test_coarse (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  static const double    lengths[] = { 4.0, 8.0, 16.0, 32.0, 128.0 };

  for (gsize axis = 1; axis <= 2; axis++)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      {
        const double p = G_PI / lengths[i];
        const double box = sin (9.0 * p) / (9.0 * sin (p));
        const double left = left_of_wave (context, axis, lengths[i]);

        g_test_message ("%g pixels: %g left", lengths[i], left);
        g_assert_cmpfloat_with_epsilon (left, (1.0 - box * box) * cos (p), 0.03);
      }
  dif_take_coarse (context, NULL, 16);
}

/* With a detail beyond the picture only the mean goes. */
static void
test_all_fine (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  before = test_random (context, 4, 1, 5, 7, 1);
  g_autoptr (DifTensor)  x = test_random (context, 4, 1, 5, 7, 1);
  double                 mean = 0.0;

  for (gsize i = 0; i < x->size; i++)
    mean += before->data[i] / x->size;
  dif_take_coarse (context, x, 4096);
  for (gsize i = 0; i < x->size; i++)
    g_assert_cmpfloat_with_epsilon (x->data[i], before->data[i] - mean, 0.02);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/noise/threads", test_threads);
  g_test_add_func ("/noise/draws", test_draws);
  g_test_add_func ("/noise/coarse", test_coarse);
  g_test_add_func ("/noise/all-fine", test_all_fine);
  return g_test_run ();
}
