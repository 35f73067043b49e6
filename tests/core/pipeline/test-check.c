/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/check.h"

#include <math.h>

#include "core/base/error.h"
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

static void
test_good (void)
{
  for (DifTask task = DIF_TASK_GENERATE; task <= DIF_TASK_NOISE; task++)
    {
      DifRequest         r = good (task);
      g_autoptr (GError) error = NULL;

      g_assert_true (dif_request_check (&r, &error));
      g_assert_no_error (error);
      if (task != DIF_TASK_INPAINT)
        r.mask = NULL;
      r.steps = DIF_MAX_STEPS;
      r.guidance = 0.0;
      r.noise_level = 1.0;
      r.sampler = "";
      r.spacing = "";
      g_assert_true (dif_request_check (&r, NULL));
      r.pixels = NULL;
      g_assert_cmpint (dif_request_check (&r, NULL), ==, task == DIF_TASK_GENERATE);
    }
}

static void
refused (const DifRequest *r, const char *setting)
{
  GError *error = NULL;

  g_assert_false (dif_request_check (r, &error));
  test_assert_setting (error, setting);
  g_assert_false (dif_request_check (r, NULL));
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
  g_assert_true (dif_request_check (&r, NULL));
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
  g_assert_true (dif_request_check (&r, NULL));
  pixels[3 * 5 + 2] = 0.0f;
  pixels[3 * 6 + 2] = NAN;
  r.origin_x = -30;
  r.origin_y = 40;
  g_assert_false (dif_request_check (&r, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "column -28", "row 41", NULL);
  r.alpha = alpha; /* as may what is not seen */
  g_assert_true (dif_request_check (&r, NULL));
  r.alpha = NULL;
  r.origin_x = r.origin_y = 0;
  pixels[3 * 6 + 2] = 0.0f;
  mask[3] = INFINITY;
  error = NULL;
  g_assert_false (dif_request_check (&r, &error));
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
  g_assert_false (dif_request_check (&r, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, "number 2", "column 2", "row 1", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/check/good", test_good);
  g_test_add_func ("/check/sizes", test_sizes);
  g_test_add_func ("/check/settings", test_settings);
  g_test_add_func ("/check/regions", test_regions);
  g_test_add_func ("/check/nonfinite", test_nonfinite);
  g_test_add_func ("/check/region-nonfinite", test_region_nonfinite);
  return g_test_run ();
}
