/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/outer.h"

#include "core/base/simd.h"

/* A kernel does a few rows of c: c = aᵀ b, or c += aᵀ b. */
typedef void (*Kernel) (gsize k, const float *a, gsize lda, const float *b, gsize ldb, float *c,
                        gsize ldc, gboolean add);

/* For one width of columns. */
typedef struct
{
  Kernel one, two, four, most;
  gsize  most_rows;
  gsize  columns;
} Kernels;

/* Rows and vectors are constants, so the accumulators are registers. */
#define DEFINE_KERNEL(name, attributes, Vector, lanes, rows, vectors)                         \
  attributes static void name (gsize k, const float *a, gsize lda, const float *b, gsize ldb, \
                               float *c, gsize ldc, gboolean add)                             \
  {                                                                                           \
    Vector sum[rows][vectors];                                                                \
                                                                                              \
    for (int r = 0; r < (rows); r++)                                                          \
      for (int v = 0; v < (vectors); v++)                                                     \
        sum[r][v] = (Vector) { 0 };                                                           \
    for (; k > 0; k--, a += lda, b += ldb)                                                    \
      {                                                                                       \
        Vector bv[vectors];                                                                   \
                                                                                              \
        for (int v = 0; v < (vectors); v++)                                                   \
          bv[v] = *(const Vector *) (b + v * (lanes));                                        \
        for (int r = 0; r < (rows); r++)                                                      \
          for (int v = 0; v < (vectors); v++)                                                 \
            sum[r][v] += a[r] * bv[v];                                                        \
      }                                                                                       \
    for (int r = 0; r < (rows); r++)                                                          \
      for (int v = 0; v < (vectors); v++)                                                     \
        {                                                                                     \
          Vector *out = (Vector *) (c + r * ldc + v * (lanes));                               \
                                                                                              \
          if (add)                                                                            \
            sum[r][v] += *out;                                                                \
          *out = sum[r][v];                                                                   \
        }                                                                                     \
  }

#define DEFINE_KERNELS(name, attributes, Vector, lanes, vectors, most)  \
  DEFINE_KERNEL (name##_1, attributes, Vector, lanes, 1, vectors)       \
  DEFINE_KERNEL (name##_2, attributes, Vector, lanes, 2, vectors)       \
  DEFINE_KERNEL (name##_4, attributes, Vector, lanes, 4, vectors)       \
  DEFINE_KERNEL (name##_most, attributes, Vector, lanes, most, vectors) \
  static const Kernels name = { name##_1, name##_2, name##_4, name##_most, most, lanes * vectors };

typedef float Vector4 __attribute__ ((vector_size (16), aligned (4), may_alias));

DEFINE_KERNELS (plain_8, , Vector4, 4, 2, 4)

#if DIF_HAVE_X86_TARGETS

typedef float Vector16 __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef float Vector8 __attribute__ ((vector_size (32), aligned (4), may_alias));

#define AVX2   __attribute__ ((target ("arch=x86-64-v3")))
#define AVX512 __attribute__ ((target ("arch=x86-64-v4")))

DEFINE_KERNELS (avx2_16, AVX2, Vector8, 8, 2, 6)
DEFINE_KERNELS (avx512_16, AVX512, Vector16, 16, 1, 8)
DEFINE_KERNELS (avx512_32, AVX512, Vector16, 16, 2, 8)

#endif

/* The widest for @n columns that are left. */
static const Kernels *
pick_kernels (gsize n)
{
#if DIF_HAVE_X86_TARGETS
  if (dif_cpu () == DIF_CPU_AVX512)
    return n >= 32 ? &avx512_32 : &avx512_16;
  if (dif_cpu () == DIF_CPU_AVX2)
    return &avx2_16;
#endif
  return n > 0 ? &plain_8 : NULL;
}

void
dif_outer (gsize m, gsize n, gsize k, const float *a, gsize lda, const float *b, gsize ldb,
           float *c, gsize ldc, gboolean add)
{
  const Kernels *kernels;

  for (gsize column = 0; column < n; column += kernels->columns)
    {
      gsize rows;

      kernels = pick_kernels (n - column);
      for (gsize row = 0; row < m; row += rows)
        {
          const gsize left = m - row;

          rows = left >= kernels->most_rows ? kernels->most_rows :
                 left >= 4                  ? 4 :
                 left >= 2                  ? 2 :
                                              1;
          (rows == kernels->most_rows ? kernels->most :
           rows == 4                  ? kernels->four :
           rows == 2                  ? kernels->two :
                       kernels->one) (k, a + row, lda, b + column, ldb, c + row * ldc + column, ldc,
                                      add);
        }
    }
}
