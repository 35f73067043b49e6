/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/prepare.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/image/coverage.h"
#include "tests/core/support/numbers.h"

static float pixels[3 * 4 * 2];
static float mask[4 * 2] = { [5] = 1.0f };

static DifRequest
good (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  r.width = 4;
  r.height = 2;
  r.pixels = pixels;
  r.mask = mask;
  return r;
}

static gboolean
prepares (const DifRequest *r, GError **error)
{
  g_auto (DifPrepared) prepared = { 0 };

  return dif_prepare (&prepared, r, error);
}

static void
test_good (void)
{
  for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
    {
      DifRequest         r = good (task);
      g_autoptr (GError) error = NULL;

      g_assert_true (prepares (&r, &error));
      g_assert_no_error (error);
      if (task != DIF_TASK_INPAINT)
        r.mask = NULL;
      r.steps = DIF_MAX_STEPS;
      r.guidance = 0.0;
      r.noise_level = 1.0;
      r.sampler = "";
      r.spacing = "";
      g_assert_true (prepares (&r, NULL));
      r.pixels = NULL;
      g_assert_cmpint (prepares (&r, NULL), ==, task == DIF_TASK_GENERATE);
    }
}

static void
refused (const DifRequest *r, const char *setting)
{
  GError *error = NULL;

  g_assert_false (prepares (r, &error));
  test_assert_setting (error, setting);
  g_assert_false (prepares (r, NULL));
}

static void
test_sizes (void)
{
  DifRequest r = good (DIF_TASK_GENERATE);

  r.width = 0;
  refused (&r, "size");
  r = good (DIF_TASK_GENERATE);
  r.height = 0;
  refused (&r, "size");
  r.height = DIF_MAX_SIZE + 1;
  refused (&r, "size");
}

static void
test_settings (void)
{
  DifRequest r = good (DIF_TASK_REIMAGINE);

  r.steps = 0;
  refused (&r, "steps");
  r = good (DIF_TASK_REIMAGINE);
  r.grow = -(gint) DIF_MAX_REACH; /* which leaves nothing */
  refused (&r, "grow");
}

static void
test_regions (void)
{
  const DifRegion regions[20] = { { "grass", mask }, { "", mask }, { "sky", NULL } };
  DifRequest      r = good (DIF_TASK_INPAINT);

  r.regions = regions;
  r.n_regions = 2;
  g_assert_true (prepares (&r, NULL));
  r.n_regions = 3;
  refused (&r, "regions");
  r.n_regions = 20;
  refused (&r, "regions");
}

