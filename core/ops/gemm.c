/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/gemm.h"

#include <cblas.h>

/* OpenBLAS's own threads are slow on small products, give other bits at other counts,
 * and hang a dying process; ours are the only ones. */
static void
use_one_blas_thread (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&done, 1);
    }
}

void
dif_sgemm (gboolean trans_b, gsize m, gsize n, gsize k, float alpha, const float *a, gsize lda,
           const float *b, gsize ldb, float beta, float *c, gsize ldc)
{
  use_one_blas_thread ();
  cblas_sgemm (CblasRowMajor, CblasNoTrans, trans_b ? CblasTrans : CblasNoTrans, (blasint) m,
               (blasint) n, (blasint) k, alpha, a, (blasint) lda, b, (blasint) ldb, beta, c,
               (blasint) ldc);
}
