/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/memory.h"

#include <string.h>

/* Against what the system says elsewhere. */
static void
test_machine (void)
{
  g_autofree char *text = NULL;
  const char      *line;
  double           kilobytes;

  if (! g_file_get_contents ("/proc/meminfo", &text, NULL, NULL) ||
      ! (line = strstr (text, "MemTotal:")))
    {
      g_test_skip ("there is no /proc/meminfo");
      return;
    }
  kilobytes = g_ascii_strtod (line + strlen ("MemTotal:"), NULL);
  g_assert_cmpfloat (dif_machine_memory () / 1024.0, >, 0.5 * kilobytes);
  g_assert_cmpfloat (dif_machine_memory () / 1024.0, <, 2.0 * kilobytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/machine", test_machine);
  return g_test_run ();
}