static void
test_nonfinite (void)
{
  static const float alpha[] = { 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 0.01f, 1.0f };
  DifRequest         r = good (DIF_TASK_INPAINT);
  GError            *error = NULL;

  pixels[3 * 5 + 2] = NAN; /* a hole may hold anything */
  g_assert_true (prepares (&r, NULL));
  pixels[3 * 5 + 2] = 0.0f;
  pixels[3 * 6 + 2] = NAN;
  r.origin_x = -30;
  r.origin_y = 40;
  g_assert_false (prepares (&r, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "column -28", "row 41", NULL);
  r.alpha = alpha; /* as may what is not seen */
  g_assert_true (prepares (&r, NULL));
  r.alpha = NULL;
  r.origin_x = r.origin_y = 0;
  pixels[3 * 6 + 2] = 0.0f;
  mask[3] = INFINITY;
  error = NULL;
  g_assert_false (prepares (&r, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "column 3", "row 0", NULL);
  mask[3] = 0.0f;
}

static void
test_region_nonfinite (void)
{
  float           own[8] = { 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, NAN, 0.0f };
  const DifRegion regions[] = { { "grass", mask }, { "sky", own } };
  DifRequest      r = good (DIF_TASK_GENERATE);
  GError         *error = NULL;

  r.regions = regions;
  r.n_regions = 2;
  g_assert_false (prepares (&r, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "number 2", "column 2", "row 1", NULL);
}

/* ---- masks ---- */

#define W 37
#define H 29
#define N (W * H)

static float wide_pixels[3 * N];
static float wide_mask[N];

static DifRequest
wide (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  for (gsize i = 0; i < N; i++)
    {
      gsize y = i / W;
      gsize x = i % W;

      wide_mask[i] = y < 10 || y >= 20 || x < 10 || x >= 25 ? 0.0f : 1.0f;
      if (x == 10 && y >= 10 && y < 20)
        wide_mask[i] = 0.25f;
    }
  r.width = W;
  r.height = H;
  r.pixels = wide_pixels;
  r.mask = wide_mask;
  return r;
}

/* How the result would be laid over the source. */
static float *
weights_of (const DifRequest *r)
{
  g_auto (DifPrepared) prepared = { 0 };
  float *weights = NULL;

  g_assert_true (dif_prepare (&prepared, r, NULL));
  g_assert_true (dif_prepared_weigh (&prepared, &weights, NULL));
  return weights;
}

static void
test_shape (void)
{
  DifRequest r = wide (DIF_TASK_INPAINT);
  g_auto (DifPrepared) as_it_is = { 0 };
  g_auto (DifPrepared) shaped = { 0 };
  float expected[N];

  g_assert_cmpuint (dif_request_reach (&r), ==, 0);
  g_assert_true (dif_prepare (&as_it_is, &r, NULL));
  g_assert_true (as_it_is.input.mask == wide_mask);
  r.grow = 2;
  r.feather = 3;
  g_assert_cmpuint (dif_request_reach (&r), ==, 5);
  g_assert_true (dif_prepare (&shaped, &r, NULL));
  memcpy (expected, wide_mask, sizeof expected);
  dif_coverage_grow (expected, W, H, 2, NULL);
  dif_coverage_feather (expected, W, H, 3, NULL);
  g_assert_cmpmem (shaped.input.mask, sizeof expected, expected, sizeof expected);
  for (gsize i = 0; i < N; i++)
    if (i % W < 5 || i % W >= 30 || i / W < 5 || i / W >= 25) /* beyond its reach */
      g_assert_cmpfloat (shaped.input.mask[i], ==, 0.0f);
}

static void
test_nothing_left (void)
{
  DifRequest r = wide (DIF_TASK_INPAINT);

  r.grow = -20;
  refused (&r, "grow");
  memset (wide_mask, 0, sizeof wide_mask); /* nothing was there: not the shrinking's fault */
  refused (&r, NULL);
}

/* Without a mask, inpainting fills what is transparent, and other tasks do not look at it. */
static void
test_holes (void)
{
  static float alpha[N];
  DifRequest   r = wide (DIF_TASK_INPAINT);
  g_auto (DifPrepared) holes = { 0 };
  g_auto (DifPrepared) whole = { 0 };

  for (gsize i = 0; i < N; i++)
    alpha[i] = i % W < 9 ? 0.5f : 1.0f;
  r.alpha = alpha;
  r.mask = NULL;
  g_assert_true (dif_prepare (&holes, &r, NULL));
  for (gsize i = 0; i < N; i++)
    g_assert_cmpfloat (holes.input.mask[i], ==, i % W < 9 ? 1.0f : 0.0f);
  r.task = DIF_TASK_REIMAGINE;
  g_assert_true (dif_prepare (&whole, &r, NULL));
  g_assert_null (whole.input.mask);
}

/* Without a band: the coverage, or all of it where it was a noise level. */
static void
test_weights (void)
{
  for (DifTask task = DIF_TASK_REIMAGINE; task <= DIF_TASK_NOISE; task++)
    for (guint soft = 0; soft < 2; soft++)
      {
        DifRequest        r = wide (task);
        g_autofree float *weights = NULL;

        r.soft_selection = soft > 0;
        weights = weights_of (&r);
        for (gsize i = 0; i < N; i++)
          if (soft && task != DIF_TASK_NOISE)
            g_assert_cmpfloat (weights[i], ==, wide_mask[i] > 0.0f ? 1.0f : 0.0f);
          else
            g_assert_cmpfloat (weights[i], ==, wide_mask[i]);
      }
}

/* A band rises from the edge inwards by distance alone. */
static void
test_weights_band (void)
{
  DifRequest        r = wide (DIF_TASK_INPAINT);
  g_autofree float *weights = NULL;

  r.blend = 4;
  r.soft_selection = TRUE;
  weights = weights_of (&r);
  for (gsize i = 0; i < N; i++)
    {
      gsize  y = i / W;
      gsize  x = i % W;
      double distance = MIN (MIN (y - 9.0, 20.0 - y), MIN (x - 9.0, 25.0 - x));
      double t = CLAMP ((distance - 0.5) / 4.0, 0.0, 1.0);

      if (wide_mask[i] == 0.0f)
        g_assert_cmpfloat (weights[i], ==, 0.0f);
      else
        g_assert_cmpfloat_with_epsilon (weights[i], t * t * (3.0 - 2.0 * t), 1e-6);
    }
}

static void
test_weights_plain (void)
{
  DifRequest        r = wide (DIF_TASK_GENERATE);
  g_autofree float *own = NULL;
  g_autofree float *inside = NULL;

  r.blend = 4;
  own = weights_of (&r); /* there is no source to blend with */
  g_assert_cmpmem (own, sizeof wide_mask, wide_mask, sizeof wide_mask);
  r = wide (DIF_TASK_REIMAGINE);
  r.mask = NULL;
  g_assert_null (weights_of (&r));
  r = wide (DIF_TASK_REIMAGINE);
  r.blend = 4;
  for (gsize i = 0; i < N; i++)
    wide_mask[i] = 1.0f; /* no edge inside the picture */
  inside = weights_of (&r);
  for (gsize i = 0; i < N; i++)
    g_assert_cmpfloat (inside[i], ==, 1.0f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/prepare/good", test_good);
  g_test_add_func ("/prepare/sizes", test_sizes);
  g_test_add_func ("/prepare/settings", test_settings);
  g_test_add_func ("/prepare/regions", test_regions);
  g_test_add_func ("/prepare/nonfinite", test_nonfinite);
  g_test_add_func ("/prepare/region-nonfinite", test_region_nonfinite);
  g_test_add_func ("/prepare/shape", test_shape);
  g_test_add_func ("/prepare/nothing-left", test_nothing_left);
  g_test_add_func ("/prepare/holes", test_holes);
  g_test_add_func ("/prepare/weights", test_weights);
  g_test_add_func ("/prepare/weights-band", test_weights_band);
  g_test_add_func ("/prepare/weights-plain", test_weights_plain);
  return g_test_run ();
}
