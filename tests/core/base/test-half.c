/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/base/half.h"

#define N_HALVES 65536

typedef void (*Widen) (const guint16 *, float *, gsize);
typedef void (*Narrow) (const float *, guint16 *, gsize);

typedef struct
{
  Widen  widen;
  Narrow narrow;
  guint  fraction_bits;
  gint   least; /* exponent of the smallest normal number */
} Format;

static const Format f16 = { dif_widen_f16, dif_narrow_f16, 10, -14 };
static const Format bf16 = { dif_widen_bf16, dif_narrow_bf16, 7, -126 };

static guint32
bits_of (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

static float
float_of (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

/* As the standard says it; what becomes of NaN is ours. */
static guint32
reference_widen (const Format *f, guint16 half)
{
  guint32 sign = (guint32) (half >> 15) << 31;
  guint32 fraction = half & ((1u << f->fraction_bits) - 1);
  guint32 ones = 0x7fffu >> f->fraction_bits;
  guint32 exponent = half >> f->fraction_bits & ones;
  gint    place = f->least - (gint) f->fraction_bits;

  if (exponent == ones)
    {
      gboolean quieted = fraction && f == &f16;

      return sign | 0x7f800000u | fraction << (23 - f->fraction_bits) | (quieted ? 1u << 22 : 0);
    }
  if (exponent == 0)
    return sign | bits_of (ldexpf ((float) fraction, place));
  fraction |= 1u << f->fraction_bits;
  return sign | bits_of (ldexpf ((float) fraction, place + (gint) exponent - 1));
}

static guint16
reference_narrow (const Format *f, float x)
{
  guint16 sign = (guint16) (bits_of (x) >> 31 << 15);
  guint32 ones = 0x7fffu >> f->fraction_bits;
  guint16 infinity = (guint16) (ones << f->fraction_bits);
  gint    exponent;
  double  place;

  if (isnan (x))
    return (guint16) (sign | infinity | 1u << (f->fraction_bits - 1) |
                      (bits_of (x) >> (23 - f->fraction_bits) & ((1u << f->fraction_bits) - 1)));
  if (isinf (x))
    return sign | infinity;
  (void) frexp (fabs (x), &exponent);
  exponent = x == 0.0f ? f->least : MAX (exponent - 1, f->least);
  place = ldexp (1.0, exponent - (gint) f->fraction_bits);
  /* In counts of the last place the next exponent begins where the fraction runs over. */
  return (guint16) (sign | (guint16) MIN (
                               (guint32) (rint (fabs (x) / place) +
                                          ((guint32) (exponent - f->least) << f->fraction_bits)),
                               infinity));
}

static void
test_widen (gconstpointer data)
{
  const Format       *f = data;
  g_autofree guint16 *in = g_new (guint16, N_HALVES);
  g_autofree float   *out = g_new (float, N_HALVES);

  for (guint i = 0; i < N_HALVES; i++)
    in[i] = (guint16) i;
  f->widen (in, out, N_HALVES);
  for (guint i = 0; i < N_HALVES; i++)
    g_assert_cmphex (bits_of (out[i]), ==, reference_widen (f, in[i]));
}

/* Narrows every widened number again, and what lies around it: its neighbors, the ties
 * between it and the next and their neighbors. */
static void
test_narrow (gconstpointer data)
{
  static const gint   steps[] = { -2, -1, 0, 1, 2 };
  const Format       *f = data;
  gsize               n = N_HALVES * 2 * G_N_ELEMENTS (steps), used = 0;
  g_autofree float   *in = g_new (float, n);
  g_autofree guint16 *out = g_new (guint16, n);

  for (guint i = 0; i < N_HALVES; i++)
    {
      guint32 here = reference_widen (f, (guint16) i);
      /* The next number away from 0; past the last, as far again. */
      guint32 next = here + (reference_widen (f, (guint16) (i | 1)) -
                             reference_widen (f, (guint16) (i & ~1u)));
      guint32 tie = bits_of ((float) ((float_of (here) + (double) float_of (next)) / 2));

      for (guint k = 0; k < G_N_ELEMENTS (steps); k++)
        {
          in[used++] = float_of (here + (guint32) steps[k]);
          in[used++] = float_of (tie + (guint32) steps[k]);
        }
    }
  g_assert_cmpuint (used, ==, n);
  f->narrow (in, out, n);
  for (gsize i = 0; i < n; i++)
    if (out[i] != reference_narrow (f, in[i]))
      {
        g_test_message ("%a", in[i]);
        g_assert_cmphex (out[i], ==, reference_narrow (f, in[i]));
      }
}

/* All kinds of bits, among them float's own denormals and NaN with any payload. */
static void
test_random (gconstpointer data)
{
  const Format       *f = data;
  const gsize         n = 1 << 20;
  g_autofree float   *in = g_new (float, n);
  g_autofree guint16 *out = g_new (guint16, n);

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits = (guint32) g_test_rand_int ();

      in[i] = float_of (i % 4 ? bits : i % 8 ? bits & 0x807fffffu : bits | 0x7f800000u);
    }
  f->narrow (in, out, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmphex (out[i], ==, reference_narrow (f, in[i]));
}

static void
test_borders (void)
{
  static const struct
  {
    float   x;
    guint16 f16, bf16;
  } rows[] = {
    { 0.0f, 0x0000, 0x0000 },         { -0.0f, 0x8000, 0x8000 },
    { 0x1p-25f, 0x0000, 0x3300 },     { 0x1.000002p-25f, 0x0001, 0x3300 },
    { 0x1.8p-24f, 0x0002, 0x33c0 },   { 0x1.ffbffep-15f, 0x03ff, 0x3880 },
    { 0x1.ffcp-15f, 0x0400, 0x3880 }, { 65504.0f, 0x7bff, 0x4780 },
    { 65519.996f, 0x7bff, 0x4780 },   { 65520.0f, 0x7c00, 0x4780 },
    { 0x1.fep127f, 0x7c00, 0x7f7f },  { 0x1.fefffep127f, 0x7c00, 0x7f7f },
    { -0x1.ffp127f, 0xfc00, 0xff80 }, { -INFINITY, 0xfc00, 0xff80 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint16 half;

      dif_narrow_f16 (&rows[i].x, &half, 1);
      g_assert_cmphex (half, ==, rows[i].f16);
      dif_narrow_bf16 (&rows[i].x, &half, 1);
      g_assert_cmphex (half, ==, rows[i].bf16);
    }
}

/* Every length around a vector's, at every place; nothing beyond is touched. */
static void
test_tails (gconstpointer data)
{
  const Format *f = data;
  guint16       halves[80], narrowed[80];
  float         widened[80];

  for (guint i = 0; i < 80; i++)
    halves[i] = (guint16) (0x3c00 + i);
  for (guint n = 0; n <= 67; n++)
    {
      for (guint begin = 0; begin < 8; begin++)
        {
          for (guint i = 0; i < 80; i++)
            {
              widened[i] = -1.0f;
              narrowed[i] = 0xdead;
            }
          f->widen (halves + begin, widened + begin, n);
          f->narrow (widened + begin, narrowed + begin, n);
          for (guint i = 0; i < 80; i++)
            {
              gboolean inside = i >= begin && i < begin + n;

              g_assert_cmphex (bits_of (widened[i]), ==,
                               inside ? reference_widen (f, halves[i]) : bits_of (-1.0f));
              g_assert_cmphex (narrowed[i], ==, inside ? halves[i] : 0xdead);
            }
        }
    }
}

/* Where reads past the end show: in the last bytes of memory of the right size. */
static void
test_ends (gconstpointer data)
{
  const Format *f = data;

  for (guint n = 0; n <= 33; n++)
    {
      g_autofree guint16 *in = g_new0 (guint16, n + 1);
      g_autofree float   *out = g_new (float, n + 1);

      f->widen (in + 1, out + 1, n);
      f->narrow (out + 1, in + 1, n);
      for (guint i = 0; i <= n; i++)
        g_assert_cmphex (in[i], ==, 0);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char   *name;
    GTestDataFunc test;
  } tests[] = {
    { "widen", test_widen }, { "narrow", test_narrow }, { "random", test_random },
    { "tails", test_tails }, { "ends", test_ends },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *half = g_strdup_printf ("/half/%s/f16", tests[i].name);
      g_autofree char *brain = g_strdup_printf ("/half/%s/bf16", tests[i].name);

      g_test_add_data_func (half, &f16, tests[i].test);
      g_test_add_data_func (brain, &bf16, tests[i].test);
    }
  g_test_add_func ("/half/borders", test_borders);
  return g_test_run ();
}
