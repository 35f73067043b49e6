/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/io/half.h"

#include <string.h>

#include "core/base/simd.h"

/* The loops have no branches and go through integers, so that they become vector
 * code and no processor makes a signalling NaN quiet on the way. */

DIF_INLINE guint32
bits_of (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

DIF_INLINE float
float_of (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

DIF_INLINE void
dif_widen_f16_body (const guint16 *in, float *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 sign = (guint32) (in[i] & 0x8000) << 16;
      guint32 rest = (guint32) (in[i] & 0x7fff) << 13; /* exponent and fraction in place */
      guint32 normal = rest + ((127u - 15u) << 23);
      guint32 special = rest + ((255u - 31u) << 23);
      /* A denormal's fraction counts 2^-24: put it behind 2^-14 and take that off. */
      guint32 tiny = bits_of (float_of (rest + (113u << 23)) - float_of (113u << 23));
      guint32 bits = rest >= (31u << 23) ? special : normal;

      bits = rest < (1u << 23) ? tiny : bits;
      out[i] = float_of (bits | sign);
    }
}

DIF_VARIANTS (extern, void, dif_widen_f16, (const guint16 *in, float *out, gsize n), (in, out, n))

DIF_INLINE void
dif_widen_bf16_body (const guint16 *in, float *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = float_of ((guint32) in[i] << 16);
}

DIF_VARIANTS (extern, void, dif_widen_bf16, (const guint16 *in, float *out, gsize n), (in, out, n))
