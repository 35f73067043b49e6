/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "core/base/error.h"
#include "core/settings/request.h"
#include "core/settings/settings.h"
#include "tests/core/support/numbers.h"

/* What layers had with them that were made by earlier versions: before colors were spelled as here,
 * and before settings had one name each. */
static const char british[] =
    "{\"task\":\"reimagine\",\"model\":\"Test bark\",\"label\":\"stone:0.7,grass:0.3\","
    "\"sampler\":\"euler\",\"spacing\":\"karras\",\"steps\":20,\"guidance\":2.0,"
    "\"noise-level\":0.69999999999999996,\"stop-after\":2,\"negative-label\":\"water\","
    "\"guidance-rescale\":0.0,\"guidance-from\":1.0,\"guidance-to\":0.0,"
    "\"classifier-guidance\":0.0,\"regions\":[],\"colours\":[[0.53333336114883423,"
    "0.13333334028720856,0.0],[0.90588235855102539,0.64705884456634521,1.0]],"
    "\"colour-guidance\":0.10000000000000001,\"mean-colour\":true,\"soft\":false,"
    "\"grow\":-3,\"feather\":0,\"blend\":0,\"detail\":0,\"prefill\":\"auto\","
    "\"colour-match\":false,\"context\":64,\"context-percent\":0.0,\"work-size\":96,"
    "\"known\":\"x0\",\"tile-x\":false,\"tile-y\":false,\"seed\":\"1234567890\"}";
static const char reimagined[] =
    "{\"task\":\"reimagine\",\"model\":\"Test bark\",\"label\":\"stone:0.7,grass:0.3\","
    "\"sampler\":\"euler\",\"spacing\":\"karras\",\"steps\":20,\"guidance\":2.0,"
    "\"noise-level\":0.69999999999999996,\"stop-after\":2,\"negative-label\":\"water\","
    "\"guidance-rescale\":0.0,\"guidance-from\":1.0,\"guidance-to\":0.0,"
    "\"classifier-guidance\":0.0,\"regions\":[],\"colors\":[[0.53333336114883423,"
    "0.13333334028720856,0.0],[0.90588235855102539,0.64705884456634521,1.0]],"
    "\"color-guidance\":0.10000000000000001,\"mean-color\":true,\"soft\":false,"
    "\"grow\":-3,\"feather\":0,\"blend\":0,\"detail\":0,\"prefill\":\"auto\","
    "\"color-match\":false,\"context\":64,\"context-percent\":0.0,\"work-size\":96,"
    "\"known\":\"x0\",\"tile-x\":false,\"tile-y\":false,\"seed\":\"1234567890\"}";
static const char painted[] =
    "{\"task\":\"generate\",\"model\":\"\",\"label\":\"\",\"sampler\":\"dpmpp-2m\","
    "\"spacing\":\"\",\"steps\":20,\"guidance\":2.0,\"noise-level\":1.0,\"stop-after\":0,"
    "\"negative-label\":\"\",\"guidance-rescale\":0.0,"
    "\"guidance-from\":0.80000000000000004,\"guidance-to\":0.0,"
    "\"classifier-guidance\":0.0,\"regions\":[\"stone:0.7,grass:0.3\",\"grass\"],"
    "\"colors\":[],\"color-guidance\":0.10000000000000001,\"mean-color\":false,"
    "\"soft\":false,\"grow\":0,\"feather\":0,\"blend\":0,\"detail\":0,"
    "\"prefill\":\"auto\",\"color-match\":false,\"context\":-1,\"context-percent\":0.0,"
    "\"work-size\":0,\"known\":\"xt\",\"tile-x\":true,\"tile-y\":true,\"seed\":\"0\"}";
