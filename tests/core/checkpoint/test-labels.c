/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/checkpoint/labels.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define N_CLASSES 4

static DifLabels *
load (const char *json, guint n_classes, GError **error)
{
  char            *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "labels.json", NULL);
  DifLabels       *labels;

  test_folder_write (folder, "labels.json", json);
  labels = dif_labels_load (path, n_classes, error);
  test_folder_free (folder);
  return labels;
}

static void
test_find (void)
{
  g_autoptr (GError) error = NULL;
  DifLabels         *labels =
      load ("{'null': 3, 'labels': {'2': 'bark', '0': 'Gräser', '1': '2'}}", N_CLASSES, &error);
  guint id = 99;

  g_assert_no_error (error);
  g_assert_cmpuint (labels->null_label, ==, 3);
  g_assert_cmpstr (labels->names[0], ==, "bark"); /* the file's order */
  g_assert_cmpuint (g_strv_length (labels->names), ==, 3);
  g_assert_true (dif_labels_find (labels, "bark", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 2);
  g_assert_true (dif_labels_find (labels, "BARK", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 2);
  g_assert_true (dif_labels_find (labels, "Gräser", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 0);
  g_assert_true (dif_labels_find (labels, "2", N_CLASSES, &id, NULL)); /* a name before a number */
  g_assert_cmpuint (id, ==, 1);
  g_assert_false (dif_labels_find (labels, "3", N_CLASSES, &id, NULL)); /* hidden rows stay so */
  g_assert_true (dif_labels_find (labels, " bark\t", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 2);
  g_assert_true (dif_labels_find (labels, "GRÄSER", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 0);
  g_assert_false (dif_labels_find (labels, "gr\xe4ser", N_CLASSES, &id, NULL));
  dif_labels_free (labels);
  dif_labels_free (NULL);

  labels = load ("{'null': 0, 'labels': {'1': ' Stone '}}", N_CLASSES, NULL);
  g_assert_true (dif_labels_find (labels, "stone", N_CLASSES, &id, NULL));
  dif_labels_free (labels);
  labels = load ("{'null': 0, 'labels': {}}", N_CLASSES, NULL);
  g_assert_true (dif_labels_find (labels, " 3 ", N_CLASSES, &id, NULL)); /* there are no names */
  g_assert_cmpuint (id, ==, 3);
  dif_labels_free (labels);
  g_assert_true (dif_label_is_given (" a") && ! dif_label_is_given (" \t") &&
                 ! dif_label_is_given (NULL) && ! dif_label_is_given (""));
}

static void
test_not_found (void)
{
  DifLabels *labels = load ("{'null': 0, 'labels': {'1': 'bark', '2': 'sky'}}", N_CLASSES, NULL);
  guint      id;
  static const char *const wrong[] = {
    "grass", "4", "-1", "", "1 1", "1.0", "99999999999999999999"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      GError *error = NULL;

      g_assert_false (dif_labels_find (labels, wrong[i], N_CLASSES, &id, &error));
      test_assert_error (error, DIF_ERROR_REQUEST, wrong[i], "bark, sky", NULL);
      error = NULL;
      g_assert_false (dif_labels_find (NULL, wrong[i], N_CLASSES, &id, &error));
      test_assert_error (error, DIF_ERROR_REQUEST, wrong[i], "numbers only", NULL);
      error = NULL;
      g_assert_false (dif_labels_find (NULL, wrong[i], 0, &id, &error));
      test_assert_error (error, DIF_ERROR_REQUEST, wrong[i], "no labels", NULL);
    }
  g_assert_true (dif_labels_find (NULL, "3", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 3);
  dif_labels_free (labels);
}

#define NAMES "{'null': 0, 'labels': {'1': 'stone', '2': 'grass', '3': 'half, 1:2'}}"

static void
test_mix (void)
{
  static const struct
  {
    const char *text;
    DifLabelMix mix;
  } good[] = {
    { "stone", { 1, { 1 }, { 1.0 } } },
    { "stone:0.7", { 1, { 1 }, { 1.0 } } },
    { "stone:0.7,grass:0.3", { 2, { 1, 2 }, { 0.7, 0.3 } } },
    { "grass:3,stone:1", { 2, { 2, 1 }, { 0.75, 0.25 } } },
    { " stone , GRASS ", { 2, { 1, 2 }, { 0.5, 0.5 } } },
    { "stone : 1e0, grass: .5 ", { 2, { 1, 2 }, { 2.0 / 3.0, 1.0 / 3.0 } } },
    { " stone ", { 1, { 1 }, { 1.0 } } },
    { "\tstone:0.5 ", { 1, { 1 }, { 1.0 } } },
    { "stone,grass:0", { 1, { 1 }, { 1.0 } } },
    { "stone,grass,stone", { 2, { 1, 2 }, { 2.0 / 3.0, 1.0 / 3.0 } } },
    { "half, 1:2", { 1, { 3 }, { 1.0 } } },
  };
  DifLabels  *labels = load (NAMES, N_CLASSES, NULL);
  DifLabelMix numbers;

  g_assert_true (dif_labels_mix (NULL, "2,3:3", N_CLASSES, &numbers, NULL));
  g_assert_cmpuint (numbers.n, ==, 2);
  g_assert_cmpuint (numbers.ids[1], ==, 3);
  g_assert_cmpfloat (numbers.weights[1], ==, 0.75);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      DifLabelMix        mix;

      g_assert_true (dif_labels_mix (labels, good[i].text, N_CLASSES, &mix, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (mix.n, ==, good[i].mix.n);
      for (guint k = 0; k < mix.n; k++)
        {
          g_assert_cmpuint (mix.ids[k], ==, good[i].mix.ids[k]);
          g_assert_cmpfloat_with_epsilon (mix.weights[k], good[i].mix.weights[k], 1e-12);
        }
    }
  dif_labels_free (labels);
}

static void
test_bad_mix (void)
{
  static const struct
  {
    const char *text;
    const char *word;
  } bad[] = {
    { "stone:-1", "-1" },
    { "stone:x,grass", "“x”" },
    { "stone:,grass", "“stone”" },
    { "stone:1x", "1x" },
    { "stone:0,5", "“stone:0.5”" }, /* a comma is no point */
    { "stone:0,7,grass:0,3", "“stone:0.7”" },
    { "grass, stone : 1, 25 ", "“stone : 1.25”" },
    { "stone,5", "“5”" }, /* a hidden row */
    { "2", "“2”" },
    { "stone:2,2:1", "“2”" },
    { "stone:nan", "nan" },
    { "stone:inf", "inf" },
    { "stone:0", "add up" },
    { "stone:0,grass:0", "stone:0,grass:0" },
    { "stone:1e308,grass:1e308", "add up" },
    { "stone,sky", "“sky”.  It has: stone, grass" },
    { "sky:1", "“sky”" },
    { "stone,,grass", "“”" },
    { "stone,", "“”" },
    { ",", "“”" },
    { ":1", "“”" },
  };
  DifLabels  *labels = load (NAMES, N_CLASSES, NULL);
  GString    *many = g_string_new ("0");
  GError     *error = NULL;
  DifLabelMix mix;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (dif_labels_mix (labels, bad[i].text, N_CLASSES, &mix, &error));
      test_assert_error (error, DIF_ERROR_REQUEST, bad[i].word, NULL);
      error = NULL;
    }
  g_assert_false (dif_labels_mix (NULL, "stone,grass", 0, &mix, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "no labels", NULL);
  error = NULL;
  g_assert_false (dif_labels_mix (NULL, "1:0,3", N_CLASSES, &mix, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "“1:0.3”", NULL);
  for (guint i = 1; i < DIF_MAX_MIX; i++)
    g_string_append_printf (many, ",%u", i);
  g_assert_true (dif_labels_mix (NULL, many->str, 100, &mix, NULL));
  g_string_append (many, ",99");
  error = NULL;
  g_assert_false (dif_labels_mix (NULL, many->str, 100, &mix, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "16", NULL);
  g_string_free (many, TRUE);
  dif_labels_free (labels);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *json;
    guint       n_classes;
    DifError    code;
    const char *word;
  } bad[] = {
    { "{'labels': {}}", 4, DIF_ERROR_SCHEMA, "null" },
    { "{'null': 0}", 4, DIF_ERROR_SCHEMA, "labels" },
    { "{'null': 'none', 'labels': {}}", 4, DIF_ERROR_SCHEMA, "null" },
    { "{'null': 4, 'labels': {}}", 4, DIF_ERROR_LIMIT, "null" },
    { "{'null': -1, 'labels': {}}", 4, DIF_ERROR_VALUE, "null" },
    { "{'null': 0, 'labels': ['a']}", 4, DIF_ERROR_SCHEMA, "labels" },
    { "{'null': 0, 'labels': {'4': 'a'}}", 4, DIF_ERROR_SCHEMA, "4" },
    { "{'null': 0, 'labels': {'-1': 'a'}}", 4, DIF_ERROR_SCHEMA, "-1" },
    { "{'null': 0, 'labels': {'x': 'a'}}", 4, DIF_ERROR_SCHEMA, "x" },
    { "{'null': 0, 'labels': {'1': 7}}", 4, DIF_ERROR_SCHEMA, "1" },
    { "{'null': 0, 'labels': {'1': 'a', '1': 'b'}}", 4, DIF_ERROR_DUPKEY, "labels.json" },
    { "{'null': 0, 'labels': {'0': 'a', '1': 'b'}}", 1, DIF_ERROR_VALUE, "labels" },
    { "{'null': 0, 'labels': {'0': 'a'}}", 0, DIF_ERROR_VALUE, "labels" },
    { "[]", 4, DIF_ERROR_JSON, "labels.json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GError *error = NULL;

      g_assert_null (load (bad[i].json, bad[i].n_classes, &error));
      test_assert_error (error, (gint) bad[i].code, bad[i].word, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/labels/find", test_find);
  g_test_add_func ("/labels/not-found", test_not_found);
  g_test_add_func ("/labels/mix", test_mix);
  g_test_add_func ("/labels/bad-mix", test_bad_mix);
  g_test_add_func ("/labels/bad", test_bad);
  return g_test_run ();
}
