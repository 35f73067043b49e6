/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Regions of evaluators that are known in closed form: what is blended, and what each is shown. */

#include "core/base/error.h"
#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

#define MAX_N 4

#define T     0.5
#define APART 0.75

static const DifRegionSizes sizes = { .margin = 3, .smallest = 8, .multiple = 4, .apart = APART };
static const Ideal          ideals[] = { { 0.3, 0.6 }, { -0.8, 0.4 } };

/* Pictures with two masks behind them: of the left part, soft over some columns, and the rest. */
static DifTensor *
halves (DifContext *context, gsize h, gsize w, gsize left, gsize soft)
{
  g_autoptr (DifTensor) x = test_random (context, 1, 2, h, w, 5);

  for (gsize i = 0; i < x->size; i += 5)
    {
      const gsize column = i / 5 % w;
      float       mask = column < left ? 1.0f : 0.0f;

      if (column >= left && column < left + soft)
        mask = 1.0f - (column - left + 1.0f) / (soft + 1.0f);
      x->data[i + 3] = mask;
      x->data[i + 4] = 1.0f - mask;
    }
  return g_steal_pointer (&x);
}

static DifEvaluator *
two_new (void)
{
  DifEvaluator *inner[] = { ideal_evaluator_new (&ideals[0], DIF_PREDICTION_SAMPLE),
                            ideal_evaluator_new (&ideals[1], DIF_PREDICTION_SAMPLE) };

  return dif_regions_new (inner, 2, &sizes);
}

/* What an evaluator alone says of the first three channels. */
static DifTensor *
alone (DifContext *context, const Ideal *ideal, const DifTensor *x)
{
  const DifStep step = ideal_step (IDEAL_VP, T);
  DifTensor    *y = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], 3);

  for (gsize i = 0; y && i < y->size; i++)
    y->data[i] = (float) ideal_x0 (ideal, &step, x->data[i / 3 * 5 + i % 3]);
  return y;
}

/* An ideal, and its numbers as a word on the variance; @own stands in the parent's place. */
typedef struct
{
  DifEvaluator  parent;
  DifEvaluator *own;
} Teller;

static DifTensor *
tell (DifEvaluator *self, DifContext *context, DifTensor *x, double t)
{
  g_autoptr (DifTensor) y = dif_evaluate (((Teller *) self)->own, context, x, t);

  return dif_concat_channels (context, y, y);
}

static void
teller_free (DifEvaluator *self)
{
  dif_evaluator_free (((Teller *) self)->own);
  g_free (self);
}

/* What is said of the variance is blended like the rest. */
static void
test_variance (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = halves (context, 20, 36, 13, 7);
  g_autoptr (DifEvaluator) plain = two_new ();
  g_autoptr (DifEvaluator) telling = NULL;
  g_autoptr (DifTensor)    expected = dif_evaluate (plain, context, x, T);
  g_autoptr (DifTensor)    y = NULL;
  DifEvaluator            *inner[2];

  for (guint k = 0; k < 2; k++)
    {
      Teller *teller = g_new (Teller, 1);

      *teller = (Teller) { { tell, teller_free },
                           ideal_evaluator_new (&ideals[k], DIF_PREDICTION_SAMPLE) };
      inner[k] = &teller->parent;
    }
  telling = dif_regions_new (inner, 2, &sizes);
  y = dif_evaluate (telling, context, x, T);
  for (gsize i = 0; test_has_shape (y, 2, 20, 36, 6) && i < y->size; i++)
    g_assert_cmpfloat (y->data[i], ==, expected->data[i / 6 * 3 + i % 3]);
}

/* To the bit where masks are hard. */
static void
test_blend (void)
{
  static const gsize softs[] = { 0, 7 };

  for (guint k = 0; k < G_N_ELEMENTS (softs); k++)
    {
      g_autoptr (DifContext)   context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)    x = halves (context, 20, 36, 13, softs[k]);
      g_autoptr (DifEvaluator) regions = two_new ();
      g_autoptr (DifTensor)    left = alone (context, &ideals[0], x);
      g_autoptr (DifTensor)    right = alone (context, &ideals[1], x);
      g_autoptr (DifTensor)    y = dif_evaluate (regions, context, x, T);

      if (! test_has_shape (y, 2, 20, 36, 3))
        continue;
      for (gsize i = 0; i < y->size; i++)
        {
          const float mask = x->data[i / 3 * 5 + 3];

          if (mask == 0.0f || mask == 1.0f)
            g_assert_cmpfloat (y->data[i], ==, mask == 1.0f ? left->data[i] : right->data[i]);
          else
            g_assert_cmpfloat_with_epsilon (
                y->data[i], mask * left->data[i] + (1.0f - mask) * right->data[i], 1e-6f);
        }
      g_assert_null (dif_evaluate (regions, context, NULL, 0.5));
    }
}

