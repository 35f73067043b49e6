/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/pipeline/labels.h"
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
  g_assert_true (dif_labels_find (labels, "3", N_CLASSES, &id, NULL));
  g_assert_cmpuint (id, ==, 3);
  dif_labels_free (labels);
  dif_labels_free (NULL);
}

static void
test_not_found (void)
{
  DifLabels *labels = load ("{'null': 0, 'labels': {'1': 'bark', '2': 'sky'}}", N_CLASSES, NULL);
  guint      id;
  static const char *const wrong[] = {
    "grass", "4", "-1", "", " 1", "1.0", "99999999999999999999"
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
  g_test_add_func ("/labels/bad", test_bad);
  return g_test_run ();
}
