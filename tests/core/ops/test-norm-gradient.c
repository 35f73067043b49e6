/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Group norm, in one op and folded into a factor and a summand, and layer norm: the way back. */

#include <math.h>

#include "core/ops/elementwise.h"
#include "core/ops/moments.h"
#include "core/ops/norm.h"
#include "tests/core/support/gradient.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

#define EPS        1e-5
#define MAX_INPUTS 5

typedef struct
{
  gsize         n, h, w, c;
  gsize         beside; /* channels of c that are in another tensor */
  guint         groups;
  gboolean      modulated;
  double        mean;
  DifActivation activation;
} Case;

static const Case cases[] = {
  { 1, 1, 2, 4, 0, 2, FALSE, 0.0, DIF_ACTIVATION_NONE },
  { 2, 3, 5, 6, 0, 3, FALSE, 0.0, DIF_ACTIVATION_SILU },
  { 2, 5, 3, 6, 0, 1, TRUE, 0.0, DIF_ACTIVATION_SILU },
  { 1, 7, 1, 5, 0, 5, TRUE, 3.0, DIF_ACTIVATION_GELU },
  { 1, 3, 3, 35, 0, 7, FALSE, 0.0, DIF_ACTIVATION_MISH },
};

/* Where the norm is only folded; groups across both tensors, and one with none of x. */
static const Case folds[] = {
  { 2, 3, 5, 6, 0, 3, FALSE, 0.0, DIF_ACTIVATION_NONE },
  { 2, 4, 3, 9, 4, 3, TRUE, 0.0, DIF_ACTIVATION_NONE },
  { 1, 5, 5, 8, 6, 2, FALSE, 1.0, DIF_ACTIVATION_NONE },
};

static guint
inputs_new (const Case *c, DifContext *context, DifTensor **x)
{
  guint n = 0;

  x[n++] = test_random (context, 1, c->n, c->h, c->w, c->c - c->beside);
  if (c->beside)
    x[n++] = test_random (context, 2, c->n, c->h, c->w, c->beside);
  for (guint i = 0; i < n; i++)
    for (gsize k = 0; k < x[i]->size; k++)
      x[i]->data[k] += (float) c->mean;
  x[n++] = test_random (context, 3, 1, 1, 1, c->c);
  x[n++] = test_random (context, 4, 1, 1, 1, c->c);
  if (c->modulated)
    x[n++] = test_random (context, 5, 1, 1, c->n, 2 * c->c);
  return n;
}

static void
inputs_free (DifTensor **x, guint n)
{
  for (guint i = 0; i < n; i++)
    dif_tensor_unref (x[i]);
}

static gboolean
fold (DifContext *context, DifTensor *const *x, const Case *c, DifPrologue *prologue)
{
  DifTensor  *beside = c->beside ? x[1] : NULL;
  const guint at = c->beside ? 2 : 1;

  return dif_group_norm_fold (context, x[0], beside, c->groups, x[at], x[at + 1], EPS,
                              c->modulated ? x[at + 2] : NULL, c->activation, prologue);
}

static DifTensor *
group_norm (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  const Case *c = data;

  return dif_group_norm (context, x[0], c->groups, x[1], x[2], EPS, c->modulated ? x[3] : NULL,
                         c->activation);
}

/* Both outputs, side by side, or one of them. */
static DifTensor *
fold_both (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  g_auto (DifPrologue) prologue = { NULL };

  fold (context, x, data, &prologue);
  return dif_concat_channels (context, prologue.scale, prologue.shift);
}

static DifTensor *
fold_scale (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  g_auto (DifPrologue) prologue = { NULL };

  fold (context, x, data, &prologue);
  return dif_tensor_ref (prologue.scale);
}

static DifTensor *
fold_shift (DifContext *context, DifTensor *const *x, gconstpointer data)
{
  g_auto (DifPrologue) prologue = { NULL };

  fold (context, x, data, &prologue);
  return dif_tensor_ref (prologue.shift);
}

/* x of a picture's channel at a pixel */
static double
pixel_of (const Case *c, const double *const *x, gsize picture, gsize pixel, gsize channel)
{
  const gsize own = c->c - c->beside;
  const gsize at = picture * c->h * c->w + pixel;

  return channel < own ? x[0][at * own + channel] : x[1][at * c->beside + channel - own];
}

