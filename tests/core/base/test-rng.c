/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"

#define N 1000000

/* However a range is cut, number k of a draw is the same. */
static void
test_cuts (void)
{
  float whole[1000];
  float part[1000];

  dif_rng_normal (7, 3, 10, whole, 1000);
  for (gsize cut = 0; cut <= 1000; cut += 13)
    {
      dif_rng_normal (7, 3, 10, part, cut);
      dif_rng_normal (7, 3, 10 + cut, part + cut, 1000 - cut);
      g_assert_cmpmem (part, sizeof part, whole, sizeof whole);
    }
  for (gsize i = 1000; i-- > 0;)
    dif_rng_normal (7, 3, 10 + i, part + i, 1);
  g_assert_cmpmem (part, sizeof part, whole, sizeof whole);
}

/* Seeds and streams are told apart in all their 64 bits. */
static void
test_keys (void)
{
  float a[64];
  float b[64];

  dif_rng_normal (0, 0, 0, a, 64);
  for (guint bit = 0; bit < 64; bit++)
    {
      dif_rng_normal (G_GUINT64_CONSTANT (1) << bit, 0, 0, b, 64);
      g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
      dif_rng_normal (0, G_GUINT64_CONSTANT (1) << bit, 0, b, 64);
      g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
      dif_rng_normal (0, 0, G_GUINT64_CONSTANT (4) << MIN (bit, 61), b, 64);
      g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
    }
}

/* Random123's known answer for Philox4x32-10, counter and key 0, put through Box and
 * Muller's formula here. */
static void
test_known_answer (void)
{
  static const guint32 words[4] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };
  float                x[4];

  dif_rng_normal (0, 0, 0, x, 4);
  for (guint i = 0; i < 4; i += 2)
    {
      double r = sqrt (-2.0 * log ((words[i] + 1.0) / 4294967296.0));
      double angle = 2.0 * G_PI * words[i + 1] / 4294967296.0;

      g_assert_cmpfloat_with_epsilon (x[i], r * cos (angle), 1e-6);
      g_assert_cmpfloat_with_epsilon (x[i + 1], r * sin (angle), 1e-6);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a;
  float y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Bounds are 5 standard errors of a million independent normal numbers. */
static void
test_distribution (void)
{
  g_autofree float *x = g_new (float, N);
  double            moment[5] = { 0 };
  double            worst = 0.0;

  dif_rng_normal (123, 4, 0, x, N);
  for (gsize i = 0; i < N; i++)
    for (guint k = 1; k <= 4; k++)
      moment[k] += pow (x[i], k) / N;
  g_assert_cmpfloat (fabs (moment[1]), <=, 5.0 / sqrt (N));
  g_assert_cmpfloat (fabs (moment[2] - 1.0), <=, 5.0 * sqrt (2.0 / N));
  g_assert_cmpfloat (fabs (moment[3]), <=, 5.0 * sqrt (15.0 / N));
  g_assert_cmpfloat (fabs (moment[4] - 3.0), <=, 5.0 * sqrt (96.0 / N));

  qsort (x, N, sizeof *x, compare);
  for (gsize i = 0; i < N; i++)
    {
      double expected = 0.5 * erfc (-x[i] / G_SQRT2);

      worst = MAX (worst, MAX (fabs (expected - (double) i / N), fabs (expected - (i + 1.0) / N)));
    }
  g_assert_cmpfloat (worst * sqrt (N), <=, 1.95); /* Kolmogorov and Smirnov at 0.1 % */
}

/* Neighbors, and the same place in neighboring streams and seeds, do not follow each other. */
static void
test_independence (void)
{
  g_autofree float *x = g_new (float, N + 3);
  g_autofree float *stream = g_new (float, N);
  g_autofree float *seed = g_new (float, N);
  double            sum[5] = { 0 };

  dif_rng_normal (123, 4, 0, x, N + 3);
  dif_rng_normal (123, 5, 0, stream, N);
  dif_rng_normal (124, 4, 0, seed, N);
  for (gsize i = 0; i < N; i++)
    {
      for (guint lag = 1; lag <= 3; lag++)
        sum[lag - 1] += (double) x[i] * x[i + lag];
      sum[3] += (double) x[i] * stream[i];
      sum[4] += (double) x[i] * seed[i];
    }
  for (guint k = 0; k < 5; k++)
    g_assert_cmpfloat (fabs (sum[k]) / N, <=, 5.0 / sqrt (N));
}

/* The known answer itself, cut anywhere; evenly spread, within 5 standard errors. */
static void
test_uniform (void)
{
  static const guint32 words[4] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };
  g_autofree double   *x = g_new (double, N);
  double               part[3];
  guint                bins[10] = { 0 };

  dif_rng_uniform (0, 0, 0, x, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (x[i], ==, words[i] / 4294967296.0);
  dif_rng_uniform (123, 4, 0, x, N);
  dif_rng_uniform (123, 4, 5, part, 3);
  g_assert_cmpmem (part, sizeof part, x + 5, sizeof part);
  for (gsize i = 0; i < N; i++)
    bins[(gsize) (10.0 * x[i])]++;
  for (guint i = 0; i < 10; i++)
    g_assert_cmpfloat (fabs (bins[i] - N / 10.0), <=, 5.0 * sqrt (0.09 * N));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/rng/cuts", test_cuts);
  g_test_add_func ("/rng/keys", test_keys);
  g_test_add_func ("/rng/known-answer", test_known_answer);
  g_test_add_func ("/rng/distribution", test_distribution);
  g_test_add_func ("/rng/independence", test_independence);
  g_test_add_func ("/rng/uniform", test_uniform);
  return g_test_run ();
}
