/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"
#include "core/checkpoint/conditioner.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define N_CLASSES 6

/* Of a network with names for some of its labels. */
static DifLabels *
named (void)
{
  char              *folder = test_folder_new ();
  g_autofree char   *path = g_build_filename (folder, "labels.json", NULL);
  DifLabels         *labels;
  g_autoptr (GError) error = NULL;

  test_folder_write (folder, "labels.json", "{'null': 4, 'labels': {'2': 'moss', '1': 'bark'}}");
  labels = dif_labels_load (path, N_CLASSES, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  return labels;
}

static void
assert_label (DifCondition *taken, guint id)
{
  g_autoptr (DifCondition) condition = taken;
  g_autoptr (DifCondition) expected = dif_condition_new_label (id);

  g_assert_nonnull (condition);
  g_assert_true (! condition || dif_condition_equal (condition, expected));
}

/* Blank is what stands for no label, for what is wanted and for what is not. */
static void
test_named (void)
{
  g_autoptr (DifLabels)      labels = named ();
  g_autoptr (DifConditioner) c = dif_conditioner_new_labels (labels, N_CLASSES);
  g_autoptr (DifCondition)   moss = dif_conditioner_read (c, "moss", NULL);
  g_autoptr (DifCondition)   mix = dif_conditioner_read (c, "moss:3,bark", NULL);
  GError                    *error = NULL;

  assert_label (dif_condition_ref (moss), 2);
  g_assert_cmpuint (dif_condition_labels (mix)->n, ==, 2);
  g_assert_cmpfloat (dif_condition_labels (mix)->weights[0], ==, 0.75);
  assert_label (dif_conditioner_read (c, NULL, NULL), 4);
  assert_label (dif_conditioner_read (c, " \t", NULL), 4);
  assert_label (dif_conditioner_read_against (c, "", moss, NULL), 4);
  assert_label (dif_conditioner_read_against (c, " Bark ", moss, NULL), 1);
  g_assert_null (dif_conditioner_read (c, "slate", &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "slate", NULL);
  error = NULL;
  g_assert_null (dif_conditioner_read_against (c, "slate", moss, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "slate", NULL);
  g_assert_cmpstr (dif_conditioner_names (c)[0], ==, "moss");
  g_assert_cmpstr (dif_conditioner_names (c)[1], ==, "bark");
  g_assert_null (dif_conditioner_names (c)[2]);
}

/* Without names none of the labels is known to stand for no label: one has to be given, and
 * without a negative one there is nothing to lead away from. */
static void
test_numbers (void)
{
  g_autoptr (DifConditioner) c = dif_conditioner_new_labels (NULL, N_CLASSES);
  g_autoptr (DifCondition)   three = dif_conditioner_read (c, "3", NULL);
  GError                    *error = NULL;

  assert_label (dif_condition_ref (three), 3);
  assert_label (dif_conditioner_read_against (c, NULL, three, NULL), 3);
  assert_label (dif_conditioner_read_against (c, "5", three, NULL), 5);
  g_assert_null (dif_conditioner_read (c, "", &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "6", NULL);
  g_assert_null (dif_conditioner_names (c));
}

/* Networks without labels can be asked for nothing. */
static void
test_unconditional (void)
{
  g_autoptr (DifConditioner) c = dif_conditioner_new_labels (NULL, 0);
  g_autoptr (DifCondition)   nothing = dif_conditioner_read (c, "", NULL);
  g_autoptr (DifCondition)   against = NULL;
  GError                    *error = NULL;

  g_assert_nonnull (nothing);
  against = dif_conditioner_read_against (c, NULL, nothing, NULL);
  g_assert_true (dif_condition_equal (against, nothing));
  g_assert_null (dif_conditioner_read (c, "moss", &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "moss", NULL);
  error = NULL;
  g_assert_null (dif_conditioner_read_against (c, "0", nothing, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, NULL);
  dif_conditioner_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/conditioner/named", test_named);
  g_test_add_func ("/conditioner/numbers", test_numbers);
  g_test_add_func ("/conditioner/unconditional", test_unconditional);
  return g_test_run ();
}
