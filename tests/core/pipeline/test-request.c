/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "core/base/error.h"
#include "core/pipeline/request.h"
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
refused (const DifRequest *r, const char *word)
{
  GError *error = NULL;

  g_assert_false (dif_request_check (r, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, word, NULL);
  g_assert_false (dif_request_check (r, NULL));
}

static void
test_sizes (void)
{
  DifRequest r = good (DIF_TASK_GENERATE);

  r.width = 0;
  refused (&r, "0 × 2");
  r = good (DIF_TASK_GENERATE);
  r.height = 0;
  refused (&r, "4 × 0");
  r.height = DIF_MAX_SIZE + 1;
  refused (&r, "65537");
  r = good (DIF_TASK_GENERATE);
  r.steps = 0;
  refused (&r, "0 steps");
  r.steps = DIF_MAX_STEPS + 1;
  refused (&r, "1001 steps");
}

static void
test_numbers (void)
{
  static const double guidance[] = { -0.1, 100.5, NAN, INFINITY, -INFINITY };
  static const double levels[] = { 0.0, -0.5, 1.0001, NAN, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (guidance); i++)
    {
      DifRequest r = good (DIF_TASK_REIMAGINE);

      r.guidance = guidance[i];
      refused (&r, "guidance");
      r = good (DIF_TASK_REIMAGINE);
      r.noise_level = levels[i];
      refused (&r, "noise level");
    }
}

static void
test_guides (void)
{
  static const double rescales[] = { -0.1, 1.1, NAN };
  static const double intervals[][2] = { { 0.2, 0.8 },
                                         { 1.1, 0.0 },
                                         { 1.0, -0.1 },
                                         { NAN, 0.0 },
                                         { 1.0, NAN } };
  static const double classifier[] = { -0.1, 1000.5, NAN, INFINITY };
  static const float  colors[] = { 0.0f, 0.5f, 1.0f, 0.2f, 1.5f, 0.3f };
  const DifRegion     regions[20] = { { "grass", mask }, { "", mask }, { "sky", NULL } };
  DifRequest          r;

  for (guint i = 0; i < G_N_ELEMENTS (rescales); i++)
    {
      r = good (DIF_TASK_GENERATE);
      r.guidance_rescale = rescales[i];
      refused (&r, "rescaling");
      r = good (DIF_TASK_GENERATE);
      r.color_guidance = rescales[i];
      refused (&r, "by colors");
    }
  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    {
      r = good (DIF_TASK_GENERATE);
      r.guidance_from = intervals[i][0];
      r.guidance_to = intervals[i][1];
      refused (&r, "noise levels");
    }
  for (guint i = 0; i < G_N_ELEMENTS (classifier); i++)
    {
      r = good (DIF_TASK_GENERATE);
      r.label = "grass";
      r.classifier_guidance = classifier[i];
      refused (&r, "by the classifier");
    }
  r = good (DIF_TASK_GENERATE);
  r.classifier_guidance = 1.0;
  r.label = "";
  refused (&r, "needs a label");
  r.label = "grass";
  g_assert_true (dif_request_check (&r, NULL));
  r.regions = regions;
  r.n_regions = 2;
  refused (&r, "together with regions");
  r = good (DIF_TASK_INPAINT);
  r.regions = regions;
  r.n_regions = 2;
  g_assert_true (dif_request_check (&r, NULL));
  r.n_regions = 3;
  refused (&r, "number 3 has no mask");
  r.n_regions = 20;
  refused (&r, "20 regions");
  r = good (DIF_TASK_INPAINT);
  r.colors = colors;
  r.n_colors = 1;
  g_assert_true (dif_request_check (&r, NULL));
  r.n_colors = 2;
  refused (&r, "number 2");
  r.n_colors = DIF_MAX_COLORS + 1;
  refused (&r, "257 colors");
}

static void
test_canvas (void)
{
  DifRequest r = good (DIF_TASK_REIMAGINE);

  r.grow = DIF_MAX_REACH;
  r.feather = DIF_MAX_REACH;
  r.blend = DIF_MAX_REACH;
  g_assert_true (dif_request_check (&r, NULL));
  r.grow = -(gint) DIF_MAX_REACH;
  r.feather = 0;
  refused (&r, "leaves nothing");
  r.grow--;
  refused (&r, "-4097");
  r.grow = DIF_MAX_REACH + 1;
  refused (&r, "4097");
  r = good (DIF_TASK_INPAINT);
  r.feather = DIF_MAX_REACH + 1;
  refused (&r, "feather");
  r = good (DIF_TASK_INPAINT);
  r.blend = G_MAXUINT;
  refused (&r, "blend");
  r = good (DIF_TASK_INPAINT);
  r.detail = DIF_MAX_REACH + 1;
  refused (&r, "detail");
  r = good (DIF_TASK_INPAINT);
  r.prefill = DIF_N_PREFILLS;
  refused (&r, "7");
}

static void
test_work (void)
{
  static const double percents[] = { -0.5, 1000.5, NAN, INFINITY };
  DifRequest          r = good (DIF_TASK_INPAINT);

  r.context = DIF_MAX_SIZE;
  r.context_percent = DIF_MAX_PERCENT;
  r.work_size = DIF_MAX_SIZE;
  g_assert_true (dif_request_check (&r, NULL));
  r.tile_x = TRUE;
  refused (&r, "tile");
  r = good (DIF_TASK_INPAINT);
  r.context = -2;
  refused (&r, "-2");
  r.context = DIF_MAX_SIZE + 1;
  refused (&r, "65537");
  r = good (DIF_TASK_INPAINT);
  r.work_size = DIF_MAX_SIZE + 1;
  refused (&r, "65537");
  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      r = good (DIF_TASK_INPAINT);
      r.context_percent = percents[i];
      refused (&r, "%");
    }
}