static const char inpainted[] =
    "{\"task\":\"inpaint\",\"model\":\"\",\"label\":\"\",\"sampler\":\"dpmpp-2m\","
    "\"spacing\":\"\",\"steps\":20,\"guidance\":1.0,\"noise-level\":0.59999999999999998,"
    "\"stop-after\":0,\"negative-label\":\"\",\"guidance-rescale\":0.0,"
    "\"guidance-from\":1.0,\"guidance-to\":0.0,\"classifier-guidance\":0.0,"
    "\"regions\":[],\"colors\":[],\"color-guidance\":0.10000000000000001,"
    "\"mean-color\":false,\"soft\":false,\"grow\":0,\"feather\":0,\"blend\":0,"
    "\"detail\":16,\"prefill\":\"patch\",\"color-match\":true,\"context\":0,"
    "\"context-percent\":12.5,\"work-size\":0,\"known\":\"xt\",\"tile-x\":false,"
    "\"tile-y\":false,\"seed\":\"7\"}";

static void
read_settings (DifRequest *r, DifTask task, const char *text)
{
  GError *error = NULL;

  dif_request_init (r, task);
  g_assert_true (dif_request_from_json (r, text, &error));
  g_assert_no_error (error);
}

static void
test_earlier_reimagined (gconstpointer text)
{
  g_auto (DifRequest) r;

  read_settings (&r, DIF_TASK_REIMAGINE, text);
  g_assert_cmpstr (r.model, ==, "Test bark");
  g_assert_cmpstr (r.prompt, ==, "stone:0.7,grass:0.3");
  g_assert_cmpstr (r.negative_prompt, ==, "water");
  g_assert_cmpstr (r.sampler, ==, "euler");
  g_assert_cmpstr (r.spacing, ==, "karras");
  g_assert_cmpfloat (r.noise_level, ==, 0.7);
  g_assert_cmpuint (r.stop_after, ==, 2);
  g_assert_cmpuint (r.n_palette, ==, 2);
  g_assert_cmpfloat (r.palette[3], ==, 0.9058823585510254f);
  g_assert_true (r.mean_color);
  g_assert_false (r.soft_selection);
  g_assert_false (r.match_colors);
  g_assert_cmpint (r.known, ==, DIF_KNOWN_X0);
  g_assert_cmpint (r.tile, ==, DIF_TILE_NONE);
  g_assert_cmpint (r.context, ==, 64);
  g_assert_cmpint (r.grow, ==, -3);
  g_assert_cmpuint (r.work_size, ==, 96);
  g_assert_cmpuint (r.seed, ==, 1234567890);
}

static void
test_earlier_others (void)
{
  g_auto (DifRequest) tiles;
  g_auto (DifRequest) hole;

  read_settings (&tiles, DIF_TASK_GENERATE, painted);
  g_assert_cmpint (tiles.tile, ==, DIF_TILE_XY);
  g_assert_cmpfloat (tiles.guidance_from, ==, 0.8);
  g_assert_null (tiles.spacing);
  read_settings (&hole, DIF_TASK_INPAINT, inpainted);
  g_assert_cmpint (hole.context, ==, 0);
  g_assert_cmpfloat (hole.context_percent, ==, 12.5);
  g_assert_cmpint (hole.prefill, ==, DIF_PREFILL_PATCH);
  g_assert_cmpuint (hole.detail, ==, 16);
}

/* No setting has two names that are written. */
static void
test_keys (void)
{
  const DifRegion   regions[] = { { "grass:0.5,sky:1", NULL }, { NULL, NULL } };
  guint             n;
  const DifSetting *rows = dif_settings (&n);
  gsize             kept = 0;
  DifRequest        r;
  g_autofree char  *text = NULL;
  json_t           *object, *list;

  dif_request_init (&r, DIF_TASK_GENERATE);
  r.regions = regions;
  r.n_regions = 2;
  text = dif_request_to_json (&r);
  g_assert_null (strchr (text, '\n'));
  object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_nonnull (object);
  g_assert_cmpstr (json_string_value (json_object_get (object, "task")), ==, "generate");
  for (guint i = 0; i < n; i++)
    {
      kept += ! rows[i].of_machine;
      g_assert_cmpint (json_object_get (object, rows[i].id) != NULL, ==, ! rows[i].of_machine);
    }
  list = json_object_get (object, "regions");
  g_assert_cmpuint (json_object_size (object), ==, kept + 2);
  g_assert_cmpuint (json_array_size (list), ==, 2);
  g_assert_cmpstr (json_string_value (json_array_get (list, 0)), ==, regions[0].prompt);
  g_assert_cmpstr (json_string_value (json_array_get (list, 1)), ==, "");
  json_decref (object);
}

