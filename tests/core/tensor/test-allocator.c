/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/tensor/allocator.h"

/* The address sanitizer ends programs that ask for too much, unless told that this is meant. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}

static DifAllocatorStats
stats_of (DifAllocator *allocator)
{
  DifAllocatorStats stats;

  dif_allocator_get_stats (allocator, &stats);
  return stats;
}

static void
test_alignment (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();

  for (gsize size = 1; size < 5000; size += 1 + size / 7)
    {
      char *memory = dif_allocator_alloc (allocator, size);

      g_assert_nonnull (memory);
      g_assert_cmpuint ((gsize) memory % 64, ==, 0);
      memset (memory, 0xa5, size); /* all of it is ours: the sanitizers watch */
      dif_allocator_release (allocator, memory);
    }
}

/* The same sizes again ask the system for nothing. */
static void
test_reuse (void)
{
  static const gsize       sizes[] = { 1, 256, 257, 1000, 65536, 100001, 3 << 20 };
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  gsize                    n_system = 0;

  for (guint turn = 0; turn < 3; turn++)
    {
      void *memory[G_N_ELEMENTS (sizes)];

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        memory[i] = dif_allocator_alloc (allocator, sizes[i]);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        for (guint k = 0; k < i; k++)
          g_assert_true (memory[i] != memory[k]);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        dif_allocator_release (allocator, memory[i]);
      if (turn == 0)
        n_system = stats_of (allocator).n_system;
    }
  g_assert_cmpuint (n_system, ==, G_N_ELEMENTS (sizes));
  g_assert_cmpuint (stats_of (allocator).n_system, ==, n_system);
}

static void
test_stats (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  void                    *a = dif_allocator_alloc (allocator, 1000);
  void                    *b = dif_allocator_alloc (allocator, 5000);
  gsize                    both = stats_of (allocator).in_use;

  g_assert_cmpuint (both, >=, 6000);
  g_assert_cmpuint (both, <=, 6000 + 2 * 128);
  g_assert_cmpuint (stats_of (allocator).held, ==, both);
  dif_allocator_release (allocator, b);
  g_assert_cmpuint (stats_of (allocator).in_use, <, both);
  g_assert_cmpuint (stats_of (allocator).held, ==, both);
  g_assert_cmpuint (stats_of (allocator).peak_in_use, ==, both);
  dif_allocator_trim (allocator);
  g_assert_cmpuint (stats_of (allocator).held, ==, stats_of (allocator).in_use);
  dif_allocator_release (allocator, a);
  dif_allocator_release (allocator, NULL);
  g_assert_cmpuint (stats_of (allocator).in_use, ==, 0);
  dif_allocator_trim (allocator);
  g_assert_cmpuint (stats_of (allocator).held, ==, 0);
}

/* Free neighbors are one, whatever their sizes were and the order they were given back in. */
static void
test_join (void)
{
  static const guint       orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 0, 2, 1, 3 } };
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  gsize                    held = 0;

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      void *memory[4];
      char *whole;

      for (guint k = 0; k < 4; k++)
        memory[k] = dif_allocator_alloc (allocator, 10000);
      held = i == 0 ? stats_of (allocator).held : held;
      for (guint k = 0; k < 4; k++)
        dif_allocator_release (allocator, memory[orders[i][k]]);
      whole = dif_allocator_alloc (allocator, 40000);
      g_assert_true (whole == memory[0]);
      memset (whole, 1, 40000);
      dif_allocator_release (allocator, whole);
      g_assert_cmpuint (stats_of (allocator).held, ==, held);
    }
}

/* Large memory is cut up for small requests; each takes the smallest that does. */
static void
test_fit (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  void                    *large = dif_allocator_alloc (allocator, 100000);
  void                    *wall = dif_allocator_alloc (allocator, 1);
  void                    *small = dif_allocator_alloc (allocator, 10000);
  void                    *end = dif_allocator_alloc (allocator, 1);
  DifAllocatorStats        before = stats_of (allocator);
  char                    *parts[9];

  dif_allocator_release (allocator, large);
  dif_allocator_release (allocator, small);
  parts[0] = dif_allocator_alloc (allocator, 9000);
  g_assert_true (parts[0] == small);
  for (guint i = 1; i < G_N_ELEMENTS (parts); i++)
    {
      parts[i] = dif_allocator_alloc (allocator, 12000);
      memset (parts[i], (int) i, 12000);
    }
  g_assert_true (parts[1] == large);
  for (guint i = 1; i < G_N_ELEMENTS (parts); i++)
    g_assert_true (parts[i][0] == (char) i && parts[i][11999] == (char) i);
  g_assert_cmpuint (stats_of (allocator).held, ==, before.held);
  g_assert_cmpuint (stats_of (allocator).n_system, ==, before.n_system);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    dif_allocator_release (allocator, parts[i]);
  dif_allocator_release (allocator, wall);
  dif_allocator_release (allocator, end);
}