static void
test_prefill_ids (void)
{
  DifPrefill found;

  for (DifPrefill way = 0; way < DIF_N_PREFILLS; way++)
    {
      g_assert_true (dif_prefill_find (dif_prefill_id (way), &found));
      g_assert_cmpint (found, ==, way);
    }
  g_assert_false (dif_prefill_find ("magic", &found));
  g_assert_false (dif_prefill_find (NULL, &found));
}

static void
test_names (void)
{
  DifRequest r = good (DIF_TASK_INPAINT);

  r.sampler = "magic";
  refused (&r, "magic");
  r = good (DIF_TASK_INPAINT);
  r.spacing = "900,500,20";
  g_assert_true (dif_request_check (&r, NULL));
  r.spacing = "20,500";
  refused (&r, "20,500");
  r.spacing = "leaning";
  refused (&r, "leaning");
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

static void
test_json_guides (void)
{
  static const float colors[] = { 0.0f, 0.5f, 1.0f, 0.25f, 0.75f, 0.0f };
  const DifRegion    regions[] = { { "grass:0.5,sky:1", mask }, { NULL, mask } };
  DifRequest         r = good (DIF_TASK_GENERATE);
  g_autofree char   *text = NULL;
  json_t            *object, *list;

  r.negative_label = "snow";
  r.guidance_rescale = 0.5;
  r.guidance_from = 0.75;
  r.guidance_to = 0.25;
  r.regions = regions;
  r.n_regions = 2;
  r.colors = colors;
  r.n_colors = 2;
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
  g_assert_cmpstr (json_string_value (json_array_get (list, 0)), ==, regions[0].label);
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
  DifRequest       r = good (DIF_TASK_REIMAGINE);
  g_autofree char *text = NULL;
  json_t          *object;

  r.seed = G_MAXUINT64;
  r.label = "a \"quoted\" label";
  r.noise_level = 0.25;
  r.grow = -3;
  r.feather = 4;
  r.blend = 5;
  r.detail = 6;
  r.prefill = DIF_PREFILL_BORDER;
  r.tile_y = TRUE;
  r.context_percent = 12.5;
  r.work_size = 99;
  text = dif_request_to_json (&r);
  object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_nonnull (object);
  g_assert_cmpstr (json_string_value (json_object_get (object, "task")), ==, "reimagine");
  g_assert_cmpstr (json_string_value (json_object_get (object, "label")), ==, r.label);
  g_assert_cmpstr (json_string_value (json_object_get (object, "seed")), ==,
                   "18446744073709551615");
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
  g_test_add_func ("/request/good", test_good);
  g_test_add_func ("/request/sizes", test_sizes);
  g_test_add_func ("/request/numbers", test_numbers);
  g_test_add_func ("/request/guides", test_guides);
  g_test_add_func ("/request/region-nonfinite", test_region_nonfinite);
  g_test_add_func ("/request/json-guides", test_json_guides);
  g_test_add_func ("/request/canvas", test_canvas);
  g_test_add_func ("/request/work", test_work);
  g_test_add_func ("/request/prefill-ids", test_prefill_ids);
  g_test_add_func ("/request/names", test_names);
  g_test_add_func ("/request/nonfinite", test_nonfinite);
  g_test_add_func ("/request/json", test_json);
  return g_test_run ();
}
