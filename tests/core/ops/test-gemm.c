/* SPDX-License-Identifier: GPL-3.0-or-later */

/* BLAS works on the thread that calls it, and on no other.  Run with OMP_NUM_THREADS and
 * OPENBLAS_NUM_THREADS above 1, so that it would take more if it were let. */

#include <time.h>

#include "core/ops/gemm.h"

#define SIDE      768
#define SECONDS   0.3
#define N_CALLERS 3

static double
seconds (clockid_t clock)
{
  struct timespec t;

  clock_gettime (clock, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* Returns, in microseconds, the time this thread took. */
static gpointer
multiply (gpointer data)
{
  g_autofree float *a = g_new0 (float, SIDE *SIDE);
  g_autofree float *c = g_new0 (float, SIDE *SIDE);
  double            begin = seconds (CLOCK_THREAD_CPUTIME_ID), taken;

  do
    {
      dif_sgemm (FALSE, SIDE, SIDE, SIDE, 1.0f, a, SIDE, data, SIDE, 0.0f, c, SIDE);
      taken = seconds (CLOCK_THREAD_CPUTIME_ID) - begin;
    }
  while (taken < SECONDS);
  return GUINT_TO_POINTER ((guint) (1e6 * taken));
}

/* Several at once, as the pool's workers are; none of them is the first to have called. */
static void
test_stays (void)
{
  g_autofree float *b = g_new0 (float, SIDE *SIDE);
  GThread          *callers[N_CALLERS];
  double            begin, process, threads = 0.0;

  multiply (b);
  begin = seconds (CLOCK_PROCESS_CPUTIME_ID);
  for (guint i = 0; i < N_CALLERS; i++)
    callers[i] = g_thread_new ("caller", multiply, b);
  for (guint i = 0; i < N_CALLERS; i++)
    threads += 1e-6 * GPOINTER_TO_UINT (g_thread_join (callers[i]));
  process = seconds (CLOCK_PROCESS_CPUTIME_ID) - begin;
  g_test_message ("process %.3f s, callers %.3f s", process, threads);
  g_assert_cmpfloat (process, <=, 1.2 * threads);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/gemm/stays", test_stays);
  return g_test_run ();
}
