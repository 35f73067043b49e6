/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/selection.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/coverage.h"

#define W 37
#define H 29
#define N (W * H)

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

        r.soft_selection = soft > 0;
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
  r.soft_selection = TRUE;
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
  g_test_add_func ("/selection/shape", test_shape);
  g_test_add_func ("/selection/nothing-left", test_nothing_left);
  g_test_add_func ("/selection/blend-off", test_blend_off);
  g_test_add_func ("/selection/blend-band", test_blend_band);
  g_test_add_func ("/selection/blend-none", test_blend_none);
  return g_test_run ();
}
