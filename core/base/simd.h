/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include <glib.h>

/* Whether one file can hold code for several x86 instruction sets. */
#if defined(__GNUC__) && defined(__x86_64__)
#define DIF_HAVE_X86_TARGETS 1
#else
#define DIF_HAVE_X86_TARGETS 0
#endif

/* DIF_CLONES before a function with plain loops: the compiler makes one version for
 * each vector width and the loader picks what the processor has.  Sanitizers and
 * other compilers get the plain version. */
#if defined(__GNUC__) && ! defined(__clang__) && defined(__x86_64__) && defined(__linux__) && \
    ! defined(__SANITIZE_ADDRESS__) && ! defined(__SANITIZE_THREAD__)
#define DIF_CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DIF_CLONES
#endif

#if defined(__GNUC__)
#define DIF_INLINE static inline __attribute__ ((always_inline))
#else
#define DIF_INLINE static inline
#endif

/**
 * dif_expf:
 * @x: any finite number or infinity
 *
 * exp (x) to 2 ulp, branch-free so that loops over it become vector code: 2^n times a
 * polynomial of the fraction (Cody and Waite's argument reduction).  0 below -87.3,
 * saturates above 88; NaN stays NaN.
 *
 * Returns: exp (x)
 *
 * Thread: any
 */
DIF_INLINE float
dif_expf (float x)
{
  float   clamped = x > -87.3f ? (x < 88.0f ? x : 88.0f) : -87.3f; /* NaN goes to an end */
  float   shifted = clamped * 1.44269504f + 12582912.0f; /* rounds to whole in the low bits */
  float   n = shifted - 12582912.0f;
  float   r = clamped - n * 0.693359375f;
  float   p;
  guint32 bits;
  float   scale;

  r = r + n * 2.12194440e-4f;
  p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  bits = (guint32) ((gint32) n + 127) << 23;
  memcpy (&scale, &bits, sizeof scale);
  p = x < -87.3f ? 0.0f : p * scale;
  return x != x ? x : p;
}
