/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "core/base/simd.h"
#include "core/ops/activation.h"

/* Activations of one number, branch-free, for loops of ops that fuse them: with a constant
 * activation such a loop becomes vector code. */

/**
 * dif_silu:
 * @x: any number
 *
 * max (x, 0) - |x| e / (1 + e) with e = exp (-|x|), which never overflows.  The exponent is kept
 * above -126 as a whole number, which negative floats are ordered by.
 *
 * Returns: x / (1 + exp (-x))
 *
 * Thread: any
 */
DIF_INLINE float
dif_silu (float x)
{
  const guint32 lowest = 0xc2fc0000; /* -126 */
  float         size = fabsf (x);
  float         exponent = size * -1.44269504f;
  guint32       bits;
  float         e;

  memcpy (&bits, &exponent, sizeof bits);
  bits = MIN (bits, lowest);
  memcpy (&exponent, &bits, sizeof bits);
  e = dif_exp2f_within (exponent);
  return (x > 0.0f ? x : 0.0f) - size * e / (1.0f + e);
}

/**
 * dif_gelu:
 * @x: any number
 *
 * By the tail at -|x|, so that small results are right too.
 *
 * Returns: x times the normal distribution function of x
 *
 * Thread: any
 */
DIF_INLINE float
dif_gelu (float x)
{
  float size = fabsf (x);

  return (x > 0.0f ? x : 0.0f) - 0.5f * size * dif_erfcf (size * 0.707106781f);
}

/**
 * dif_mish:
 * @x: any number
 *
 * tanh (log (1 + e)) = (e² + 2 e) / (e² + 2 e + 2); for large x it is 1 and e² overflows.
 *
 * Returns: x tanh (log (1 + exp x))
 *
 * Thread: any
 */
DIF_INLINE float
dif_mish (float x)
{
  float e = dif_expf (x > 20.0f ? 20.0f : x);
  float u = e * (e + 2.0f);

  return x * (u / (u + 2.0f));
}

/**
 * dif_activate_one:
 * @activation: a constant
 * @x: any number
 *
 * Returns: @x activated
 *
 * Thread: any
 */
DIF_INLINE float
dif_activate_one (const DifActivation activation, float x)
{
  switch (activation)
    {
    case DIF_ACTIVATION_SILU:
      return dif_silu (x);
    case DIF_ACTIVATION_GELU:
      return dif_gelu (x);
    case DIF_ACTIVATION_MISH:
      return dif_mish (x);
    case DIF_ACTIVATION_RELU:
      return x > 0.0f ? x : 0.0f;
    case DIF_ACTIVATION_NONE:
      break;
    }
  return x;
}

/**
 * dif_silu_slope:
 * @x: any number
 *
 * With the logistic function l: l (x) (1 + x (1 - l (x))).  With e = exp (-|x|) and r = 1 / (1 + e)
 * it is r or, below 0, e r, and 1 less it is the other one.  The exponent is kept above -126 as a
 * whole number, which negative floats are ordered by.
 *
 * Returns: the derivative of dif_silu()
 *
 * Thread: any
 * Source: Elfwing et al. 2018, eq. 12
 */
DIF_INLINE float
dif_silu_slope (float x)
{
  const guint32 lowest = 0xc2fc0000; /* -126 */
  float         exponent = fabsf (x) * -1.44269504f;
  guint32       bits;
  float         e, r;

  memcpy (&bits, &exponent, sizeof bits);
  bits = MIN (bits, lowest);
  memcpy (&exponent, &bits, sizeof bits);
  e = dif_exp2f_within (exponent);
  r = 1.0f / (1.0f + e);
  return r * ((x > 0.0f ? 1.0f : e) + x * e * r);
}

/**
 * dif_gelu_slope:
 * @x: any number
 *
 * The normal distribution function of x, and x times its density.
 *
 * Returns: the derivative of dif_gelu()
 *
 * Thread: any
 */
DIF_INLINE float
dif_gelu_slope (float x)
{
  float tail = 0.5f * dif_erfcf (fabsf (x) * 0.707106781f);

  return (x > 0.0f ? 1.0f - tail : tail) + x * 0.398942280f * dif_expf (-0.5f * x * x);
}

/**
 * dif_mish_slope:
 * @x: any number
 *
 * With the logistic function l and t = tanh (log (1 + exp x)): t + x l (x) (1 - t²), and
 * 1 - t = 2 / (e² + 2 e + 2).
 *
 * Returns: the derivative of dif_mish()
 *
 * Thread: any
 */
DIF_INLINE float
dif_mish_slope (float x)
{
  float within = x > 20.0f ? 20.0f : x;
  float e = dif_expf (within);
  float u = e * (e + 2.0f);
  float t = u / (u + 2.0f);

  return t + within * (e / (1.0f + e)) * (2.0f / (u + 2.0f)) * (1.0f + t);
}

/**
 * dif_activation_slope:
 * @activation: a constant
 * @x: any number
 *
 * Returns: the derivative of dif_activate_one() at @x; that of max (x, 0) is 0 at 0
 *
 * Thread: any
 */
DIF_INLINE float
dif_activation_slope (const DifActivation activation, float x)
{
  switch (activation)
    {
    case DIF_ACTIVATION_SILU:
      return dif_silu_slope (x);
    case DIF_ACTIVATION_GELU:
      return dif_gelu_slope (x);
    case DIF_ACTIVATION_MISH:
      return dif_mish_slope (x);
    case DIF_ACTIVATION_RELU:
      return x > 0.0f ? 1.0f : 0.0f;
    case DIF_ACTIVATION_NONE:
      break;
    }
  return 1.0f;
}

/* Calls FUNCTION (ACTIVATION, …) with a constant for ACTIVATION. */
#define DIF_EACH_ACTIVATION(function, activation, ...) \
  do                                                   \
    switch (activation)                                \
      {                                                \
      case DIF_ACTIVATION_NONE:                        \
        function (DIF_ACTIVATION_NONE, __VA_ARGS__);   \
        break;                                         \
      case DIF_ACTIVATION_SILU:                        \
        function (DIF_ACTIVATION_SILU, __VA_ARGS__);   \
        break;                                         \
      case DIF_ACTIVATION_GELU:                        \
        function (DIF_ACTIVATION_GELU, __VA_ARGS__);   \
        break;                                         \
      case DIF_ACTIVATION_MISH:                        \
        function (DIF_ACTIVATION_MISH, __VA_ARGS__);   \
        break;                                         \
      case DIF_ACTIVATION_RELU:                        \
        function (DIF_ACTIVATION_RELU, __VA_ARGS__);   \
        break;                                         \
      }                                                \
  while (0)
