/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/selection.h"

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

/* ---- of requests ---- */

static float mask[N];

static DifRequest
request (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  for (gsize i = 0; i < N; i++)
    {
      gsize y = i / W;
      gsize x = i % W;

      mask[i] = y < 10 || y >= 20 || x < 10 || x >= 25 ? 0.0f : 1.0f;
      if (x == 10 && y >= 10 && y < 20)
        mask[i] = 0.25f;
    }
  r.width = W;
  r.height = H;
  r.mask = mask;
  return r;
}

static void
test_shape (void)
{
  DifRequest        r = request (DIF_TASK_INPAINT);
  g_autofree float *as_it_is = NULL;
  g_autofree float *shape = NULL;
  g_autofree float *none = NULL;
  float             expected[N];

  g_assert_cmpuint (dif_selection_reach (&r), ==, 0);
  g_assert_true (dif_selection_shape (&r, &as_it_is, NULL));
  g_assert_null (as_it_is);
  r.grow = 2;
  r.feather = 3;
  g_assert_cmpuint (dif_selection_reach (&r), ==, 5);
  g_assert_true (dif_selection_shape (&r, &shape, NULL));
  memcpy (expected, mask, sizeof mask);
  dif_coverage_grow (expected, W, H, 2, NULL);
  dif_coverage_feather (expected, W, H, 3, NULL);
  g_assert_cmpmem (shape, sizeof expected, expected, sizeof expected);
  for (gsize i = 0; i < N; i++)
    if (i % W < 5 || i % W >= 30 || i / W < 5 || i / W >= 25) /* beyond its reach */
      g_assert_cmpfloat (shape[i], ==, 0.0f);
  r.mask = NULL;
  g_assert_true (dif_selection_shape (&r, &none, NULL));
  g_assert_null (none);
  g_assert_cmpuint (dif_selection_reach (&r), ==, 0);
}

static void
test_nothing_left (void)
{
  DifRequest         r = request (DIF_TASK_INPAINT);
  g_autoptr (GError) error = NULL;
  float             *shape = NULL;

  r.grow = -20;
  g_assert_false (dif_selection_shape (&r, &shape, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_assert_null (shape);
  memset (mask, 0, sizeof mask); /* nothing was there: not the shrinking's fault */
  g_assert_true (dif_selection_shape (&r, &shape, NULL));
  g_free (shape);
}

/* Without a band: the coverage, or all of it where it was a noise level. */
static void
test_blend_off (void)
{
  for (DifTask task = DIF_TASK_REIMAGINE; task <= DIF_TASK_NOISE; task++)
    for (guint soft = 0; soft < 2; soft++)
      {
        DifRequest        r = request (task);
        g_autofree float *alpha = NULL;

        r.soft = soft > 0;
        g_assert_true (dif_selection_blend (&r, &alpha, NULL));
        for (gsize i = 0; i < N; i++)
          if (soft && task != DIF_TASK_NOISE)
            g_assert_cmpfloat (alpha[i], ==, mask[i] > 0.0f ? 1.0f : 0.0f);
          else
            g_assert_cmpfloat (alpha[i], ==, mask[i]);
      }
}

/* A band rises from the edge inwards by distance alone. */
static void
test_blend_band (void)
{
  DifRequest        r = request (DIF_TASK_INPAINT);
  g_autofree float *alpha = NULL;

  r.blend = 4;
  r.soft = TRUE;
  g_assert_true (dif_selection_blend (&r, &alpha, NULL));
  for (gsize i = 0; i < N; i++)
    {
      gsize  y = i / W;
      gsize  x = i % W;
      double distance = MIN (MIN (y - 9.0, 20.0 - y), MIN (x - 9.0, 25.0 - x));
      double t = CLAMP ((distance - 0.5) / 4.0, 0.0, 1.0);

      if (mask[i] == 0.0f)
        g_assert_cmpfloat (alpha[i], ==, 0.0f);
      else
        g_assert_cmpfloat_with_epsilon (alpha[i], t * t * (3.0 - 2.0 * t), 1e-6);
    }
}

static void
test_blend_none (void)
{
  DifRequest        r = request (DIF_TASK_GENERATE);
  g_autofree float *alpha = NULL;

  r.blend = 4;
  g_assert_true (dif_selection_blend (&r, &alpha, NULL));
  g_assert_null (alpha);
  r = request (DIF_TASK_REIMAGINE);
  r.mask = NULL;
  g_assert_true (dif_selection_blend (&r, &alpha, NULL));
  g_assert_null (alpha);
  r = request (DIF_TASK_REIMAGINE);
  r.blend = 4;
  for (gsize i = 0; i < N; i++)
    mask[i] = 1.0f; /* no edge inside the picture */
  g_assert_true (dif_selection_blend (&r, &alpha, NULL));
  for (gsize i = 0; i < N; i++)
    g_assert_cmpfloat (alpha[i], ==, 1.0f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/selection/grow", test_grow);
  g_test_add_func ("/selection/grow-soft", test_grow_soft);
  g_test_add_func ("/selection/feather", test_feather);
  g_test_add_func ("/selection/feather-sides", test_feather_sides);
  g_test_add_func ("/selection/shape", test_shape);
  g_test_add_func ("/selection/nothing-left", test_nothing_left);
  g_test_add_func ("/selection/blend-off", test_blend_off);
  g_test_add_func ("/selection/blend-band", test_blend_band);
  g_test_add_func ("/selection/blend-none", test_blend_none);
  return g_test_run ();
}
