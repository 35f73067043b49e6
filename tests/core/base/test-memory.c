/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/memory.h"

#include <string.h>
#include <unistd.h>

/* Against what the system says elsewhere. */
static void
test_machine (void)
{
  g_autofree char *text = NULL;
  const char      *line;
  double           kilobytes;

#ifdef __linux__
  g_assert_true (g_file_get_contents ("/proc/meminfo", &text, NULL, NULL));
  line = strstr (text, "MemTotal:");
  g_assert_nonnull (line);
  kilobytes = g_ascii_strtod (line + strlen ("MemTotal:"), NULL);
  g_assert_cmpfloat (dif_machine_memory () / 1024.0, >, 0.5 * kilobytes);
  g_assert_cmpfloat (dif_machine_memory () / 1024.0, <, 2.0 * kilobytes);
#endif
}

static double
resident_pages (void)
{
  g_autofree char *text = NULL;
  const char      *second;

  if (! g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      ! (second = strchr (text, ' ')))
    return 0.0;
  return g_ascii_strtod (second, NULL);
}

/* All within goes, and nothing beside it. */
static void
test_forget (void)
{
  const gsize      size = 64 << 20;
  g_autofree char *memory = g_malloc (size);
  double           before;

  memset (memory, 7, size);
  before = resident_pages ();
  dif_memory_forget (memory + 100, size - 200);
  for (gsize i = 0; i < 100; i++)
    g_assert_true (memory[i] == 7 && memory[size - 1 - i] == 7);
  dif_memory_forget (memory + 10, 0);
  dif_memory_forget (memory + 10, 50);
  g_assert_cmpint (memory[10], ==, 7);
#ifdef __linux__
  g_assert_cmpfloat (before - resident_pages (), >, 0.9 * size / sysconf (_SC_PAGESIZE));
#endif
  memory[size / 2] = 3; /* is ours still */
  g_assert_cmpint (memory[size / 2], ==, 3);
}

/* Addresses cost no memory, are zeros, and more than there are is refused. */
static void
test_reserve (void)
{
  const gsize  size = 256 << 20;
  const double before = resident_pages ();
  char        *memory = dif_memory_reserve (size);

  g_assert_nonnull (memory);
  g_assert_cmpuint ((guintptr) memory % 64, ==, 0);
  g_assert_cmpint (memory[0] + memory[size - 1], ==, 0);
  memory[size - 1] = 5;
  g_assert_cmpint (memory[size - 1], ==, 5);
#ifdef __linux__
  g_assert_cmpfloat (resident_pages () - before, <, 0.1 * size / sysconf (_SC_PAGESIZE));
#else
  (void) before;
#endif
  dif_memory_return (memory, size);
  g_assert_null (dif_memory_reserve (G_MAXSIZE / 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/machine", test_machine);
  g_test_add_func ("/memory/forget", test_forget);
  g_test_add_func ("/memory/reserve", test_reserve);
  return g_test_run ();
}
