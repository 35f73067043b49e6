/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/ops/elementwise.h"
#include "tests/core/support/ideal.h"
#include "tests/core/support/numbers.h"

static const Ideal ideal = { .mean = 0.3, .deviation = 0.6 };

static const struct
{
  gsize          h, w;
  DifWindowSizes sizes;
} shapes[] = {
  { 1, 1, { 8, 2, 1, FALSE } },      { 8, 8, { 8, 2, 1, FALSE } },
  { 9, 8, { 8, 2, 1, FALSE } },      { 5, 64, { 8, 0, 1, FALSE } },
  { 37, 23, { 8, 2, 1, TRUE } },     { 32, 48, { 16, 4, 4, FALSE } },
  { 20, 100, { 16, 4, 4, FALSE } },  { 16, 36, { 16, 3, 4, FALSE } },
  { 24, 40, { 8, 0, 8, FALSE } },    { 50, 3, { 1, 0, 1, FALSE } },
  { 64, 65, { 24, 8, 1, TRUE } },    { 512, 24, { 352, 16, 8, TRUE } },
  { 360, 24, { 352, 16, 8, TRUE } }, { 2048, 8, { 352, 16, 8, TRUE } },
};

static void
test_per_pixel (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      DifEvaluator            *plain = ideal_evaluator_new (&ideal, DIF_PREDICTION_SAMPLE);
      g_autoptr (DifEvaluator) windows = dif_windows_new (
          ideal_evaluator_new (&ideal, DIF_PREDICTION_SAMPLE), &shapes[i].sizes, NULL);
      g_autoptr (DifTensor) x = test_random (context, i, 2, shapes[i].h, shapes[i].w, 3);
      g_autoptr (DifTensor) direct = dif_evaluate (plain, context, x, 0.5);
      g_autoptr (DifTensor) y = dif_evaluate (windows, context, x, 0.5);
      g_autofree double    *expected = g_new (double, direct->size);

      dif_evaluator_free (plain);
      for (gsize k = 0; k < direct->size; k++)
        expected[k] = direct->data[k];
      if (test_has_shape (y, 2, shapes[i].h, shapes[i].w, 3))
        test_assert_near (y->data, expected, y->size, 1e-5);
    }
}

/* Its own numbers, and half of them as a word on the variance. */
static DifTensor *
tell (DifEvaluator *self G_GNUC_UNUSED, DifContext *context, DifTensor *x, double t G_GNUC_UNUSED)
{
  g_autoptr (DifTensor) half = dif_sum (context, 1, (DifTerm[]) { { 0.5, x } });

  return dif_concat_channels (context, x, half);
}

static void
tell_free (DifEvaluator *self)
{
  g_free (self);
}

/* What is said of the variance is put together like the rest, and understood behind the windows. */
static void
test_variance (void)
{
  const DifStep step = ideal_step (IDEAL_VP, 0.5);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (DifContext)  context = dif_context_new (1, NULL);
      DifEvaluator           *teller = g_new (DifEvaluator, 1);
      g_autoptr (DifDenoiser) denoiser = dif_predict_new (
          dif_windows_new (teller, &shapes[i].sizes, NULL), DIF_PREDICTION_EPSILON);
      g_autoptr (DifTensor) x = test_random (context, i, 2, shapes[i].h, shapes[i].w, 3);
      g_auto (DifPrediction) p = { NULL, NULL };

      *teller = (DifEvaluator) { tell, tell_free };
      g_assert_true (dif_denoise (denoiser, context, x, &step, &p));
      g_assert_true (p.variance && dif_tensor_same_shape (p.variance, x));
      for (gsize k = 0; p.variance && k < x->size; k++)
        {
          g_assert_cmpfloat_with_epsilon (p.variance->data[k], 0.5 * x->data[k], 1e-5);
          g_assert_cmpfloat_with_epsilon (p.eps->data[k], x->data[k], 1e-5);
        }
    }
}

/* Looks at the windows it is given: [row, column] are the picture's two channels. */
typedef struct
{
  DifEvaluator   parent;
  DifWindowSizes sizes;
  guint          n;
  gboolean       numbered; /* give the window's number instead of 1 */
} Spy;

static gsize columns_seen; /* by all windows */