/* What is not said stays as it is. */
static void
test_some (void)
{
  g_auto (DifRequest) r;

  read_settings (&r, DIF_TASK_INPAINT, "{\"prompt\": \"grass\", \"regions\": [\"sky\"]}");
  g_assert_cmpstr (r.prompt, ==, "grass");
  g_assert_cmpuint (r.detail, ==, 16);
  g_assert_cmpuint (r.n_regions, ==, 0);
  g_assert_true (dif_request_from_json (&r, "{\"prompt\": \"\", \"detail\": 8}", NULL));
  g_assert_null (r.prompt);
  g_assert_cmpuint (r.detail, ==, 8);
  g_assert_true (dif_request_from_json (&r, "{}", NULL));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *setting;
  } wrong[] = {
    { "{\"task\": \"generate\"}", "task" },
    { "{\"task\": 1}", "task" },
    { "{\"magic\": 1}", "magic" },
    { "{\"steps\": 0}", "steps" },
    { "{\"steps\": 2.5}", "steps" },
    { "{\"steps\": true}", "steps" },
    { "{\"seed\": 9007199254740993}", "seed" },
    { "{\"seed\": \"-1\"}", "seed" },
    { "{\"guidance\": \"much\"}", "guidance" },
    { "{\"guidance\": null}", "guidance" },
    { "{\"guidance\": Infinity}", "guidance" },
    { "{\"prompt\": 5}", "prompt" },
    { "{\"label\": []}", "prompt" },
    { "{\"sampler\": \"magic\"}", "sampler" },
    { "{\"prefill\": \"magic\"}", "prefill" },
    { "{\"mean-color\": 1}", "mean-color" },
    { "{\"palette\": {}}", "palette" },
    { "{\"palette\": [[0, 0]]}", "palette" },
    { "{\"palette\": [[0, 0, \"1\"]]}", "palette" },
    { "{\"palette\": [[0, 0, 1.5]]}", "palette" },
    { "{\"context\": \"5%%\"}", "context" },
    { "{\"context-percent\": -1}", "context" },
    { "{\"tile-x\": 1}", "tile-x" },
    { "{\"regions\": {}}", "regions" },
    { "{\"regions\": [1]}", "regions" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (DifRequest) r;
      GError *error = NULL;

      dif_request_init (&r, DIF_TASK_INPAINT);
      g_test_message ("%s", wrong[i].text);
      g_assert_false (dif_request_from_json (&r, wrong[i].text, &error));
      test_assert_setting (error, wrong[i].setting);
    }
}

static void
test_no_object (void)
{
  static const struct
  {
    const char *text;
    gint        code;
  } wrong[] = {
    { "", DIF_ERROR_JSON },
    { "[]", DIF_ERROR_JSON },
    { "{\"steps\": 5", DIF_ERROR_JSON },
    { "{\"steps\": 5, \"steps\": 6}", DIF_ERROR_DUPKEY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (DifRequest) r;

      dif_request_init (&r, DIF_TASK_INPAINT);
      g_assert_false (dif_request_from_json (&r, wrong[i].text, &error));
      g_assert_error (error, DIF_ERROR, wrong[i].code);
      g_assert_null (dif_error_setting (error));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_data_func ("/request-json/earlier/british", british, test_earlier_reimagined);
  g_test_add_data_func ("/request-json/earlier/reimagined", reimagined, test_earlier_reimagined);
  g_test_add_func ("/request-json/earlier/others", test_earlier_others);
  g_test_add_func ("/request-json/keys", test_keys);
  g_test_add_func ("/request-json/some", test_some);
  g_test_add_func ("/request-json/refused", test_refused);
  g_test_add_func ("/request-json/no-object", test_no_object);
  return g_test_run ();
}
