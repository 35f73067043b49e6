/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/product.h"

#include <string.h>

#include "core/base/simd.h"
#include "core/ops/gemm.h"

#define MAX_ROWS  8
#define COLD_ROWS 32   /* so far on are rows fetched */
#define K_BLOCK   1024 /* 128 KiB of a panel stay in a second-level cache */

gsize
dif_panels_size (gsize k, gsize n)
{
  return (n + DIF_PANEL - 1) / DIF_PANEL * DIF_PANEL * k;
}

void
dif_panels_pack (gsize k, gsize n, const float *b, float *panels)
{
  for (gsize first = 0; first < n; first += DIF_PANEL)
    {
      gsize width = MIN (DIF_PANEL, n - first);

      for (gsize i = 0; i < k; i++, panels += DIF_PANEL)
        {
          memset (panels, 0, DIF_PANEL * sizeof (float));
          memcpy (panels, b + i * n + first, width * sizeof (float));
        }
    }
}

/* A kernel does some rows of c against one panel: c = a b, or c += a b. */
typedef void (*Kernel) (gsize k, const float *a, gsize lda, const float *b, float *c, gsize ldc,
                        gboolean add);

typedef struct
{
  Kernel one, two, four, most;
  Kernel most_cold; /* fetches rows further on */
  gsize  most_rows;
} Kernels;

#if DIF_HAVE_X86_TARGETS

typedef float Vector16 __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef float Vector8 __attribute__ ((vector_size (32), aligned (4), may_alias));

/* Rows and vectors are constants, so the accumulators are registers.  Cold kernels fetch a line of
 * the rows COLD_ROWS on with each number of their own: a row in eight at a time, half a line on. */
#define DEFINE_KERNEL(name, isa, Vector, lanes, rows, vectors, cold)                         \
  __attribute__ ((target (isa))) static void name (                                          \
      gsize k, const float *a, gsize lda, const float *b, float *c, gsize ldc, gboolean add) \
  {                                                                                          \
    for (gsize part = 0; part < DIF_PANEL; part += (lanes) * (vectors))                      \
      {                                                                                      \
        Vector sum[rows][vectors];                                                           \
                                                                                             \
        for (int r = 0; r < (rows); r++)                                                     \
          for (int v = 0; v < (vectors); v++)                                                \
            sum[r][v] = (Vector) { 0 };                                                      \
        for (gsize i = 0; i < k; i++)                                                        \
          {                                                                                  \
            const float *row = b + i * DIF_PANEL + part;                                     \
            Vector       bv[vectors];                                                        \
                                                                                             \
            if (cold)                                                                        \
              __builtin_prefetch (a + (COLD_ROWS + i % 8) * lda + i / 8 * 8);                \
                                                                                             \
            for (int v = 0; v < (vectors); v++)                                              \
              bv[v] = *(const Vector *) (row + v * (lanes));                                 \
            for (int r = 0; r < (rows); r++)                                                 \
              for (int v = 0; v < (vectors); v++)                                            \
                sum[r][v] += a[r * lda + i] * bv[v];                                         \
          }                                                                                  \
        for (int r = 0; r < (rows); r++)                                                     \
          for (int v = 0; v < (vectors); v++)                                                \
            {                                                                                \
              Vector *out = (Vector *) (c + r * ldc + part + v * (lanes));                   \
                                                                                             \
              if (add)                                                                       \
                sum[r][v] += *out;                                                           \
              *out = sum[r][v];                                                              \
            }                                                                                \
      }                                                                                      \
  }

DEFINE_KERNEL (avx512_1, "arch=x86-64-v4", Vector16, 16, 1, 2, FALSE)
DEFINE_KERNEL (avx512_2, "arch=x86-64-v4", Vector16, 16, 2, 2, FALSE)
DEFINE_KERNEL (avx512_4, "arch=x86-64-v4", Vector16, 16, 4, 2, FALSE)
DEFINE_KERNEL (avx512_8, "arch=x86-64-v4", Vector16, 16, 8, 2, FALSE)
DEFINE_KERNEL (avx2_1, "arch=x86-64-v3", Vector8, 8, 1, 2, FALSE)
DEFINE_KERNEL (avx2_2, "arch=x86-64-v3", Vector8, 8, 2, 2, FALSE)
DEFINE_KERNEL (avx2_4, "arch=x86-64-v3", Vector8, 8, 4, 2, FALSE)
DEFINE_KERNEL (avx2_6, "arch=x86-64-v3", Vector8, 8, 6, 2, FALSE)

