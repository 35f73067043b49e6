/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Whether one file can hold code for several x86 instruction sets. */
#if defined(__GNUC__) && defined(__x86_64__)
#define DIF_HAVE_X86_TARGETS 1
#else
#define DIF_HAVE_X86_TARGETS 0
#endif

G_BEGIN_DECLS

/**
 * DifCpu:
 * @DIF_CPU_PLAIN: what every processor of the architecture has
 * @DIF_CPU_AVX2: x86-64-v3: 8 floats at once, fused multiply-add, half-precision conversion
 * @DIF_CPU_AVX512: x86-64-v4: 16 floats at once
 *
 * Instruction sets that arithmetic is written for, each containing those before it.
 */
typedef enum
{
  DIF_CPU_PLAIN,
  DIF_CPU_AVX2,
  DIF_CPU_AVX512,
} DifCpu;

/**
 * dif_cpu:
 *
 * The environment variable DIF_CPU (plain, avx2 or avx512) lowers it, for tests.
 *
 * Returns: the best that this processor has; the same at every call
 *
 * Thread: any
 */
DifCpu dif_cpu (void);

G_END_DECLS