static void
exact_moments (const Case *c, const double *const *x, gsize picture, gsize channel, double *mean,
               double *rstd)
{
  const gsize n = c->c / c->groups;
  const gsize first = channel / n * n;
  const gsize n_pixels = c->h * c->w;
  double      sum = 0.0, squares = 0.0;

  for (gsize i = 0; i < n * n_pixels; i++)
    sum += pixel_of (c, x, picture, i / n, first + i % n);
  *mean = sum / (n * n_pixels);
  for (gsize i = 0; i < n * n_pixels; i++)
    squares += pow (pixel_of (c, x, picture, i / n, first + i % n) - *mean, 2.0);
  *rstd = 1.0 / sqrt (squares / (n * n_pixels) + EPS);
}

/* scale and shift of a picture's channel, from the definition */
static void
exact_fold_one (const Case *c, const double *const *x, gsize picture, gsize channel, double *scale,
                double *shift)
{
  const guint   at = c->beside ? 2 : 1;
  const double *own = c->modulated ? x[at + 2] + picture * 2 * c->c : NULL;
  const double  more = own ? 1.0 + own[channel] : 1.0;
  double        mean, rstd;

  exact_moments (c, x, picture, channel, &mean, &rstd);
  *scale = x[at][channel] * rstd * more;
  *shift = (x[at + 1][channel] - mean * x[at][channel] * rstd) * more;
  if (own)
    *shift += own[c->c + channel];
}

static void
exact_fold_both (const double *const *x, double *y, gconstpointer data)
{
  const Case *c = data;

  for (gsize i = 0; i < c->n * c->c; i++)
    {
      const gsize row = i / c->c * 2 * c->c;

      exact_fold_one (c, x, i / c->c, i % c->c, &y[row + i % c->c], &y[row + c->c + i % c->c]);
    }
}

static void
exact_fold_scale (const double *const *x, double *y, gconstpointer data)
{
  const Case *c = data;
  double      shift;

  for (gsize i = 0; i < c->n * c->c; i++)
    exact_fold_one (c, x, i / c->c, i % c->c, &y[i], &shift);
}

static void
exact_fold_shift (const double *const *x, double *y, gconstpointer data)
{
  const Case *c = data;
  double      scale;

  for (gsize i = 0; i < c->n * c->c; i++)
    exact_fold_one (c, x, i / c->c, i % c->c, &scale, &y[i]);
}

static void
exact_group_norm (const double *const *x, double *y, gconstpointer data)
{
  const Case *c = data;
  const gsize n_pixels = c->h * c->w;

  for (gsize i = 0; i < c->n * c->c; i++)
    {
      const gsize picture = i / c->c, channel = i % c->c;
      double      scale, shift;

      exact_fold_one (c, x, picture, channel, &scale, &shift);
      for (gsize p = 0; p < n_pixels; p++)
        y[(picture * n_pixels + p) * c->c + channel] = reference_activation (
            c->activation, pixel_of (c, x, picture, p, channel) * scale + shift);
    }
}

static void
test_group_norm (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[MAX_INPUTS];
  guint                  n = inputs_new (data, context, x);

  test_assert_gradients (group_norm, exact_group_norm, data, x, n, 1e-5);
  inputs_free (x, n);
}

static void
test_fold (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[MAX_INPUTS];
  const Case            *c = data;
  guint                  n = inputs_new (c, context, x);

  test_assert_gradients (fold_both, exact_fold_both, c, x, n, 1e-5);
  test_assert_gradients (fold_shift, exact_fold_shift, c, x, n, 1e-5);
  inputs_free (x, n);
}

/* beta and the summand of the modulation are not in the factor. */
static void
test_fold_scale (void)
{
  const Case             c = { 2, 3, 5, 6, 0, 3, FALSE, 0.0, DIF_ACTIVATION_NONE };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[MAX_INPUTS];
  guint                  n = inputs_new (&c, context, x);

  test_assert_gradients (fold_scale, exact_fold_scale, &c, x, n, 1e-5);
  inputs_free (x, n);
}

static void
test_threads (void)
{
  const Case             alone = { 3, 65, 47, 37, 0, 1, TRUE, 0.0, DIF_ACTIVATION_SILU };
  const Case             both = { 2, 71, 33, 48, 24, 3, TRUE, 0.0, DIF_ACTIVATION_NONE };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[MAX_INPUTS];
  guint                  n = inputs_new (&alone, context, x);

  test_same_gradients_over_threads (group_norm, &alone, x, n);
  inputs_free (x, n);
  n = inputs_new (&both, context, x);
  test_same_gradients_over_threads (fold_both, &both, x, n);
  inputs_free (x, n);
}

