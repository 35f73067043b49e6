/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/profile.h"

static void
test_names (void)
{
  for (guint i = 0; i < DIF_N_OPS; i++)
    {
      g_assert_nonnull (dif_op_name (i));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (dif_op_name (i), !=, dif_op_name (j));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/profile/names", test_names);
  return g_test_run ();
}