/* More than the system is asked for at a time. */
static void
test_large (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  char                    *memory[3];

  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    {
      memory[i] = dif_allocator_alloc (allocator, (gsize) (150 + 150 * i) << 20);
      g_assert_nonnull (memory[i]);
      memory[i][0] = memory[i][((gsize) (150 + 150 * i) << 20) - 1] = (char) i;
    }
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    {
      g_assert_cmpint (memory[i][0], ==, i);
      dif_allocator_release (allocator, memory[i]);
    }
  dif_allocator_trim (allocator);
  g_assert_cmpuint (stats_of (allocator).held, ==, 0);
}

/* A network's maps, some of which live for long, at one size after another. */
static void
test_varying_sizes (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  void                    *canvas = dif_allocator_alloc (allocator, 300000);
  gsize                    n_system = 0;

  for (guint turn = 0; turn < 60; turn++)
    {
      gsize side = 40 + turn * 7 % 20;
      void *maps[12];

      for (guint i = 0; i < 12; i++)
        {
          maps[i] = dif_allocator_alloc (allocator, side * side * (16 + i * 5 % 3 * 16));
          if (i % 3 == 2)
            dif_allocator_release (allocator, g_steal_pointer (&maps[i - 1]));
        }
      dif_allocator_release (allocator, canvas);
      canvas = dif_allocator_alloc (allocator, 300000);
      for (guint i = 0; i < 12; i++)
        dif_allocator_release (allocator, maps[i]);
      if (turn == 19) /* all sizes have been */
        n_system = stats_of (allocator).n_system;
    }
  g_assert_cmpuint (stats_of (allocator).held, <=, stats_of (allocator).peak_in_use * 5 / 4);
  g_assert_cmpuint (stats_of (allocator).n_system, ==, n_system);
  dif_allocator_release (allocator, canvas);
}

/* More than there can be: NULL, no abort, and the figures do not move. */
static void
test_huge (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  void                    *kept = dif_allocator_alloc (allocator, 100);
  DifAllocatorStats        before = stats_of (allocator);

  g_assert_null (dif_allocator_alloc (allocator, G_MAXSIZE));
  g_assert_null (dif_allocator_alloc (allocator, G_MAXSIZE - 64));
  g_assert_null (dif_allocator_alloc (allocator, G_MAXSIZE / 4 + 1));
  g_assert_null (dif_allocator_alloc (allocator, G_MAXSIZE / 4 - 100));
  g_assert_cmpuint (stats_of (allocator).in_use, ==, before.in_use);
  g_assert_cmpuint (stats_of (allocator).held, ==, before.held);
  g_assert_cmpuint (stats_of (allocator).n_system, ==, before.n_system);
  dif_allocator_release (allocator, kept);
}

/* A block keeps its allocator alive. */
static void
test_outlive (void)
{
  DifAllocator     *allocator = dif_allocator_new ();
  void             *memory = dif_allocator_alloc (allocator, 1000);
  DifAllocatorStats stats;

  dif_allocator_unref (allocator);
  memset (memory, 1, 1000);
  dif_allocator_get_stats (allocator, &stats);
  g_assert_cmpuint (stats.in_use, >=, 1000);
  dif_allocator_release (allocator, memory);
  dif_allocator_unref (NULL);
}

static gpointer
churn (gpointer data)
{
  DifAllocator *allocator = data;

  for (guint i = 0; i < 3000; i++)
    {
      gsize size = 100 + i * 7919 % 9000;
      char *memory = dif_allocator_alloc (allocator, size);

      memory[0] = memory[size - 1] = (char) i;
      dif_allocator_release (allocator, memory);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (DifAllocator) allocator = dif_allocator_new ();
  GThread                 *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("churn", churn, allocator);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (stats_of (allocator).in_use, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/allocator/alignment", test_alignment);
  g_test_add_func ("/allocator/reuse", test_reuse);
  g_test_add_func ("/allocator/stats", test_stats);
  g_test_add_func ("/allocator/join", test_join);
  g_test_add_func ("/allocator/fit", test_fit);
  g_test_add_func ("/allocator/large", test_large);
  g_test_add_func ("/allocator/varying-sizes", test_varying_sizes);
  g_test_add_func ("/allocator/huge", test_huge);
  g_test_add_func ("/allocator/outlive", test_outlive);
  g_test_add_func ("/allocator/threads", test_threads);
  return g_test_run ();
}
