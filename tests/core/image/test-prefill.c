/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/prefill.h"

#include <math.h>

#include "tests/core/support/holes.h"
#include "tests/core/support/numbers.h"

/* The other ways: known pixels stay; what was unknown leaves no trace, unless it is kept. */
static void
test_ways (gconstpointer data)
{
  const TestHole *hole = data;

  for (DifPrefill way = 0; way < DIF_N_PREFILLS; way++)
    {
      g_autoptr (DifContext) context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)  mask = test_hole_mask (context, hole);
      g_autoptr (DifTensor)  before = test_random (context, 3, 1, hole->h, hole->w, 3);
      g_autoptr (DifTensor)  x = test_random (context, 3, 1, hole->h, hole->w, 3);
      g_autoptr (DifTensor)  y = test_random (context, 3, 1, hole->h, hole->w, 3);

      for (gsize i = 0; i < x->size; i++)
        if (mask->data[i / 3] != 0.0f)
          y->data[i] = 1e9f;
      dif_prefill (context, x, mask, way, 5);
      dif_prefill (context, y, mask, way, 5);
      for (gsize i = 0; i < x->size; i++)
        if (mask->data[i / 3] == 0.0f || way == DIF_PREFILL_KEEP)
          g_assert_cmpfloat (x->data[i], ==, before->data[i]);
        else
          g_assert_cmpfloat (x->data[i], ==, y->data[i]);
    }
}

#define SIDE 96

static gboolean
in_hole (gsize i)
{
  gsize y = i / SIDE;
  gsize x = i % SIDE;

  return y >= 30 && y < 66 && x >= 30 && x < 66;
}

/* A ring of 0.25 and -0.25 by columns, and another color far away. */
static DifTensor *
fill_ring (DifContext *context, DifPrefill way, guint64 seed)
{
  g_autoptr (DifTensor) mask =
      test_hole_mask (context, &(const TestHole) { SIDE, SIDE, 30, 30, 66, 66 });
  DifTensor *x = dif_context_nhwc (context, 1, SIDE, SIDE, 3);

  for (gsize i = 0; i < mask->size; i++)
    for (gsize k = 0; k < 3; k++)
      x->data[3 * i + k] = i / SIDE < 10 ? 0.9f : (i % SIDE % 2 ? 0.25f : -0.25f) + 0.1f * k;
  dif_prefill (context, x, mask, way, seed);
  return x;
}

static void
test_mean (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = fill_ring (context, DIF_PREFILL_MEAN, 0);

  for (gsize i = 0; i < SIDE * SIDE; i++)
    for (gsize k = 0; k < 3 && in_hole (i); k++)
      g_assert_cmpfloat_with_epsilon (x->data[3 * i + k], 0.1 * k, 1e-6);
}

/* Of the ring's mean and deviation, and another for another seed. */
static void
test_noise (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = fill_ring (context, DIF_PREFILL_NOISE, 1);
  g_autoptr (DifTensor)  y = fill_ring (context, DIF_PREFILL_NOISE, 2);
  double                 sum[3] = { 0.0 };
  double                 squares[3] = { 0.0 };
  guint                  n = 0;

  for (gsize i = 0; i < SIDE * SIDE; i++)
    if (in_hole (i))
      {
        n++;
        g_assert_cmpfloat (x->data[3 * i], !=, y->data[3 * i]);
        for (gsize k = 0; k < 3; k++)
          {
            sum[k] += x->data[3 * i + k];
            squares[k] += (double) x->data[3 * i + k] * x->data[3 * i + k];
          }
      }
  for (gsize k = 0; k < 3; k++)
    {
      double mean = sum[k] / n;

      /* 1296 numbers: one standard error is 2.8 % of the deviation */
      g_assert_cmpfloat_with_epsilon (mean, 0.1 * k, 5 * 0.028 * 0.25);
      g_assert_cmpfloat_with_epsilon (sqrt (squares[k] / n - mean * mean), 0.25, 5 * 0.02 * 0.25);
    }
}

/* Columns go on into the hole from above and below, rows from the sides. */
static void
test_border (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = fill_ring (context, DIF_PREFILL_BORDER, 0);

  for (gsize column = 36; column < 60; column++)
    g_assert_cmpfloat (x->data[3 * (30 * SIDE + column)], ==, x->data[3 * (29 * SIDE + column)]);
  for (gsize row = 36; row < 60; row++)
    g_assert_cmpfloat (x->data[3 * (row * SIDE + 65)], ==, x->data[3 * (row * SIDE + 66)]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_HOLES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/prefill/ways/%u", i);

      g_test_add_data_func (name, &test_holes[i], test_ways);
    }
  g_test_add_func ("/prefill/mean", test_mean);
  g_test_add_func ("/prefill/noise", test_noise);
  g_test_add_func ("/prefill/border", test_border);
  return g_test_run ();
}
