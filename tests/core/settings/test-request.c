/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/request.h"

#include "core/base/error.h"
#include "tests/core/support/numbers.h"

static DifRequest
request (DifTask task)
{
  DifRequest r;

  dif_request_init (&r, task);
  return r;
}

static void
refused (const DifRequest *r, const char *setting)
{
  GError *error = NULL;

  g_assert_false (dif_request_check_settings (r, &error));
  test_assert_setting (error, setting);
  g_assert_false (dif_request_check_settings (r, NULL));
}

static void
test_defaults (void)
{
  for (DifTask task = 0; task < DIF_N_TASKS; task++)
    {
      const DifRequest   r = request (task);
      g_autoptr (GError) error = NULL;

      g_assert_true (dif_request_check_settings (&r, &error));
      g_assert_no_error (error);
      g_assert_cmpint (r.task, ==, task);
    }
}

/* What a copy owns outlives what it was copied from. */
static void
test_copy (void)
{
  DifRequest r = request (DIF_TASK_REIMAGINE);
  g_auto (DifRequest) copy;

  r.prompt = g_strdup ("grass");
  r.palette = g_new0 (float, 3);
  r.palette[2] = 0.5f;
  r.n_palette = 1;
  r.context = 0;
  r.context_percent = 25.0;
  r.tile = DIF_TILE_XY;
  dif_request_copy (&r, &copy);
  dif_request_clear (&r);
  g_assert_null (r.prompt);
  g_assert_null (r.palette);
  g_assert_cmpuint (r.n_palette, ==, 0);
  g_assert_cmpint (copy.task, ==, DIF_TASK_REIMAGINE);
  g_assert_cmpstr (copy.prompt, ==, "grass");
  g_assert_null (copy.negative_prompt);
  g_assert_cmpuint (copy.n_palette, ==, 1);
  g_assert_cmpfloat (copy.palette[2], ==, 0.5f);
  g_assert_cmpint (copy.context, ==, 0);
  g_assert_cmpfloat (copy.context_percent, ==, 25.0);
  g_assert_cmpint (copy.tile, ==, DIF_TILE_XY);
}

/* What is possible by itself need not be so with other settings. */
static void
test_together (void)
{
  const DifRegion regions[] = { { "grass", NULL } };
  DifRequest      r = request (DIF_TASK_GENERATE);

  r.guidance_from = 0.2;
  r.guidance_to = 0.8;
  refused (&r, "guidance-to");
  r = request (DIF_TASK_GENERATE);
  r.classifier_guidance = 1.0;
  refused (&r, "classifier-guidance");
  r.prompt = " ";
  refused (&r, "classifier-guidance");
  r.prompt = "grass";
  g_assert_true (dif_request_check_settings (&r, NULL));
  r.regions = regions;
  r.n_regions = 1;
  refused (&r, "classifier-guidance");
  r = request (DIF_TASK_INPAINT);
  r.work_size = 100;
  g_assert_true (dif_request_check_settings (&r, NULL));
  r.tile = DIF_TILE_X;
  refused (&r, "tile");
  r.work_size = 0;
  g_assert_true (dif_request_check_settings (&r, NULL));
  r.context = 20;
  refused (&r, "tile");
  r.context = DIF_MAX_SIZE;
  g_assert_true (dif_request_check_settings (&r, NULL));
}

static void
test_names (void)
{
  DifRequest r = request (DIF_TASK_INPAINT);

  r.sampler = r.spacing = "";
  g_assert_true (dif_request_check_settings (&r, NULL));
  r.sampler = "magic";
  refused (&r, "sampler");
  r = request (DIF_TASK_INPAINT);
  r.spacing = "900,500,20";
  g_assert_true (dif_request_check_settings (&r, NULL));
  r.spacing = "20,500";
  refused (&r, "spacing");
  r.spacing = "leaning";
  refused (&r, "spacing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/request/defaults", test_defaults);
  g_test_add_func ("/request/copy", test_copy);
  g_test_add_func ("/request/together", test_together);
  g_test_add_func ("/request/names", test_names);
  return g_test_run ();
}
