/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/image/fill.h"

#include <math.h>
#include <string.h>

#include "tests/core/support/holes.h"
#include "tests/core/support/numbers.h"

/* Known pixels stay, unknown ones lie between the smallest and the largest known. */
static void
test_between (gconstpointer data)
{
  const TestHole        *hole = data;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, hole);
  g_autoptr (DifTensor)  before = test_random (context, 3, 1, hole->h, hole->w, 2);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, hole->h, hole->w, 2);
  float                  low = G_MAXFLOAT;
  float                  high = -G_MAXFLOAT;

  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 2] == 0.0f)
      {
        low = MIN (low, x->data[i]);
        high = MAX (high, x->data[i]);
      }
    else
      x->data[i] = 1e9f; /* must leave no trace */
  dif_fill (context, x, mask, FALSE, FALSE);
  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 2] == 0.0f)
      g_assert_cmpfloat (x->data[i], ==, before->data[i]);
    else
      {
        g_assert_cmpfloat (x->data[i], >=, low - 1e-5f);
        g_assert_cmpfloat (x->data[i], <=, high + 1e-5f);
      }
}

/* One color around gives that color; a ramp across the hole stays nearly that ramp. */
static void
test_ramp (void)
{
  const TestHole         hole = { 24, 24, 6, 6, 18, 18 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &hole);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, 24, 24, 2);

  for (gsize i = 0; i < mask->size; i++)
    {
      x->data[2 * i] = mask->data[i] == 0.0f ? 0.25f : 7.0f;
      x->data[2 * i + 1] = mask->data[i] == 0.0f ? (float) (i % 24) : 7000.0f;
    }
  dif_fill (context, x, mask, FALSE, FALSE);
  for (gsize i = 0; i < mask->size; i++)
    {
      g_assert_cmpfloat_with_epsilon (x->data[2 * i], 0.25f, 1e-6f);
      g_assert_cmpfloat_with_epsilon (x->data[2 * i + 1], (float) (i % 24), 0.75f);
    }
}

/* Furthest that a pixel of the hole is from the mean of its neighbors. */
static double
roughness (const DifTensor *x, const TestHole *hole)
{
  const gsize w = hole->w;
  double      most = 0.0;

  for (gsize row = hole->top; row < hole->bottom; row++)
    for (gsize column = hole->left; column < hole->right; column++)
      {
        const float *p = x->data + row * w + column;
        const double mean = (*(p - w) + (double) p[w] + *(p - 1) + p[1]) / 4.0;

        most = MAX (most, fabs (mean - *p));
      }
  return most;
}

/* Nearly Laplace's: beside an edge between black and white no pixel leaps. */
static void
test_membrane (void)
{
  const TestHole         hole = { 40, 40, 5, 5, 35, 35 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &hole);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, 40, 40, 1);
  double                 rough;

  for (gsize i = 0; i < x->size; i++)
    x->data[i] = i % 40 < 20 ? -1.0f : 1.0f;
  dif_fill (context, x, mask, FALSE, FALSE);
  rough = roughness (x, &hole);
  g_test_message ("%g from the mean of its neighbors", rough);
  g_assert_cmpfloat (rough, <, 0.05);
}

/* A hole across an edge that wraps is filled as one in the middle of the picture turned round. */
static void
test_wrap (void)
{
  const TestHole         hole = { 16, 32, 4, 10, 12, 22 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &hole);
  g_autoptr (DifTensor)  x = test_random (context, 9, 1, 16, 32, 1);
  g_autoptr (DifTensor)  turned = dif_context_nhwc (context, 1, 16, 32, 1);
  g_autoptr (DifTensor)  turned_mask = dif_context_nhwc (context, 1, 16, 32, 1);

  for (gsize i = 0; i < x->size; i++)
    {
      const gsize to = (i / 32 + 8) % 16 * 32 + (i + 16) % 32;

      turned->data[to] = x->data[i];
      turned_mask->data[to] = mask->data[i];
    }
  dif_fill (context, x, mask, TRUE, TRUE);
  dif_fill (context, turned, turned_mask, TRUE, TRUE);
  for (gsize i = 0; i < x->size; i++)
    g_assert_cmpfloat_with_epsilon (x->data[i],
                                    turned->data[(i / 32 + 8) % 16 * 32 + (i + 16) % 32], 1e-6f);
}