/* Masks are cut with the picture, whatever way it is cut at an evaluation. */
static void
test_windows (void)
{
  const DifWindowSizes     windows = { 16, 4, 4, TRUE };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    all = halves (context, 20, 36, 13, 0);
  g_autoptr (DifTensor)    x = dif_context_nhwc (context, 1, 20, 36, 3);
  g_autoptr (DifTensor)    masks = dif_context_nhwc (context, 1, 20, 36, 2);
  g_autoptr (DifTensor)    left = alone (context, &ideals[0], all);
  g_autoptr (DifTensor)    right = alone (context, &ideals[1], all);
  g_autoptr (DifEvaluator) evaluator = NULL;

  for (gsize i = 0; i < 5 * 20 * 36; i++)
    if (i % 5 < 3)
      x->data[i / 5 * 3 + i % 5] = all->data[i];
    else
      masks->data[i / 5 * 2 + i % 5 - 3] = all->data[i];
  evaluator = dif_windows_new (two_new (), &windows, masks);
  for (guint turn = 0; turn < 4; turn++)
    {
      g_autoptr (DifTensor) y = dif_evaluate (evaluator, context, x, T);

      for (gsize i = 0; test_has_shape (y, 1, 20, 36, 3) && i < y->size; i++)
        g_assert_cmpfloat_with_epsilon (
            y->data[i], masks->data[i / 3 * 2] == 1.0f ? left->data[i] : right->data[i], 1e-5f);
    }
}

static DifTensor *
blended (DifContext *context, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (DifTensor)    x = halves (context, 20, 36, 13, 5);
  g_autoptr (DifEvaluator) regions = two_new ();

  return dif_evaluate (regions, context, x, T);
}

static void
test_threads (void)
{
  test_same_over_threads (blended, NULL);
}

/* ---- what each evaluator is shown ---- */

typedef struct
{
  gsize calls;
  gsize first_row, first_column; /* from the channels of coordinates */
  gsize h, w;
} Seen;

typedef struct
{
  DifEvaluator     parent;
  Seen            *seen;
  const DifTensor *mask;   /* behind coordinates; NULL if nobody wants to know */
  guint            others; /* pixels that were not the region's own */
  guint            moved;  /* of the region's own that were not in their place */
} Spy;

static float
mask_at (const DifTensor *x, gsize row, gsize column)
{
  return x->data[(row * x->dim[2] + column) * 3 + 2];
}

/* The rectangle is the whole picture. */
static void
look (Spy *s, const DifTensor *x)
{
  for (gsize i = 0; i < x->size / 2; i++)
    {
      const gsize row = (gsize) x->data[2 * i];
      const gsize column = (gsize) x->data[2 * i + 1];
      const gsize here_row = i / x->dim[2];
      const gsize here_column = i % x->dim[2];

      s->others += mask_at (s->mask, row, column) < 0.5f;
      if (mask_at (s->mask, here_row, here_column) >= 0.5f)
        s->moved += row != here_row || column != here_column;
    }
}

static DifTensor *
spy (DifEvaluator *self, DifContext *context G_GNUC_UNUSED, DifTensor *x, double t G_GNUC_UNUSED)
{
  Spy  *s = (Spy *) self;
  Seen *seen = s->seen;

  if (s->mask)
    look (s, x);
  g_assert_cmpuint (x->dim[3], ==, 2);
  *seen = (Seen) { seen->calls + 1, (gsize) x->data[0], (gsize) x->data[1], x->dim[1], x->dim[2] };
  return dif_tensor_ref (x);
}

static void
spy_free (DifEvaluator *self)
{
  g_free (self);
}

/* Rows and columns of a region's pixels, ends included, and what is to be seen of it. */
typedef struct
{
  gsize top, left, bottom, right;
  Seen  expected;
} Place;

static void
check_places (const Place *places, guint n, gsize h, gsize w)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = dif_context_nhwc (context, 1, h, w, 2 + n);
  g_autoptr (DifTensor)    y = NULL;
  g_autoptr (DifEvaluator) regions = NULL;
  DifEvaluator            *inner[MAX_N];
  Seen                     seen[MAX_N] = { { 0 } };

  for (guint k = 0; k < n; k++)
    {
      Spy *s = g_new (Spy, 1);

      *s = (Spy) { { spy, spy_free }, &seen[k], NULL, 0, 0 };
      inner[k] = &s->parent;
    }
  for (gsize i = 0; i < h * w; i++)
    {
      const gsize row = i / w;
      const gsize column = i % w;

      x->data[i * (2 + n)] = (float) row;
      x->data[i * (2 + n) + 1] = (float) column;
      for (guint k = 0; k < n; k++)
        x->data[i * (2 + n) + 2 + k] = row >= places[k].top && row <= places[k].bottom &&
                                       column >= places[k].left && column <= places[k].right;
    }
  regions = dif_regions_new (inner, n, &sizes);
  y = dif_evaluate (regions, context, x, 0.0);
  g_assert_nonnull (y);
  for (guint k = 0; k < n; k++)
    {
      const Seen *expected = &places[k].expected;

      g_assert_cmpuint (seen[k].calls, ==, expected->calls);
      g_assert_cmpuint (seen[k].first_row, ==, expected->first_row);
      g_assert_cmpuint (seen[k].first_column, ==, expected->first_column);
      g_assert_cmpuint (seen[k].h, ==, expected->h);
      g_assert_cmpuint (seen[k].w, ==, expected->w);
    }
}

