/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/patch.h"

#include <math.h>

#include "core/ops/elementwise.h"
#include "tests/core/support/holes.h"
#include "tests/core/support/numbers.h"

#define H 56
#define W 72

/* The second has no room for a piece of its shape, the third goes round a corner of the picture. */
static const struct
{
  const char *name;
  TestHole    hole;
} holes[] = { { "middle", { H, W, 20, 28, 36, 44 } },
              { "large", { H, W, 14, 16, 46, 56 } },
              { "corner", { H, W, 0, 0, 20, 30 } },
              { "one", { H, W, 30, 30, 31, 31 } } };

/* A tile of 9 x 7 pixels again and again, and a plane of @slope over it. */
static DifTensor *
pattern (DifContext *context, double slope)
{
  g_autoptr (DifTensor) tile = test_random (context, 8, 1, 9, 7, 3);
  DifTensor            *x = dif_context_nhwc (context, 1, H, W, 3);

  for (gsize i = 0; i < x->size; i++)
    {
      const gsize y = i / 3 / W;
      const gsize column = i / 3 % W;
      const float own = 0.15f * tile->data[3 * (y % 9 * 7 + column % 7) + i % 3];

      x->data[i] = own + (float) (slope * ((double) y - 0.5 * column));
    }
  return x;
}

/* Furthest from @expected after the hole was filled; known pixels may not change. */
static double
fill (DifContext *context, const TestHole *hole, const DifTensor *expected)
{
  g_autoptr (DifTensor) mask = test_hole_mask (context, hole);
  g_autoptr (DifTensor) x = dif_sum (context, 1, (DifTerm[]) { { 1.0, expected } });
  double                worst = 0.0;

  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 3] != 0.0f)
      x->data[i] = 1e9f; /* must leave no trace */
  dif_patch_fill (context, x, mask);
  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 3] == 0.0f)
      g_assert_cmpfloat (x->data[i], ==, expected->data[i]);
    else
      worst = MAX (worst, fabs ((double) x->data[i] - expected->data[i]));
  return worst;
}

/* What repeats goes on as it would have. */
static void
test_pattern (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  expected = pattern (context, 0.0);

  g_assert_cmpfloat (fill (context, data, expected), <, 1e-5);
}

/* So it does where it grows lighter across the picture: a membrane takes that up. */
static void
test_tone (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  expected = pattern (context, 0.003);
  const double           worst = fill (context, data, expected);

  g_test_message ("%g apart", worst);
  g_assert_cmpfloat (worst, <, 0.03);
}

/* Without a known pixel all becomes grey, without an unknown one nothing changes. */
static void
test_nothing (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = pattern (context, 0.0);
  const TestHole         none = { H, W, 0, 0, 0, 0 };
  const TestHole         all = { H, W, 0, 0, H, W };
  g_autoptr (DifTensor)  grey = dif_context_like (context, x);

  for (gsize i = 0; i < grey->size; i++)
    grey->data[i] = 0.0f;
  g_assert_cmpfloat (fill (context, &none, x), ==, 0.0);
  g_assert_cmpfloat (fill (context, &all, grey), ==, 0.0);
  dif_patch_fill (context, NULL, NULL);
}

/* In a picture with more places than are tried, one that fits is found in the second go. */
static void
test_large (void)
{
  enum
  {
    SIDE = 400
  };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = dif_context_nhwc (context, 1, SIDE, SIDE, 1);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, SIDE, SIDE, 1);
  double                 worst = 0.0;

  for (gsize i = 0; i < x->size; i++)
    {
      const gsize y = i / SIDE;
      const gsize column = i % SIDE;

      mask->data[i] = y >= 150 && y < 250 && column >= 150 && column < 230 ? 1.0f : 0.0f;
      x->data[i] =
          mask->data[i] != 0.0f ? 1e9f : (float) (0.4 * sin (y / 3.0) * cos (column / 4.0));
    }
  dif_patch_fill (context, x, mask);
  for (gsize i = 0; i < x->size; i++)
    worst = MAX (worst, fabs (x->data[i] - 0.4 * sin (i / SIDE / 3.0) * cos (i % SIDE / 4.0)));
  g_test_message ("%g apart", worst);
  g_assert_cmpfloat (worst, <, 0.08);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (holes); i++)
    {
      g_autofree char *one = g_strconcat ("/patch/pattern/", holes[i].name, NULL);
      g_autofree char *two = g_strconcat ("/patch/tone/", holes[i].name, NULL);

      g_test_add_data_func (one, &holes[i].hole, test_pattern);
      g_test_add_data_func (two, &holes[i].hole, test_tone);
    }
  g_test_add_func ("/patch/nothing", test_nothing);
  g_test_add_func ("/patch/large", test_large);
  return g_test_run ();
}
