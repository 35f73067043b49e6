/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base/half.h"

#include <string.h>

#include "core/base/simd.h"

#if DIF_HAVE_X86_TARGETS
#include <immintrin.h>
#endif

/* The loops have no branches and go through integers, so that they become vector code.
 * Processors from x86-64-v3 on convert half precision themselves, to the same bits. */

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

/* All ones where @that, else 0; signed, as vectors compare fastest. */
DIF_INLINE guint32
where (gint32 that)
{
  return (guint32) -that;
}

DIF_INLINE void
widen_f16_plain (const guint16 *in, float *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 sign = (guint32) (in[i] & 0x8000) << 16;
      gint32  rest = (in[i] & 0x7fff) << 13; /* exponent and fraction in place */
      guint32 is_tiny = where (rest < 1 << 23);
      guint32 rebias = (127 - 15) << 23; /* once more from 31 to 255 */
      guint32 again = where (rest >= 31 << 23) & rebias;
      guint32 quiet = where (rest > 31 << 23) & 1 << 22;
      guint32 normal = ((guint32) rest + rebias + again) | quiet;
      /* A denormal's fraction counts 2^-24: put it behind 2^-14 and take that off. */
      guint32 tiny = bits_of (float_of ((guint32) rest + (113 << 23)) - 0x1p-14f);

      out[i] = float_of ((tiny & is_tiny) | (normal & ~is_tiny) | sign);
    }
}

DIF_INLINE void
narrow_f16_plain (const float *in, guint16 *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 all = bits_of (in[i]);
      gint32  rest = (gint32) (all & 0x7fffffffu);
      guint32 is_tiny = where (rest < 113 << 23), is_large = where (rest >= 143 << 23);
      /* Half of the last place, less one where it is even; the carry may reach infinity. */
      gint32  normal = (rest - ((127 - 15) << 23) + 0xfff + (rest >> 13 & 1)) >> 13;
      /* Beside 0.5 a float counts 2^-24, as a denormal does: let the addition round. */
      guint32 tiny = bits_of (float_of ((guint32) rest) + 0.5f) - (126u << 23);
      guint32 large =
          0x7c00u | (where (rest > 255 << 23) & (0x200u | (guint32) (rest >> 13 & 0x3ff)));
      guint32 bits =
          (tiny & is_tiny) | (large & is_large) | ((guint32) normal & ~is_tiny & ~is_large);

      out[i] = (guint16) (bits | (all >> 16 & 0x8000));
    }
}

#if DIF_HAVE_X86_TARGETS

__attribute__ ((target ("arch=x86-64-v4"))) static void
widen_f16_avx512 (const guint16 *in, float *out, gsize n)
{
  gsize     i = 0;
  __mmask16 rest;

  for (; i + 16 <= n; i += 16)
    _mm512_storeu_ps (out + i, _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (in + i))));
  rest = (__mmask16) ((1u << (n - i)) - 1);
  _mm512_mask_storeu_ps (out + i, rest, _mm512_cvtph_ps (_mm256_maskz_loadu_epi16 (rest, in + i)));
}

__attribute__ ((target ("arch=x86-64-v3"))) static void
widen_f16_avx2 (const guint16 *in, float *out, gsize n)
{
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (out + i, _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (in + i))));
  for (; i < n; i++)
    out[i] = _cvtsh_ss (in[i]);
}

__attribute__ ((target ("arch=x86-64-v4"))) static void
narrow_f16_avx512 (const float *in, guint16 *out, gsize n)
{
  gsize     i = 0;
  __mmask16 rest;

  for (; i + 16 <= n; i += 16)
    _mm256_storeu_si256 ((__m256i *) (out + i),
                         _mm512_cvtps_ph (_mm512_loadu_ps (in + i), _MM_FROUND_TO_NEAREST_INT));
  rest = (__mmask16) ((1u << (n - i)) - 1);
  _mm256_mask_storeu_epi16 (
      out + i, rest,
      _mm512_cvtps_ph (_mm512_maskz_loadu_ps (rest, in + i), _MM_FROUND_TO_NEAREST_INT));
}

__attribute__ ((target ("arch=x86-64-v3"))) static void
narrow_f16_avx2 (const float *in, guint16 *out, gsize n)
{
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128 ((__m128i *) (out + i),
                      _mm256_cvtps_ph (_mm256_loadu_ps (in + i), _MM_FROUND_TO_NEAREST_INT));
  for (; i < n; i++)
    out[i] = _cvtss_sh (in[i], _MM_FROUND_TO_NEAREST_INT);
}

#else
#define widen_f16_avx512  widen_f16_plain
#define widen_f16_avx2    widen_f16_plain
#define narrow_f16_avx512 narrow_f16_plain
#define narrow_f16_avx2   narrow_f16_plain
#endif

void
dif_widen_f16 (const guint16 *in, float *out, gsize n)
{
  switch (dif_cpu ())
    {
    case DIF_CPU_AVX512:
      widen_f16_avx512 (in, out, n);
      break;
    case DIF_CPU_AVX2:
      widen_f16_avx2 (in, out, n);
      break;
    default:
      widen_f16_plain (in, out, n);
    }
}

void
dif_narrow_f16 (const float *in, guint16 *out, gsize n)
{
  switch (dif_cpu ())
    {
    case DIF_CPU_AVX512:
      narrow_f16_avx512 (in, out, n);
      break;
    case DIF_CPU_AVX2:
      narrow_f16_avx2 (in, out, n);
      break;
    default:
      narrow_f16_plain (in, out, n);
    }
}

DIF_INLINE void
dif_widen_bf16_body (const guint16 *in, float *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = float_of ((guint32) in[i] << 16);
}

DIF_VARIANTS (extern, void, dif_widen_bf16, (const guint16 *in, float *out, gsize n), (in, out, n))

DIF_INLINE void
dif_narrow_bf16_body (const float *in, guint16 *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 all = bits_of (in[i]);
      guint32 near = (all + 0x7fff + (all >> 16 & 1)) >> 16;
      guint32 quiet = all >> 16 | 0x40;

      out[i] = (guint16) ((all & 0x7fffffffu) > 0x7f800000u ? quiet : near);
    }
}

DIF_VARIANTS (extern, void, dif_narrow_bf16, (const float *in, guint16 *out, gsize n), (in, out, n))