/* Two columns and a row between them, with a soft edge below. */
static float
odd_mask (gsize row, gsize column)
{
  if (row < 5 || row > 12)
    return 0.0f;
  if (row == 12)
    return 0.4f;
  return row == 8 || column / 4 == 3 || column / 4 == 6 ? 1.0f : 0.0f;
}

/* From a timestep on a region sees pixels of its own only, and those where they are. */
static void
test_apart (void)
{
  static const double  times[] = { APART, APART - 0.01 };
  const DifRegionSizes whole = { 0, G_MAXSIZE, 1, APART };

  for (guint k = 0; k < G_N_ELEMENTS (times); k++)
    {
      g_autoptr (DifContext)   context = dif_context_new (1, NULL);
      g_autoptr (DifTensor)    x = dif_context_nhwc (context, 1, 20, 36, 3);
      g_autoptr (DifTensor)    y = NULL;
      Seen                     seen = { 0 };
      Spy                     *s = g_new (Spy, 1);
      DifEvaluator            *inner = &s->parent;
      g_autoptr (DifEvaluator) regions = NULL;

      *s = (Spy) { { spy, spy_free }, &seen, x, 0, 0 };
      for (gsize i = 0; i < 20 * 36; i++)
        {
          x->data[3 * i] = (float) (i / 36);
          x->data[3 * i + 1] = (float) (i % 36);
          x->data[3 * i + 2] = odd_mask (i / 36, i % 36);
        }
      regions = dif_regions_new (&inner, 1, &whole);
      y = dif_evaluate (regions, context, x, times[k]);
      g_assert_nonnull (y);
      g_assert_cmpuint (seen.calls, ==, 1);
      g_assert_cmpuint (s->moved, ==, 0);
      if (times[k] >= APART)
        g_assert_cmpuint (s->others, ==, 0);
      else
        g_assert_cmpuint (s->others, >, 0);
    }
}

/* A region that is nowhere the strongest sees all. */
static void
test_faint (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)    x = halves (context, 12, 12, 12, 0);
  g_autoptr (DifEvaluator) regions = two_new ();
  g_autoptr (DifTensor)    below = NULL;
  g_autoptr (DifTensor)    above = NULL;

  for (gsize i = 0; i < x->size; i += 5)
    {
      x->data[i + 3] = 0.4f;
      x->data[i + 4] = 0.6f;
    }
  below = dif_evaluate (regions, context, x, APART - 1e-12);
  above = dif_evaluate (regions, context, x, APART);
  for (gsize i = 0; below && test_has_shape (above, 2, 12, 12, 3) && i < above->size; i++)
    g_assert_cmpfloat_with_epsilon (above->data[i], below->data[i], 1e-6);
}

/* Rectangles with a margin of 3 at least, on multiples of 4, 8 long at least. */
static void
test_shown (void)
{
  static const Place places[] = {
    { 0, 0, 0, 0, { 1, 0, 0, 8, 8 } },       /* a corner */
    { 19, 35, 19, 35, { 1, 12, 28, 8, 8 } }, /* the other one */
    { 8, 11, 11, 20, { 1, 4, 8, 12, 16 } },  /* in the middle: 5 … 14, 8 … 23 */
    { 90, 90, 90, 90, { 0, 0, 0, 0, 0 } },   /* elsewhere: not asked */
  };
  static const Place small[] = { { 0, 0, 3, 3, { 1, 0, 0, 4, 4 } } };

  check_places (places, G_N_ELEMENTS (places), 20, 36);
  check_places (small, 1, 4, 4); /* nothing is longer than the picture */
}

static void
test_failure (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x = halves (context, 8, 8, 4, 0);
  DifEvaluator          *regions = two_new ();
  DifAllocatorStats      stats;

  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_evaluate (regions, context, x, T));
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_evaluator_free (regions);
  dif_tensor_unref (x);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/regions/blend", test_blend);
  g_test_add_func ("/regions/variance", test_variance);
  g_test_add_func ("/regions/windows", test_windows);
  g_test_add_func ("/regions/threads", test_threads);
  g_test_add_func ("/regions/shown", test_shown);
  g_test_add_func ("/regions/apart", test_apart);
  g_test_add_func ("/regions/faint", test_faint);
  g_test_add_func ("/regions/failure", test_failure);
  return g_test_run ();
}
