/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/settings/request.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

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

static void
test_json_guides (void)
{
  static const float colors[] = { 0.0f, 0.5f, 1.0f, 0.25f, 0.75f, 0.0f };
  const DifRegion    regions[] = { { "grass:0.5,sky:1", NULL }, { NULL, NULL } };
  DifRequest         r = request (DIF_TASK_GENERATE);
  g_autofree char   *text = NULL;
  json_t            *object, *list;

  r.negative_prompt = "snow";
  r.guidance_rescale = 0.5;
  r.guidance_from = 0.75;
  r.guidance_to = 0.25;
  r.regions = regions;
  r.n_regions = 2;
  r.palette = (float *) colors;
  r.n_palette = 2;
  r.mean_color = TRUE;
  r.classifier_guidance = 12.5;
  text = dif_request_to_json (&r);
  object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_nonnull (object);
  g_assert_cmpstr (json_string_value (json_object_get (object, "negative-label")), ==, "snow");
  g_assert_cmpfloat (json_number_value (json_object_get (object, "guidance-rescale")), ==, 0.5);
  g_assert_cmpfloat (json_number_value (json_object_get (object, "guidance-from")), ==, 0.75);
  g_assert_cmpfloat (json_number_value (json_object_get (object, "guidance-to")), ==, 0.25);
  g_assert_cmpfloat (json_number_value (json_object_get (object, "color-guidance")), ==,
                     r.color_guidance);
  g_assert_true (json_is_true (json_object_get (object, "mean-color")));
  g_assert_cmpfloat (json_number_value (json_object_get (object, "classifier-guidance")), ==, 12.5);
  list = json_object_get (object, "regions");
  g_assert_cmpuint (json_array_size (list), ==, 2);
  g_assert_cmpstr (json_string_value (json_array_get (list, 0)), ==, regions[0].prompt);
  g_assert_cmpstr (json_string_value (json_array_get (list, 1)), ==, "");
  list = json_object_get (object, "colors");
  g_assert_cmpuint (json_array_size (list), ==, 2);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (json_number_value (json_array_get (json_array_get (list, i / 3), i % 3)), ==,
                       colors[i]);
  json_decref (object);
}

static void
test_json (void)
{
  DifRequest       r = request (DIF_TASK_REIMAGINE);
  g_autofree char *text = NULL;
  json_t          *object;

  r.seed = G_MAXINT32;
  r.prompt = "a \"quoted\" label";
  r.noise_level = 0.25;
  r.grow = -3;
  r.feather = 4;
  r.blend = 5;
  r.detail = 6;
  r.prefill = DIF_PREFILL_BORDER;
  r.tile = DIF_TILE_Y;
  r.context_percent = 12.5;
  r.work_size = 99;
  text = dif_request_to_json (&r);
  object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_nonnull (object);
  g_assert_cmpstr (json_string_value (json_object_get (object, "task")), ==, "reimagine");
  g_assert_cmpstr (json_string_value (json_object_get (object, "label")), ==, r.prompt);
  g_assert_cmpstr (json_string_value (json_object_get (object, "seed")), ==, "2147483647");
  g_assert_cmpfloat (json_number_value (json_object_get (object, "noise-level")), ==, 0.25);
  g_assert_cmpint (json_integer_value (json_object_get (object, "steps")), ==, 20);
  g_assert_nonnull (json_string_value (json_object_get (object, "sampler")));
  g_assert_true (json_is_true (json_object_get (object, "soft")));
  g_assert_cmpint (json_integer_value (json_object_get (object, "grow")), ==, -3);
  g_assert_cmpint (json_integer_value (json_object_get (object, "feather")), ==, 4);
  g_assert_cmpint (json_integer_value (json_object_get (object, "blend")), ==, 5);
  g_assert_cmpint (json_integer_value (json_object_get (object, "detail")), ==, 6);
  g_assert_cmpstr (json_string_value (json_object_get (object, "prefill")), ==, "border");
  g_assert_true (json_is_true (json_object_get (object, "color-match")));
  g_assert_true (json_is_false (json_object_get (object, "tile-x")));
  g_assert_true (json_is_true (json_object_get (object, "tile-y")));
  g_assert_cmpstr (json_string_value (json_object_get (object, "known")), ==, "xt");
  g_assert_cmpint (json_integer_value (json_object_get (object, "context")), ==, -1);
  g_assert_cmpfloat (json_number_value (json_object_get (object, "context-percent")), ==, 12.5);
  g_assert_cmpint (json_integer_value (json_object_get (object, "work-size")), ==, 99);
  g_assert_null (strchr (text, '\n'));
  json_decref (object);
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
  g_test_add_func ("/request/json-guides", test_json_guides);
  g_test_add_func ("/request/json", test_json);
  return g_test_run ();
}
