/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/error.h"

#include "tests/core/support/numbers.h"

static void
test_setting (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  g_assert_false (dif_error_set_setting (&error, "steps", "%d steps", 0));
  g_assert_cmpstr (error->message, ==, "0 steps");
  copy = g_error_copy (error);
  dif_error_name_setting (&error, "seed"); /* the first to name one knows best */
  test_assert_setting (g_steal_pointer (&error), "steps");
  test_assert_setting (g_steal_pointer (&copy), "steps");
  g_assert_false (dif_error_set_setting (NULL, "steps", "nobody asks"));
}

static void
test_none (void)
{
  g_autoptr (GError) own = NULL;
  g_autoptr (GError) other = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "gone");

  dif_error_set_setting (&own, NULL, "no setting");
  g_assert_null (dif_error_setting (own));
  dif_error_name_setting (&own, "prompt");
  g_assert_cmpstr (dif_error_setting (own), ==, "prompt");
  dif_error_name_setting (&other, "prompt");
  g_assert_null (dif_error_setting (other));
  g_assert_null (dif_error_setting (NULL));
  dif_error_name_setting (NULL, "prompt");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/error/setting", test_setting);
  g_test_add_func ("/error/none", test_none);
  return g_test_run ();
}