/* Pictures of a batch do not see each other, whatever their masks. */
static void
test_batch (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 7, 3, 11, 14, 3);
  g_autoptr (DifTensor)  mask = dif_context_nhwc (context, 3, 11, 14, 1);
  g_autoptr (DifTensor)  before = test_random (context, 7, 3, 11, 14, 3);

  for (gsize i = 0; i < mask->size; i++)
    mask->data[i] = i / (11 * 14) == 1 || i % 14 / 4 == i / (11 * 14) ? 1.0f : 0.0f;
  dif_fill (context, x, mask, FALSE, FALSE);
  for (gsize k = 0; k < 3; k++)
    {
      g_autoptr (DifTensor) one = dif_context_nhwc (context, 1, 11, 14, 3);
      g_autoptr (DifTensor) own = dif_context_nhwc (context, 1, 11, 14, 1);

      memcpy (one->data, before->data + k * one->size, one->size * sizeof (float));
      memcpy (own->data, mask->data + k * own->size, own->size * sizeof (float));
      dif_fill (context, one, own, FALSE, FALSE);
      g_assert_cmpmem (one->data, one->size * sizeof (float), x->data + k * one->size,
                       one->size * sizeof (float));
    }
}

static void
test_all_unknown (void)
{
  const TestHole         hole = { 6, 7, 0, 0, 6, 7 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &hole);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 6, 7, 3);
  g_autoptr (DifTensor)  y = test_random (context, 3, 1, 6, 7, 3);

  dif_fill (context, x, mask, FALSE, FALSE);
  dif_fill (context, y, NULL, FALSE, FALSE);
  for (gsize i = 0; i < x->size; i++)
    g_assert_true (x->data[i] == 0.0f && y->data[i] == 0.0f);
}

/* [mask, base], and x0 is not touched; one pixel if nothing is known. */
static void
test_condition (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = test_hole_mask (context, &test_holes[0]);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 16, 16, 3);
  g_autoptr (DifTensor)  filled = test_random (context, 3, 1, 16, 16, 3);
  g_autoptr (DifTensor)  base = dif_inpainting_base (context, x, mask, FALSE, FALSE);
  g_autoptr (DifTensor)  both = dif_inpainting_condition (context, base, mask, 3);
  g_autoptr (DifTensor)  none = dif_inpainting_condition (context, NULL, NULL, 3);

  g_assert_cmpmem (x->data, x->size * sizeof (float), filled->data, filled->size * sizeof (float));
  dif_fill (context, filled, mask, FALSE, FALSE);
  g_assert_cmpuint (both->dim[3], ==, 4);
  g_assert_null (dif_inpainting_base (context, x, NULL, FALSE, FALSE));
  for (gsize i = 0; i < mask->size; i++)
    {
      g_assert_cmpfloat (both->data[4 * i], ==, mask->data[i]);
      g_assert_cmpmem (both->data + 4 * i + 1, 3 * sizeof (float), filled->data + 3 * i,
                       3 * sizeof (float));
    }
  g_assert_cmpuint (none->size, ==, 4);
  g_assert_true (none->data[0] == 1.0f && none->data[1] == 0.0f && none->data[3] == 0.0f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < TEST_N_HOLES; i++)
    {
      g_autofree char *name = g_strdup_printf ("/fill/between/%u", i);

      g_test_add_data_func (name, &test_holes[i], test_between);
    }
  g_test_add_func ("/fill/ramp", test_ramp);
  g_test_add_func ("/fill/membrane", test_membrane);
  g_test_add_func ("/fill/wrap", test_wrap);
  g_test_add_func ("/fill/batch", test_batch);
  g_test_add_func ("/fill/all-unknown", test_all_unknown);
  g_test_add_func ("/fill/condition", test_condition);
  return g_test_run ();
}