static DifTensor *
spy (DifEvaluator *self, DifContext *context, DifTensor *x, double t G_GNUC_UNUSED)
{
  Spy       *s = (Spy *) self;
  DifTensor *y = dif_context_nhwc (context, x->dim[0], x->dim[1], x->dim[2], 1);

  g_assert_cmpuint (x->dim[1], <=, s->sizes.most);
  g_assert_cmpuint (x->dim[2], <=, s->sizes.most);
  g_assert_cmpuint ((gsize) x->data[0] % s->sizes.multiple, ==, 0);
  g_assert_cmpuint ((gsize) x->data[1] % s->sizes.multiple, ==, 0);
  for (gsize i = 0; y && i < y->size; i++)
    y->data[i] = s->numbered ? (float) s->n : 1.0f;
  s->n++;
  columns_seen += x->dim[2];
  return y;
}

static void
spy_free (DifEvaluator *self)
{
  g_free (self);
}

static DifTensor *
coordinates (DifContext *context, gsize h, gsize w)
{
  DifTensor *x = dif_context_nhwc (context, 1, h, w, 2);

  for (gsize i = 0; i < h * w; i++)
    {
      x->data[2 * i] = (float) (i / w);
      x->data[2 * i + 1] = (float) (i % w);
    }
  return x;
}

static DifTensor *
look (DifContext *context, gsize h, gsize w, const DifWindowSizes *sizes, gboolean numbered,
      guint turn)
{
  Spy                     *s = g_new0 (Spy, 1);
  g_autoptr (DifEvaluator) windows = dif_windows_new (&s->parent, sizes, NULL);
  g_autoptr (DifTensor)    x = coordinates (context, h, w);

  *s = (Spy) { { spy, spy_free }, *sizes, 0, numbered };
  for (guint i = 0; i < turn; i++)
    dif_tensor_unref (dif_evaluate (windows, context, x, 0.0));
  s->n = 0;
  columns_seen = 0;
  return dif_evaluate (windows, context, x, 0.0);
}

/* At each turn of those that shift. */
static void
test_weights (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint turn = 0; turn < 4; turn++)
      {
        g_autoptr (DifTensor) y =
            look (context, shapes[i].h, shapes[i].w, &shapes[i].sizes, FALSE, turn);

        if (test_has_shape (y, 1, shapes[i].h, shapes[i].w, 1))
          for (gsize k = 0; k < y->size; k++)
            g_assert_cmpfloat_with_epsilon (y->data[k], 1.0f, 1e-5f);
      }
}

/* What follows position alone comes out as if there were no windows. */
static void
test_ramp (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  g_autoptr (DifEvaluator) windows =
      dif_windows_new (ideal_evaluator_new (&(const Ideal) { 0.0, 1e9 }, DIF_PREDICTION_SAMPLE),
                       &(const DifWindowSizes) { 16, 4, 4, FALSE }, NULL);
  g_autoptr (DifTensor) x = coordinates (context, 40, 60);
  g_autoptr (DifTensor) y = dif_evaluate (windows, context, x, 20.0); /* x0 = x: nearly no noise */

  if (test_has_shape (y, 1, 40, 60, 2))
    for (gsize i = 0; i < y->size; i++)
      g_assert_cmpfloat_with_epsilon (y->data[i], x->data[i], 1e-4f);
}

/* Where neighboring windows disagree by 1, no two neighboring pixels differ by more than
 * half of that. */
static void
test_no_seams (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  y =
      look (context, 32, 128, &(const DifWindowSizes) { 32, 8, 4, FALSE }, TRUE, 0);

  if (test_has_shape (y, 1, 32, 128, 1))
    for (gsize i = 1; i < 128; i++)
      g_assert_cmpfloat (fabsf (y->data[i] - y->data[i - 1]), <=, 0.5f);
}

/* Time has to grow with the picture: pixels seen twice are at most 15 % of a square's, a little
 * more where windows are rounded up. */
static void
test_work (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const DifWindowSizes   sizes = { 352, 16, 8, TRUE };

  for (guint turn = 0; turn < 4; turn++)
    for (gsize total = 512; total <= 8192; total += total >= 1024 ? 1024 : 256)
      {
        g_autoptr (DifTensor) y = look (context, 8, total, &sizes, FALSE, turn);

        g_assert_nonnull (y);
        g_assert_cmpfloat (columns_seen / (double) total, <, sqrt (1.15));
      }
}

