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
  g_assert_cmpuint (both, <=, 6000 * 5 / 4 + 64); /* at most a quarter is lost to classes */
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
  DifAllocator *allocator = dif_allocator_new ();
  void         *memory = dif_allocator_alloc (allocator, 1000);

  dif_allocator_unref (allocator);
  memset (memory, 1, 1000);
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
  g_test_add_func ("/allocator/huge", test_huge);
  g_test_add_func ("/allocator/outlive", test_outlive);
  g_test_add_func ("/allocator/threads", test_threads);
  return g_test_run ();
}
