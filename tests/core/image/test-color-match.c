/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/color-match.h"

#include <math.h>

#include "tests/core/support/numbers.h"

#define W    64
#define H    48
#define UNIT (2.0 / 255.0) /* of 8 bits, in [-1, 1] */

static const double drift[3] = { 9.0 * UNIT, -5.0 * UNIT, 0.0 };

typedef struct
{
  DifContext *context;
  DifTensor  *known;
  DifTensor  *mask;
  DifTensor  *coverage;
  DifTensor  *x;
} Fixture;

/* A ramp of @slope units a pixel; made pixels lie in [left, right) of rows [top, bottom), and are
 * what was there and a drift. */
static void
set_up (Fixture *f, double slope, gsize top, gsize left, gsize bottom, gsize right)
{
  f->context = dif_context_new (1, NULL);
  f->known = dif_context_nhwc (f->context, 1, H, W, 3);
  f->mask = dif_context_nhwc (f->context, 1, H, W, 1);
  f->x = dif_context_nhwc (f->context, 1, H, W, 3);
  f->coverage = NULL;
  for (gsize i = 0; i < W * H; i++)
    {
      gsize y = i / W;
      gsize x = i % W;

      f->mask->data[i] = y >= top && y < bottom && x >= left && x < right ? 1.0f : 0.0f;
      for (gsize k = 0; k < 3; k++)
        {
          f->known->data[3 * i + k] = (float) (0.1 * k + slope * UNIT * x);
          f->x->data[3 * i + k] = (float) (f->known->data[3 * i + k] + drift[k] * f->mask->data[i]);
        }
    }
}

static void
tear_down (Fixture *f)
{
  dif_tensor_unref (f->known);
  dif_tensor_unref (f->mask);
  dif_tensor_unref (f->coverage);
  dif_tensor_unref (f->x);
  dif_context_free (f->context);
}

static void
match (const Fixture *f)
{
  dif_color_match (f->context,
                   &(const DifColorMatch) { W, H, f->known, f->mask, f->coverage, NULL }, f->x);
}

/* Known pixels are as they were, made ones within the tolerance of what was there. */
static void
check (const Fixture *f, double tolerance)
{
  for (gsize i = 0; i < 3 * W * H; i++)
    if (f->mask->data[i / 3] == 0.0f)
      g_assert_cmpfloat (f->x->data[i], ==, f->known->data[i]);
    else
      g_assert_cmpfloat_with_epsilon (f->x->data[i], f->known->data[i], tolerance);
}

static void
test_flat (void)
{
  Fixture f;

  set_up (&f, 0.0, 10, 10, 40, 50);
  match (&f);
  check (&f, 0.2 * UNIT);
  tear_down (&f);
}

/* A ramp of half a unit a pixel goes through the hole, in the middle and at a border. */
static void
test_ramp (void)
{
  Fixture f;

  set_up (&f, 0.5, 10, 10, 40, 50);
  match (&f);
  check (&f, 0.3 * UNIT);
  tear_down (&f);
  set_up (&f, 0.5, 0, 20, H, W);
  match (&f);
  check (&f, 0.3 * UNIT);
  tear_down (&f);
}

/* A third of the edge runs along something else; noise lies over all. */
static void
test_object (void)
{
  Fixture               f;
  g_autoptr (DifTensor) noise = NULL;
  double                sum[3] = { 0.0 };
  guint                 n = 0;

  set_up (&f, 0.0, 10, 10, 40, 50);
  noise = test_random (f.context, 4, 1, H, W, 3);
  for (gsize i = 0; i < 3 * W * H; i++)
    {
      f.x->data[i] += (float) (2.0 * UNIT) * noise->data[i] * f.mask->data[i / 3];
      if (f.mask->data[i / 3] != 0.0f && i / 3 / W < 20)
        f.x->data[i] += 0.6f;
    }
  match (&f);
  for (gsize i = 0; i < 3 * W * H; i++)
    if (f.mask->data[i / 3] != 0.0f && i / 3 / W >= 20)
      {
        sum[i % 3] += f.x->data[i] - f.known->data[i];
        n += i % 3 == 0;
      }
  for (gsize k = 0; k < 3; k++)
    g_assert_cmpfloat (fabs (sum[k] / n), <, UNIT);
  tear_down (&f);
}