/* Gives what it sees. */
static DifTensor *
echo (DifEvaluator *self G_GNUC_UNUSED, DifContext *context G_GNUC_UNUSED, DifTensor *x,
      double t G_GNUC_UNUSED)
{
  return dif_tensor_ref (x);
}

/* Further channels come from where x does, cut or not; one pixel stands for all. */
static void
test_extra (void)
{
  static const gsize     sides[][2] = { { 12, 9 }, { 40, 21 } };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint one = 0; one < 2; one++)
      {
        const gsize              h = sides[i][0];
        const gsize              w = sides[i][1];
        g_autoptr (DifTensor)    extra = test_random (context, 5, 1, one ? 1 : h, one ? 1 : w, 4);
        g_autoptr (DifTensor)    x = test_random (context, 6, 1, h, w, 3);
        DifEvaluator            *inner = g_new0 (DifEvaluator, 1);
        g_autoptr (DifEvaluator) windows =
            dif_windows_new (inner, &(const DifWindowSizes) { 16, 4, 1, TRUE }, extra);
        g_autoptr (DifTensor) y = NULL;

        *inner = (DifEvaluator) { echo, spy_free };
        y = dif_evaluate (windows, context, x, 0.0);
        if (test_has_shape (y, 1, h, w, 7))
          for (gsize k = 0; k < y->size; k++)
            {
              gsize at = k / 7;
              float expected =
                  k % 7 < 3 ? x->data[at * 3 + k % 7] : extra->data[(one ? 0 : at) * 4 + k % 7 - 3];

              g_assert_cmpfloat_with_epsilon (y->data[k], expected, 1e-5f);
            }
      }
}

/* ---- around a circle ---- */

static const struct
{
  gsize          h, w;
  DifWindowSizes sizes;
} circles[] = {
  { 32, 48, { 96, 8, 4, TRUE, TRUE, TRUE } },    { 32, 48, { 96, 8, 4, FALSE, TRUE, TRUE } },
  { 32, 48, { 96, 8, 4, TRUE, FALSE, TRUE } },   { 32, 48, { 96, 8, 4, TRUE, TRUE, FALSE } },
  { 31, 45, { 96, 8, 4, TRUE, TRUE, TRUE } },    { 5, 7, { 96, 8, 4, TRUE, TRUE, TRUE } },
  { 100, 150, { 64, 8, 4, TRUE, TRUE, TRUE } },  { 101, 150, { 64, 8, 4, FALSE, TRUE, TRUE } },
  { 64, 200, { 64, 16, 8, TRUE, FALSE, TRUE } },
};

/* Unlike in its four directions, and reaching 2 pixels. */
static double
kernel (gssize dy, gssize dx)
{
  return 1.0 / (1.0 + (double) (dy + 2) * 5.0 + (double) (dx + 2));
}

/* A convolution that sees 0 beyond the ends of what it is given, as networks do. */
static DifTensor *
convolve (DifEvaluator *self G_GNUC_UNUSED, DifContext *context, DifTensor *x,
          double t G_GNUC_UNUSED)
{
  const gssize h = (gssize) x->dim[1];
  const gssize w = (gssize) x->dim[2];
  DifTensor   *y = dif_context_like (context, x);

  for (gssize i = 0; y && i < h * w; i++)
    {
      double sum = 0.0;

      for (gssize k = 0; k < 25; k++)
        {
          gssize row = i / w + k / 5 - 2;
          gssize column = i % w + k % 5 - 2;

          if (row >= 0 && row < h && column >= 0 && column < w)
            sum += kernel (k / 5 - 2, k % 5 - 2) * x->data[row * w + column];
        }
      y->data[i] = (float) sum;
    }
  return y;
}

/* The same of a picture without ends on the axes that wrap. */
static double
convolve_around (const DifTensor *x, const DifWindowSizes *sizes, gssize i)
{
  const gssize h = (gssize) x->dim[1];
  const gssize w = (gssize) x->dim[2];
  double       sum = 0.0;

  for (gssize k = 0; k < 25; k++)
    {
      gssize row = i / w + k / 5 - 2;
      gssize column = i % w + k % 5 - 2;

      if (sizes->wrap_rows)
        row = (row + h) % h;
      if (sizes->wrap_columns)
        column = (column + w) % w;
      if (row >= 0 && row < h && column >= 0 && column < w)
        sum += kernel (k / 5 - 2, k % 5 - 2) * x->data[row * w + column];
    }
  return sum;
}

