/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/cpu.h"

#include "core/base/simd.h"

static DifCpu
find_cpu (void)
{
  const char *wish = g_getenv ("DIF_CPU");
  DifCpu      best = DIF_CPU_PLAIN;

#if DIF_HAVE_X86_TARGETS
  if (__builtin_cpu_supports ("x86-64-v3"))
    best = DIF_CPU_AVX2;
  if (best == DIF_CPU_AVX2 && __builtin_cpu_supports ("x86-64-v4"))
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
