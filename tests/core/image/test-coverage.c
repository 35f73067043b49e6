/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/coverage.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/rng.h"

#define W 37
#define H 29
#define N (W * H)

/* Blobs, some of them at the borders; of @n_values values above 0. */
static void
blobs (float *coverage, guint64 seed, guint n_values)
{
  float numbers[N];

  dif_rng_normal (seed, 3, 0, numbers, N);
  for (gsize i = 0; i < N; i++)
    coverage[i] =
        numbers[i] > 2.0f ? (float) (1 + (guint) (1e4f * numbers[i]) % n_values) / n_values : 0.0f;
}

/* The largest coverage within the distance, or the smallest: the definition. */
static float
within (const float *coverage, gsize at, gint pixels)
{
  const gint y = (gint) (at / W);
  const gint x = (gint) (at % W);
  const gint r = ABS (pixels);
  float      best = coverage[at];

  for (gint dy = -r; dy <= r; dy++)
    for (gint dx = -r; dx <= r; dx++)
      {
        float other;

        if (dy * dy + dx * dx > r * r || y + dy < 0 || y + dy >= H || x + dx < 0 || x + dx >= W)
          continue;
        other = coverage[(y + dy) * W + x + dx];
        best = pixels > 0 ? MAX (best, other) : MIN (best, other);
      }
  return best;
}

static void
test_grow (void)
{
  static const gint pixels[] = { 1, 2, 3, 5, 8, 50, -1, -2, -3, -5 };

  for (guint k = 0; k < G_N_ELEMENTS (pixels); k++)
    for (guint n_values = 1; n_values <= 16; n_values += 15)
      {
        float before[N];
        float after[N];

        blobs (before, k, n_values);
        for (gsize i = 0; i < N && pixels[k] < 0; i++)
          before[i] = 1.0f - before[i]; /* holes */
        memcpy (after, before, sizeof before);
        g_assert_true (dif_coverage_grow (after, W, H, pixels[k], NULL));
        for (gsize i = 0; i < N; i++)
          g_assert_cmpfloat (after[i], ==, within (before, i, pixels[k]));
      }
}

/* A soft edge of very many values is moved, and stays as soft as it was. */
static void
test_grow_soft (void)
{
  static const gint pixels[] = { 1, 4, 9, -1, -6 };

  for (guint k = 0; k < G_N_ELEMENTS (pixels); k++)
    {
      float coverage[N];

      for (gsize i = 0; i < N; i++)
        coverage[i] = CLAMP (((float) (i % W) - 8.0f) / 20.0f, 0.0f, 1.0f);
      g_assert_true (dif_coverage_grow (coverage, W, H, pixels[k], NULL));
      for (gsize i = 0; i < N; i++)
        {
          float moved = ((float) (i % W) + pixels[k] - 8.0f) / 20.0f;

          g_assert_cmpfloat_with_epsilon (coverage[i], CLAMP (moved, 0.0f, 1.0f), 0.07f);
        }
    }
}

/* Exactly 0 and 1 beyond the radius, between them a Gaussian's shape. */
static void
test_feather (void)
{
  static const guint radii[] = { 1, 2, 3, 6, 12, 30 };

  for (guint k = 0; k < G_N_ELEMENTS (radii); k++)
    {
      const guint w = 101;
      const gint  r = (gint) radii[k];
      float       coverage[101 * 5];

      for (gsize i = 0; i < w * 5; i++)
        coverage[i] = i % w >= 50 ? 1.0f : 0.0f;
      g_assert_true (dif_coverage_feather (coverage, w, 5, radii[k], NULL));
      for (gint i = 0; i < (gint) w * 5; i++)
        {
          gint   x = i % (gint) w;
          double gauss = 0.5 * erfc (-(x - 49.5) / (r / 3.0) / G_SQRT2);

          if (x < 50 - r)
            g_assert_cmpfloat (coverage[i], ==, 0.0f);
          else if (x >= 50 + r)
            g_assert_cmpfloat (coverage[i], ==, 1.0f);
          else
            g_assert_true (coverage[i] > 0.0f && coverage[i] < 1.0f);
          if (r >= 6)
            g_assert_cmpfloat_with_epsilon (coverage[i], gauss, 0.06);
          if (x > 0)
            g_assert_cmpfloat (coverage[i], >=, coverage[i - 1]);
        }
    }
}

/* The same along rows and columns, whatever the size; what is all covered stays so. */
static void
test_feather_sides (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 9 }, { 9, 1 }, { 5, 7 }, { 16, 16 } };

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      const guint       w = sizes[k][0];
      const guint       h = sizes[k][1];
      g_autofree float *a = g_new (float, w *h);
      g_autofree float *b = g_new (float, w *h);
      g_autofree float *full = g_new (float, w *h);

      for (guint i = 0; i < w * h; i++)
        {
          a[i] = (i * 7 + i / 3) % 4 == 0 ? 1.0f : 0.0f;
          b[i % w * h + i / w] = a[i];
          full[i] = 1.0f;
        }
      g_assert_true (dif_coverage_feather (a, w, h, 11, NULL));
      g_assert_true (dif_coverage_feather (b, h, w, 11, NULL));
      g_assert_true (dif_coverage_feather (full, w, h, 11, NULL));
      for (guint i = 0; i < w * h; i++)
        {
          g_assert_cmpfloat_with_epsilon (a[i], b[i % w * h + i / w], 1e-5f);
          g_assert_cmpfloat (full[i], ==, 1.0f);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/coverage/grow", test_grow);
  g_test_add_func ("/coverage/grow-soft", test_grow_soft);
  g_test_add_func ("/coverage/feather", test_feather);
  g_test_add_func ("/coverage/feather-sides", test_feather_sides);
  return g_test_run ();
}