static void
test_circles (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (circles); i++)
    {
      const gsize              n = circles[i].h * circles[i].w;
      DifEvaluator            *inner = g_new0 (DifEvaluator, 1);
      g_autoptr (DifEvaluator) windows = dif_windows_new (inner, &circles[i].sizes, NULL);
      g_autoptr (DifTensor)    x = test_random (context, i, 1, circles[i].h, circles[i].w, 1);

      *inner = (DifEvaluator) { convolve, spy_free };
      for (guint turn = 0; turn < 4; turn++)
        {
          g_autoptr (DifTensor) y = dif_evaluate (windows, context, x, 0.0);

          if (test_has_shape (y, 1, circles[i].h, circles[i].w, 1))
            for (gsize at = 0; at < n; at++)
              g_assert_cmpfloat_with_epsilon (
                  y->data[at], convolve_around (x, &circles[i].sizes, (gssize) at), 2e-5);
        }
    }
}

/* Rolled by a multiple of the network's factor, it gives what it gave, rolled. */
static void
test_roll (void)
{
  const gsize              h = 64, w = 96, down = 24, right = 40;
  const DifWindowSizes     sizes = { 352, 16, 8, TRUE, TRUE, TRUE };
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  DifEvaluator            *inner = g_new0 (DifEvaluator, 1);
  g_autoptr (DifEvaluator) windows = dif_windows_new (inner, &sizes, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 1, h, w, 1);
  g_autoptr (DifTensor)    rolled = dif_context_like (context, x);
  g_autoptr (DifTensor)    y = NULL;
  g_autoptr (DifTensor)    z = NULL;

  *inner = (DifEvaluator) { convolve, spy_free };
  for (gsize i = 0; i < h * w; i++)
    rolled->data[(i / w + down) % h * w + (i % w + right) % w] = x->data[i];
  y = dif_evaluate (windows, context, x, 0.0);
  z = dif_evaluate (windows, context, rolled, 0.0); /* cut elsewhere */
  for (gsize i = 0; y && z && i < h * w; i++)
    g_assert_cmpfloat_with_epsilon (z->data[(i / w + down) % h * w + (i % w + right) % w],
                                    y->data[i], 2e-5f);
}

/* Windows that shift are of many sizes; memory serves one after another. */
static void
test_memory (void)
{
  g_autoptr (DifContext)   context = dif_context_new (1, NULL);
  const DifWindowSizes     sizes = { 352, 16, 8, TRUE };
  g_autoptr (DifEvaluator) windows =
      dif_windows_new (ideal_evaluator_new (&ideal, DIF_PREDICTION_SAMPLE), &sizes, NULL);
  g_autoptr (DifTensor) x = test_random (context, 1, 1, 512, 768, 3);
  DifAllocatorStats     first, second;

  for (guint i = 0; i < 4; i++)
    dif_tensor_unref (dif_evaluate (windows, context, x, 0.5));
  dif_allocator_get_stats (dif_context_allocator (context), &first);
  g_assert_cmpuint (first.held, <=, first.peak_in_use * 5 / 4);
  for (guint i = 0; i < 4; i++)
    dif_tensor_unref (dif_evaluate (windows, context, x, 0.5));
  dif_allocator_get_stats (dif_context_allocator (context), &second);
  g_assert_cmpuint (second.n_system, ==, first.n_system);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/windows/per-pixel", test_per_pixel);
  g_test_add_func ("/windows/variance", test_variance);
  g_test_add_func ("/windows/weights", test_weights);
  g_test_add_func ("/windows/ramp", test_ramp);
  g_test_add_func ("/windows/no-seams", test_no_seams);
  g_test_add_func ("/windows/work", test_work);
  g_test_add_func ("/windows/extra", test_extra);
  g_test_add_func ("/windows/circles", test_circles);
  g_test_add_func ("/windows/roll", test_roll);
  g_test_add_func ("/windows/memory", test_memory);
  return g_test_run ();
}
