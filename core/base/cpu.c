/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/cpu.h"

/* Clang learned the levels' names in its version 18; no processor has these without the rest. */
#if defined(__clang__) && __clang_major__ < 18
#define HAS_V3                                                          \
  (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && \
   __builtin_cpu_supports ("bmi") && __builtin_cpu_supports ("bmi2"))
#define HAS_V4                                                                   \
  (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&  \
   __builtin_cpu_supports ("avx512cd") && __builtin_cpu_supports ("avx512dq") && \
   __builtin_cpu_supports ("avx512vl"))
#else
#define HAS_V3 __builtin_cpu_supports ("x86-64-v3")
#define HAS_V4 __builtin_cpu_supports ("x86-64-v4")
#endif

static DifCpu
find_cpu (void)
{
  const char *wish = g_getenv ("DIF_CPU");
  DifCpu      best = DIF_CPU_PLAIN;

#if DIF_HAVE_X86_TARGETS
  if (HAS_V3)
    best = DIF_CPU_AVX2;
  if (HAS_V3 && HAS_V4)
    best = DIF_CPU_AVX512;
#endif
  if (g_strcmp0 (wish, "plain") == 0)
    return DIF_CPU_PLAIN;
  if (g_strcmp0 (wish, "avx2") == 0)
    return MIN (best, DIF_CPU_AVX2);
  return best;
}

DifCpu
dif_cpu (void)
{
  static gint cpu = -1;
  gint        known = g_atomic_int_get (&cpu);

  if (known < 0)
    {
      known = find_cpu ();
      g_atomic_int_set (&cpu, known);
    }
  return (DifCpu) known;
}
