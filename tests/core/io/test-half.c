/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "core/base/finite.h"
#include "core/io/half.h"

#define N_HALVES 65536

static guint32
bits_of (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* As the standard says it. */
static guint32
reference_f16 (guint16 half)
{
  guint32 sign = (guint32) (half >> 15) << 31;
  gint    exponent = (half >> 10) & 31;
  gint    fraction = half & 1023;

  if (exponent == 31)
    return sign | 0x7f800000u | (guint32) fraction << 13;
  if (exponent == 0)
    return sign | bits_of (ldexpf ((float) fraction, -24));
  return sign | bits_of (ldexpf ((float) (1024 + fraction), exponent - 25));
}

static void
test_f16 (void)
{
  g_autofree guint16 *in = g_new (guint16, N_HALVES);
  g_autofree float   *out = g_new (float, N_HALVES);

  for (guint i = 0; i < N_HALVES; i++)
    in[i] = (guint16) i;
  dif_widen_f16 (in, out, N_HALVES);
  for (guint i = 0; i < N_HALVES; i++)
    g_assert_cmphex (bits_of (out[i]), ==, reference_f16 (in[i]));
}

static void
test_bf16 (void)
{
  g_autofree guint16 *in = g_new (guint16, N_HALVES);
  g_autofree float   *out = g_new (float, N_HALVES);

  for (guint i = 0; i < N_HALVES; i++)
    in[i] = (guint16) i;
  dif_widen_bf16 (in, out, N_HALVES);
  for (guint i = 0; i < N_HALVES; i++)
    g_assert_cmphex (bits_of (out[i]), ==, i << 16);
}

/* Every length around a vector's, at every place; nothing beyond is touched. */
static void
test_tails (void)
{
  guint16 in[80];
  float   out[80];

  for (guint i = 0; i < 80; i++)
    in[i] = (guint16) (0x3c00 + i);
  for (guint n = 0; n <= 67; n++)
    {
      for (guint begin = 0; begin < 8; begin++)
        {
          for (guint i = 0; i < 80; i++)
            out[i] = -1.0f;
          dif_widen_f16 (in + begin, out + begin, n);
          for (guint i = 0; i < 80; i++)
            {
              gboolean inside = i >= begin && i < begin + n;

              g_assert_cmphex (bits_of (out[i]), ==,
                               inside ? reference_f16 (in[i]) : bits_of (-1.0f));
            }
        }
    }
}

static void
test_finite (void)
{
  const float bad[] = { INFINITY, -INFINITY, NAN, -NAN };
  float       x[70];

  for (guint i = 0; i < 70; i++)
    x[i] = i % 2 ? 3.4028235e38f : -1e-45f;
  g_assert_true (dif_all_finite (x, 0));
  g_assert_true (dif_all_finite (x, 70));
  for (guint i = 0; i < 70; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (bad); j++)
        {
          float good = x[i];

          x[i] = bad[j];
          g_assert_false (dif_all_finite (x, 70));
          g_assert_true (dif_all_finite (x, i));
          x[i] = good;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/io/half/f16", test_f16);
  g_test_add_func ("/io/half/bf16", test_bf16);
  g_test_add_func ("/io/half/tails", test_tails);
  g_test_add_func ("/io/half/finite", test_finite);
  return g_test_run ();
}
