/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/prefill.h"

#include "tests/core/support/numbers.h"

typedef struct
{
  gsize h, w;
  gsize top, left, bottom, right; /* the unknown part */
} Hole;

static const Hole holes[] = {
  { 16, 16, 4, 4, 12, 12 }, { 17, 13, 0, 0, 17, 6 }, { 9, 31, 1, 1, 8, 30 },   { 1, 5, 0, 1, 1, 4 },
  { 5, 1, 0, 0, 4, 1 },     { 2, 2, 0, 0, 1, 1 },    { 33, 40, 0, 0, 33, 39 },
};

static DifTensor *
mask_of (DifContext *context, const Hole *hole)
{
  DifTensor *mask = dif_context_nhwc (context, 1, hole->h, hole->w, 1);

  for (gsize i = 0; i < mask->size; i++)
    {
      gsize y = i / hole->w;
      gsize x = i % hole->w;

      mask->data[i] =
          y >= hole->top && y < hole->bottom && x >= hole->left && x < hole->right ? 1.0f : 0.0f;
    }
  return mask;
}

/* Known pixels stay, unknown ones lie between the smallest and the largest known. */
static void
test_between (gconstpointer data)
{
  const Hole            *hole = data;
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = mask_of (context, hole);
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
  dif_prefill (context, x, mask);
  for (gsize i = 0; i < x->size; i++)
    if (mask->data[i / 2] == 0.0f)
      g_assert_cmpfloat (x->data[i], ==, before->data[i]);
    else
      {
        g_assert_cmpfloat (x->data[i], >=, low - 1e-5f);
        g_assert_cmpfloat (x->data[i], <=, high + 1e-5f);
      }
}

/* One colour around gives that colour; a ramp across the hole stays a ramp. */
static void
test_ramp (void)
{
  const Hole             hole = { 24, 24, 6, 6, 18, 18 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = mask_of (context, &hole);
  g_autoptr (DifTensor)  x = dif_context_nhwc (context, 1, 24, 24, 2);

  for (gsize i = 0; i < mask->size; i++)
    {
      x->data[2 * i] = mask->data[i] == 0.0f ? 0.25f : 7.0f;
      x->data[2 * i + 1] = mask->data[i] == 0.0f ? (float) (i % 24) : 7000.0f;
    }
  dif_prefill (context, x, mask);
  for (gsize i = 0; i < mask->size; i++)
    g_assert_cmpfloat_with_epsilon (x->data[2 * i], 0.25f, 1e-6f);
  for (gsize column = 7; column < 18; column++)
    g_assert_cmpfloat (x->data[2 * (12 * 24 + column) + 1], >,
                       x->data[2 * (12 * 24 + column - 1) + 1] - 1e-4f);
}

static void
test_all_unknown (void)
{
  const Hole             hole = { 6, 7, 0, 0, 6, 7 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  mask = mask_of (context, &hole);
  g_autoptr (DifTensor)  x = test_random (context, 3, 1, 6, 7, 3);
  g_autoptr (DifTensor)  y = test_random (context, 3, 1, 6, 7, 3);

  dif_prefill (context, x, mask);
  dif_prefill (context, y, NULL);
  for (gsize i = 0; i < x->size; i++)
    g_assert_true (x->data[i] == 0.0f && y->data[i] == 0.0f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (holes); i++)
    {
      g_autofree char *name = g_strdup_printf ("/prefill/between/%u", i);

      g_test_add_data_func (name, &holes[i], test_between);
    }
  g_test_add_func ("/prefill/ramp", test_ramp);
  g_test_add_func ("/prefill/all-unknown", test_all_unknown);
  return g_test_run ();
}