/* Another picture is not a drift: no more than a tenth of the range is moved. */
static void
test_limit (void)
{
  Fixture f;

  set_up (&f, 0.0, 10, 10, 40, 50);
  for (gsize i = 0; i < 3 * W * H; i++)
    f.x->data[i] += 0.7f * f.mask->data[i / 3];
  match (&f);
  for (gsize i = 0; i < 3 * W * H; i++)
    if (f.mask->data[i / 3] != 0.0f)
      g_assert_cmpfloat (f.x->data[i] - f.known->data[i], >, 0.4);
  tear_down (&f);
}

/* Blotches of 6 pixels, other ones in the hole: that their means differ by chance is no drift. */
static void
test_texture (void)
{
  Fixture               f;
  g_autoptr (DifTensor) blotches = NULL;
  float                 before;

  set_up (&f, 0.0, 10, 10, 40, 50);
  blotches = test_random (f.context, 4, 1, H, W, 3);
  for (gsize i = 0; i < 3 * W * H; i++)
    {
      const gsize y = i / 3 / W / 6 * 6;
      const gsize x = i / 3 % W / 6 * 6;

      f.known->data[i] = 0.3f * blotches->data[3 * (y * W + x) + i % 3];
      f.x->data[i] = f.known->data[i];
    }
  before = f.x->data[3 * (20 * W + 20)];
  match (&f);
  g_test_message ("moved by %g of 255", fabs (f.x->data[3 * (20 * W + 20)] - before) / UNIT);
  g_assert_cmpfloat_with_epsilon (f.x->data[3 * (20 * W + 20)], before, 0.5 * UNIT);
  tear_down (&f);
}

/* One pixel alone, which may be a star, is left as it is where its neighbors do not agree. */
static void
test_single (void)
{
  Fixture f;
  float   before;

  set_up (&f, 0.0, 20, 20, 21, 21);
  f.known->data[3 * (20 * W + 21)] = 0.9f;
  f.known->data[3 * (19 * W + 20)] = -0.9f;
  before = f.x->data[3 * (20 * W + 20)];
  match (&f);
  g_assert_cmpfloat_with_epsilon (f.x->data[3 * (20 * W + 20)], before, UNIT);
  tear_down (&f);
}

/* Noise levels that rise over 16 columns, and a drift with them. */
static void
test_soft (void)
{
  Fixture f;

  set_up (&f, 2.0, 0, 16, H, W);
  f.coverage = dif_context_nhwc (f.context, 1, H, W, 1);
  for (gsize i = 0; i < W * H; i++)
    {
      f.coverage->data[i] = CLAMP (((float) (i % W) - 15.0f) / 16.0f, 0.0f, 1.0f);
      for (gsize k = 0; k < 3; k++)
        f.x->data[3 * i + k] = f.known->data[3 * i + k] + (float) drift[k] * f.coverage->data[i];
    }
  match (&f);
  check (&f, 0.05 * UNIT);
  tear_down (&f);
}

/* Where nothing or everything was made there is nothing to compare. */
static void
test_no_edge (void)
{
  for (guint all = 0; all < 2; all++)
    {
      Fixture f;
      float   before;

      set_up (&f, 0.0, 0, 0, all ? H : 0, W);
      before = f.x->data[0];
      match (&f);
      g_assert_cmpfloat (f.x->data[0], ==, before);
      tear_down (&f);
    }
  dif_color_match (NULL, &(const DifColorMatch) { 0 }, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/color-match/flat", test_flat);
  g_test_add_func ("/color-match/ramp", test_ramp);
  g_test_add_func ("/color-match/object", test_object);
  g_test_add_func ("/color-match/limit", test_limit);
  g_test_add_func ("/color-match/texture", test_texture);
  g_test_add_func ("/color-match/single", test_single);
  g_test_add_func ("/color-match/soft", test_soft);
  g_test_add_func ("/color-match/no-edge", test_no_edge);
  return g_test_run ();
}
