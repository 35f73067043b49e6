/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include <glib.h>

#include "core/base/cpu.h"

#if defined(__GNUC__)
#define DIF_INLINE static inline __attribute__ ((always_inline))
#else
#define DIF_INLINE static inline
#endif

/* After a DIF_INLINE function NAME_body with plain loops: NAME, which is that body compiled
 * once for each DifCpu and picks what dif_cpu() says.  LINKAGE is static or extern. */
#if DIF_HAVE_X86_TARGETS
#define DIF_VARIANTS(linkage, type, name, parameters, arguments)                               \
  __attribute__ ((                                                                             \
      target ("arch=x86-64-v4,prefer-vector-width=512"))) static type name##_avx512 parameters \
  {                                                                                            \
    return name##_body arguments;                                                              \
  }                                                                                            \
  __attribute__ ((target ("arch=x86-64-v3"))) static type name##_avx2 parameters               \
  {                                                                                            \
    return name##_body arguments;                                                              \
  }                                                                                            \
  static type name##_plain parameters                                                          \
  {                                                                                            \
    return name##_body arguments;                                                              \
  }                                                                                            \
  linkage type name parameters                                                                 \
  {                                                                                            \
    switch (dif_cpu ())                                                                        \
      {                                                                                        \
      case DIF_CPU_AVX512:                                                                     \
        return name##_avx512 arguments;                                                        \
      case DIF_CPU_AVX2:                                                                       \
        return name##_avx2 arguments;                                                          \
      default:                                                                                 \
        return name##_plain arguments;                                                         \
      }                                                                                        \
  }
#else
#define DIF_VARIANTS(linkage, type, name, parameters, arguments) \
  linkage type name parameters                                   \
  {                                                              \
    return name##_body arguments;                                \
  }
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

/**
 * dif_exp2f_within:
 * @x: -126 to 127
 *
 * 2^x to 2 ulp, without a look at what is beyond.
 *
 * Returns: 2 to the power of @x
 *
 * Thread: any
 */
DIF_INLINE float
dif_exp2f_within (float x)
{
  float   shifted = x + 12582912.0f; /* rounds to whole in the low bits */
  float   f = x - (shifted - 12582912.0f);
  float   p;
  guint32 whole;
  guint32 bits;

  p = 1.5353361952e-4f;
  p = p * f + 1.3398873853e-3f;
  p = p * f + 9.6184369177e-3f;
  p = p * f + 5.5503323674e-2f;
  p = p * f + 2.4022647738e-1f;
  p = p * f + 6.9314718246e-1f;
  p = p * f + 1.0f;
  memcpy (&whole, &shifted, sizeof whole);
  memcpy (&bits, &p, sizeof bits);
  bits += whole << 23; /* the exponent; of the shift's own bits none is left */
  memcpy (&p, &bits, sizeof p);
  return p;
}

/**
 * dif_exp2f_falling:
 * @x: at most 0
 *
 * 2^x to 2 ulp for weights that are at most 1; 1 for 0, 2^-126 from there down; NaN stays NaN.
 *
 * Returns: 2 to the power of @x
 *
 * Thread: any
 */
DIF_INLINE float
dif_exp2f_falling (float x)
{
  return dif_exp2f_within (-126.0f > x ? -126.0f : x);
}

/**
 * dif_erfcf:
 * @x: at least 0
 *
 * 1 - erf (x) to 2e-7, branch-free like dif_expf(): 2 to the power of -x times a polynomial, as
 * the logarithm of this function is smooth.
 *
 * Returns: 1 - erf (x)
 *
 * Thread: any
 */
DIF_INLINE float
dif_erfcf (float x)
{
  float a = x > 6.0f ? 6.0f : x;
  float p;

  p = -2.590396207e-6f;
  p = p * a + 5.160318688e-5f;
  p = p * a - 3.911513486e-4f;
  p = p * a + 1.212271280e-3f;
  p = p * a + 1.284592319e-3f;
  p = p * a - 2.870575152e-2f;
  p = p * a + 1.486785860e-1f;
  p = p * a + 9.183784723e-1f;
  p = p * a + 1.627910852e+0f;
  return dif_exp2f_falling (-x * p);
}
