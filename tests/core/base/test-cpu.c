/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/cpu.h"

#include "core/base/simd.h"

DIF_INLINE DifCpu
compiled_for_body (void)
{
  return dif_cpu ();
}

DIF_VARIANTS (static, DifCpu, compiled_for, (void), ())

/* In a child: the wish is read once. */
static void
test_wish (gconstpointer data)
{
  const char *const *row = data;

  if (g_test_subprocess ())
    {
      g_setenv ("DIF_CPU", row[0], TRUE);
      g_assert_cmpint (dif_cpu (), <=, row[1][0] - '0');
      if (row[1][0] == '0')
        g_assert_cmpint (dif_cpu (), ==, DIF_CPU_PLAIN);
      g_assert_cmpint (compiled_for (), ==, dif_cpu ());
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  static const char *const rows[][2] = {
    { "plain", "0" }, { "avx2", "1" }, { "avx512", "2" }, { "", "2" }, { "nonsense", "2" },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cpu/%u", i);

      g_test_add_data_func (path, rows[i], test_wish);
    }
  return g_test_run ();
}
