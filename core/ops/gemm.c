/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/gemm.h"

#include <cblas.h>
#include <gmodule.h>

#include "core/base/start.h"

/* OpenBLAS's own threads are slow on small products, give other bits at other counts, and
 * hang a dying process; ours are the only ones.  Its OpenMP flavour asks OpenMP how many
 * there may be, which every calling thread has to be told for itself, and late
 * versions (0.3.29) hear nothing else. */
static void
use_one_blas_thread (void)
{
  static _Thread_local gboolean told = FALSE;
  static gsize                  done = 0;
  static void (*tell_openmp) (int n) = NULL;

  if (told)
    return;
  if (g_once_init_enter (&done))
    {
      GModule *program = g_module_open (NULL, (GModuleFlags) 0);

      openblas_set_num_threads (1);
      if (program)
        (void) g_module_symbol (program, "omp_set_num_threads", (gpointer *) &tell_openmp);
      g_once_init_leave (&done, 1);
    }
  if (tell_openmp)
    tell_openmp (1);
  told = TRUE;
}

/* Each call that goes on beside others takes a buffer, and waits for ever for one that it does not
 * get: where there is little room, one call at a time goes on with the one buffer, taken while
 * there was room. */
static GMutex   one_at_a_time;
static gboolean tight = FALSE;

static void
multiply (gboolean trans_b, gsize m, gsize n, gsize k, float alpha, const float *a, gsize lda,
          const float *b, gsize ldb, float beta, float *c, gsize ldc)
{
  use_one_blas_thread ();
  cblas_sgemm (CblasRowMajor, CblasNoTrans, trans_b ? CblasTrans : CblasNoTrans, (blasint) m,
               (blasint) n, (blasint) k, alpha, a, (blasint) lda, b, (blasint) ldb, beta, c,
               (blasint) ldc);
}

#define WARM 256 /* rows and columns: small products take no buffer */

__attribute__ ((constructor)) static void
take_buffer (void)
{
  g_autofree float *square = NULL;

  tight = dif_start_is_tight ();
  if (! tight)
    return;
  square = g_new0 (float, 2 * WARM * WARM);
  multiply (FALSE, WARM, WARM, WARM, 1.0f, square, WARM, square, WARM, 0.0f, square + WARM * WARM,
            WARM);
}

void
dif_sgemm (gboolean trans_b, gsize m, gsize n, gsize k, float alpha, const float *a, gsize lda,
           const float *b, gsize ldb, float beta, float *c, gsize ldc)
{
  if (tight)
    g_mutex_lock (&one_at_a_time);
  multiply (trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  if (tight)
    g_mutex_unlock (&one_at_a_time);
}