/* Numbers at a mean far above their deviation.  The sums that the way back starts from are floats,
 * of products with these numbers: a few times 2^-24 of the mean is lost. */
static DifTensor *
norm_at_far_mean (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_group_norm (context, x[0], 2, x[1], x[2], EPS, NULL, DIF_ACTIVATION_NONE);
}

static void
test_far_mean (void)
{
  const Case             c = { 1, 33, 31, 8, 0, 2, FALSE, 100.0, DIF_ACTIVATION_NONE };
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  DifTensor             *x[MAX_INPUTS];
  DifTensor             *far[MAX_INPUTS], *near[MAX_INPUTS];
  guint                  n = inputs_new (&c, context, x);
  g_autofree double     *expected = g_new (double, x[0]->size);

  test_gradients (context, norm_at_far_mean, NULL, x, n, far);
  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] -= 100.0f; /* exact: what was rounded away is gone for both */
  g_clear_pointer (&x[0]->moments, dif_tensor_unref);
  test_gradients (context, norm_at_far_mean, NULL, x, n, near);
  for (guint of = 0; of < n; of++)
    {
      for (gsize i = 0; i < x[of]->size; i++)
        expected[i] = near[of]->data[i];
      test_assert_near (far[of]->data, expected, x[of]->size, 1e-4);
    }
  inputs_free (far, n);
  inputs_free (near, n);
  inputs_free (x, n);
}

/* ---- layer norm ---- */

typedef struct
{
  gsize  rows, c;
  double mean;
} RowsCase;

static const RowsCase rows_cases[] = {
  { 1, 3, 0.0 }, { 3, 5, 0.0 }, { 7, 16, 0.0 }, { 35, 17, 3.0 }, { 2, 37, 0.0 },
};

static DifTensor *
layer_norm (DifContext *context, DifTensor *const *x, gconstpointer data G_GNUC_UNUSED)
{
  return dif_layer_norm (context, x[0], x[1], x[2], EPS);
}

static void
exact_layer_norm (const double *const *x, double *y, gconstpointer data)
{
  const RowsCase *c = data;

  for (gsize row = 0; row < c->rows; row++)
    {
      const double *own = x[0] + row * c->c;
      double        mean = 0.0, variance = 0.0;

      for (gsize i = 0; i < c->c; i++)
        mean += own[i] / c->c;
      for (gsize i = 0; i < c->c; i++)
        variance += (own[i] - mean) * (own[i] - mean) / c->c;
      for (gsize i = 0; i < c->c; i++)
        y[row * c->c + i] = (own[i] - mean) / sqrt (variance + EPS) * x[1][i] + x[2][i];
    }
}

static void
rows_new (const RowsCase *c, DifContext *context, DifTensor **x)
{
  x[0] = test_random (context, 1, c->rows, 1, 1, c->c);
  x[1] = test_random (context, 2, 1, 1, 1, c->c);
  x[2] = test_random (context, 3, 1, 1, 1, c->c);
  for (gsize i = 0; i < x[0]->size; i++)
    x[0]->data[i] += (float) c->mean;
}

static void
test_layer (gconstpointer data)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  rows_new (data, context, x);
  test_assert_gradients (layer_norm, exact_layer_norm, data, x, 3, 1e-5);
  inputs_free (x, 3);
}

static void
test_layer_threads (void)
{
  const RowsCase         c = { 1111, 321, 1.0 };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  DifTensor             *x[3];

  rows_new (&c, context, x);
  test_same_gradients_over_threads (layer_norm, NULL, x, 3);
  inputs_free (x, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-gradient/group/%u", i);

      g_test_add_data_func (name, &cases[i], test_group_norm);
    }
  for (guint i = 0; i < G_N_ELEMENTS (folds); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-gradient/fold/%u", i);

      g_test_add_data_func (name, &folds[i], test_fold);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows_cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/norm-gradient/layer/%u", i);

      g_test_add_data_func (name, &rows_cases[i], test_layer);
    }
  g_test_add_func ("/norm-gradient/layer-threads", test_layer_threads);
  g_test_add_func ("/norm-gradient/fold-scale", test_fold_scale);
  g_test_add_func ("/norm-gradient/threads", test_threads);
  g_test_add_func ("/norm-gradient/far-mean", test_far_mean);
  return g_test_run ();
}
