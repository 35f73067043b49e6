/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/bench/fma.h"

#include "core/base/simd.h"

#define TURNS  20000
#define TILES  64
#define CHAINS 12 /* independent sums: enough to hide the latency, few enough for registers */

#if DIF_HAVE_X86_TARGETS

typedef float Vector16 __attribute__ ((vector_size (64)));
typedef float Vector8 __attribute__ ((vector_size (32)));

#define DEFINE_FMA(name, isa, Vector)                                         \
  __attribute__ ((target (isa))) static float name (float factor, float term) \
  {                                                                           \
    Vector sum[CHAINS];                                                       \
    Vector f = (Vector) { 0 } + factor;                                       \
    Vector t = (Vector) { 0 } + term;                                         \
                                                                              \
    for (int chain = 0; chain < CHAINS; chain++)                              \
      sum[chain] = t * (float) chain;                                         \
    for (int i = 0; i < TURNS; i++)                                           \
      for (int chain = 0; chain < CHAINS; chain++)                            \
        sum[chain] = sum[chain] * f + t;                                      \
    for (int chain = 1; chain < CHAINS; chain++)                              \
      sum[0] += sum[chain];                                                   \
    return sum[0][0];                                                         \
  }

DEFINE_FMA (fma_avx512, "arch=x86-64-v4", Vector16)
DEFINE_FMA (fma_avx2, "arch=x86-64-v3", Vector8)

#endif

static float
fma_plain (float factor, float term)
{
  float sum[CHAINS][4];

  for (int chain = 0; chain < CHAINS; chain++)
    for (int lane = 0; lane < 4; lane++)
      sum[chain][lane] = term * (float) (4 * chain + lane);
  for (int i = 0; i < TURNS; i++)
    for (int chain = 0; chain < CHAINS; chain++)
      for (int lane = 0; lane < 4; lane++)
        sum[chain][lane] = sum[chain][lane] * factor + term;
  for (int chain = 1; chain < CHAINS; chain++)
    for (int lane = 0; lane < 4; lane++)
      sum[0][0] += sum[chain][lane];
  return sum[0][0];
}

typedef struct
{
  float (*fma) (float factor, float term);
  float result[TILES]; /* so that the work is not left out */
} Job;

static void
do_tile (gsize tile, guint worker G_GNUC_UNUSED, gpointer data)
{
  Job *job = data;

  job->result[tile] = job->fma (0.5f, (float) tile);
}

gboolean
dif_bench_fma (DifContext *context, gpointer data G_GNUC_UNUSED)
{
  Job   job = { fma_plain, { 0.0f } };
  guint lanes = 4;

#if DIF_HAVE_X86_TARGETS
  if (dif_cpu () == DIF_CPU_AVX512)
    {
      job.fma = fma_avx512;
      lanes = 16;
    }
  else if (dif_cpu () == DIF_CPU_AVX2)
    {
      job.fma = fma_avx2;
      lanes = 8;
    }
#endif
  dif_pool_run (dif_context_pool (context), TILES, do_tile, &job);
  dif_context_count (context, 2.0 * TILES * TURNS * CHAINS * lanes);
  return TRUE;
}