DEFINE_KERNEL (avx512_8_cold, "arch=x86-64-v4", Vector16, 16, 8, 2, TRUE)
DEFINE_KERNEL (avx2_6_cold, "arch=x86-64-v3", Vector8, 8, 6, 2, TRUE)

static const Kernels avx512 = { avx512_1, avx512_2, avx512_4, avx512_8, avx512_8_cold, 8 };
static const Kernels avx2 = { avx2_1, avx2_2, avx2_4, avx2_6, avx2_6_cold, 6 };

#endif

static const Kernels *
own_kernels (void)
{
#if DIF_HAVE_X86_TARGETS
  if (dif_cpu () == DIF_CPU_AVX512)
    return &avx512;
  if (dif_cpu () == DIF_CPU_AVX2)
    return &avx2;
#endif
  return NULL;
}

/* A whole panel; c has DIF_PANEL columns to write to. */
static void
panel_product (const Kernels *kernels, gsize m, gsize k, const float *a, gsize lda,
               const float *panel, float *c, gsize ldc, gboolean add, gboolean cold)
{
  const Kernel most = cold ? kernels->most_cold : kernels->most;

  while (m > 0)
    {
      gsize rows = m >= kernels->most_rows ? kernels->most_rows : m >= 4 ? 4 : m >= 2 ? 2 : 1;

      (rows == kernels->most_rows ? most :
       rows == 4                  ? kernels->four :
       rows == 2                  ? kernels->two :
                                    kernels->one) (k, a, lda, panel, c, ldc, add);
      a += rows * lda;
      c += rows * ldc;
      m -= rows;
    }
}

/* The last panel, of which only some columns exist in c. */
static void
part_product (const Kernels *kernels, gsize m, gsize width, gsize k, const float *a, gsize lda,
              const float *panel, float *c, gsize ldc, gboolean add)
{
  float block[MAX_ROWS * DIF_PANEL];

  for (gsize first = 0; first < m; first += MAX_ROWS)
    {
      gsize rows = MIN (MAX_ROWS, m - first);

      panel_product (kernels, rows, k, a + first * lda, lda, panel, block, DIF_PANEL, FALSE, FALSE);
      for (gsize r = 0; r < rows; r++)
        for (gsize i = 0; i < width; i++)
          c[(first + r) * ldc + i] =
              block[r * DIF_PANEL + i] + (add ? c[(first + r) * ldc + i] : 0.0f);
    }
}

static void
product (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *panels, float *c,
         gsize ldc, gboolean add, gboolean cold)
{
  const Kernels *kernels = own_kernels ();

  for (gsize first = 0; first < n; first += DIF_PANEL, panels += k * DIF_PANEL)
    {
      gsize width = MIN (DIF_PANEL, n - first);

      if (! kernels)
        dif_sgemm (FALSE, m, width, k, 1.0f, a, lda, panels, DIF_PANEL, add ? 1.0f : 0.0f,
                   c + first, ldc);
      else if (width < DIF_PANEL)
        part_product (kernels, m, width, k, a, lda, panels, c + first, ldc, add);
      else
        for (gsize i = 0; i < k; i += K_BLOCK)
          panel_product (kernels, m, MIN (K_BLOCK, k - i), a + i, lda, panels + i * DIF_PANEL,
                         c + first, ldc, add || i > 0, cold && first == 0);
    }
}

void
dif_product (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *panels, float *c,
             gsize ldc, gboolean add)
{
  product (m, n, k, a, lda, panels, c, ldc, add, FALSE);
}

void
dif_product_cold (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *panels,
                  float *c, gsize ldc, gboolean add)
{
  product (m, n, k, a, lda, panels, c, ldc, add, TRUE);
}
