/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ops/conv/conv.h"

#include <math.h>

#include "core/base/half.h"
#include "core/ops/conv/prologue-apply.h"
#include "core/ops/elementwise.h"
#include "core/ops/norm/moments.h"
#include "core/ops/winograd/winograd.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/reference.h"

typedef struct
{
  gsize        n, h, w, c_in, c_out;
  DifConvShape shape;
} Case;

/* Single pixels and channels, sides that no tile divides, batches, pads on one side only,
 * and resizing up, down and to odd sizes. */
static const Case cases[] = {
  { 1, 1, 1, 1, 1, { 1, 1, 0, 0, 0, 0 } },
  { 1, 1, 1, 1, 1, { 3, 1, 1, 1, 0, 0 } },
  { 1, 1, 1, 5, 3, { 3, 1, 1, 1, 0, 0 } },
  { 2, 7, 5, 3, 4, { 3, 1, 1, 1, 0, 0 } },
  { 2, 7, 5, 3, 4, { 1, 1, 0, 0, 0, 0 } },
  { 1, 9, 8, 6, 7, { 3, 2, 1, 1, 0, 0 } },
  { 2, 8, 6, 3, 5, { 3, 2, 0, 1, 0, 0 } },
  { 1, 9, 7, 3, 5, { 3, 2, 0, 1, 0, 0 } },
  { 1, 5, 5, 2, 2, { 3, 1, 0, 0, 0, 0 } },
  { 1, 6, 6, 3, 2, { 1, 2, 0, 0, 0, 0 } },
  { 2, 4, 3, 5, 6, { 3, 1, 1, 1, 8, 6 } },
  { 1, 5, 4, 3, 2, { 3, 1, 1, 1, 9, 7 } },
  { 1, 9, 7, 3, 2, { 3, 1, 1, 1, 5, 4 } },
  { 1, 3, 1, 2, 2, { 3, 1, 1, 1, 7, 3 } },
  { 1, 33, 47, 16, 70, { 3, 1, 1, 1, 0, 0 } },
  { 2, 40, 41, 8, 9, { 3, 1, 1, 1, 0, 0 } },
  { 1, 3, 3, 130, 131, { 3, 1, 1, 1, 0, 0 } },
  { 2, 30, 31, 20, 66, { 1, 1, 0, 0, 0, 0 } },
  { 1, 6, 5, 2, 3, { 5, 1, 2, 2, 0, 0 } },
  { 1, 4, 4, 3, 2, { 3, 1, 2, 0, 0, 0 } },
  /* parts, panels and groups of Winograd's way: whole, begun, several; few groups and many */
  { 1, 1, 1, 24, 24, { 3, 1, 1, 1, 0, 0 } },
  { 2, 9, 6, 33, 40, { 3, 1, 1, 1, 0, 0 } },
  { 1, 4, 23, 32, 96, { 3, 1, 1, 1, 0, 0 } },
  { 2, 13, 3, 47, 31, { 3, 1, 1, 1, 0, 0 } },
  { 1, 5, 4, 40, 24, { 3, 1, 1, 1, 10, 8 } },
  { 1, 9, 7, 24, 25, { 3, 1, 1, 1, 5, 11 } },
  { 1, 6, 6, 32, 32, { 3, 1, 0, 0, 0, 0 } },
  { 1, 41, 29, 64, 32, { 3, 1, 1, 1, 0, 0 } },
  { 2, 10, 7, 32, 3, { 3, 1, 1, 1, 0, 0 } },
  { 1, 35, 34, 70, 48, { 3, 1, 1, 1, 0, 0 } },
  { 1, 7, 9, 129, 65, { 3, 1, 1, 1, 0, 0 } },
  { 1, 129, 127, 9, 10, { 3, 1, 1, 1, 0, 0 } },
};

/* bits of what an epilogue does */
enum
{
  BIAS = 1,
  SHIFT = 2,
  RESIDUAL = 4,
  SCALE = 8,
  ACTIVATION = 16,
  N_EPILOGUES = 32,
};

static DifTensor *
vector (DifContext *context, guint64 seed, gsize n)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, 1, n);

  return dif_tensor_view (x, 1, &n);
}

static void
out_size (const Case *c, gsize *h, gsize *w)
{
  const DifConvShape *s = &c->shape;

  *h = ((s->up_h ? s->up_h : c->h) + s->pad_begin + s->pad_end - s->kernel) / s->stride + 1;
  *w = ((s->up_w ? s->up_w : c->w) + s->pad_begin + s->pad_end - s->kernel) / s->stride + 1;
}

/* Ways to convolve, to hold weights, and whether they are held transformed as well. */
typedef struct
{
  DifConvAlgorithm algorithm;
  DifWeightType    type;
  gboolean         stored;
} Way;

static const Way ways[] = {
  { DIF_CONV_AUTO, DIF_WEIGHT_F32, TRUE },         { DIF_CONV_IM2ROW, DIF_WEIGHT_F32, FALSE },
  { DIF_CONV_IM2ROW, DIF_WEIGHT_F16, FALSE },      { DIF_CONV_IM2ROW, DIF_WEIGHT_BF16, FALSE },
  { DIF_CONV_WINOGRAD_2, DIF_WEIGHT_F32, FALSE },  { DIF_CONV_WINOGRAD_2, DIF_WEIGHT_BF16, FALSE },
  { DIF_CONV_WINOGRAD_4, DIF_WEIGHT_F32, FALSE },  { DIF_CONV_WINOGRAD_4, DIF_WEIGHT_F32, TRUE },
  { DIF_CONV_WINOGRAD_4, DIF_WEIGHT_F16, FALSE },  { DIF_CONV_WINOGRAD_4, DIF_WEIGHT_BF16, TRUE },
  { DIF_CONV_WINOGRAD_6, DIF_WEIGHT_F32, FALSE },  { DIF_CONV_WINOGRAD_6, DIF_WEIGHT_F32, TRUE },
  { DIF_CONV_WINOGRAD_6, DIF_WEIGHT_BF16, FALSE },
};

/* Winograd's transforms cost a digit (Lavin & Gray 2016, table 3). */
static double
tolerance (const Way *way)
{
  return way->algorithm >= DIF_CONV_WINOGRAD_4 || way->algorithm == DIF_CONV_AUTO ? 3e-5 : 1e-5;
}

/* What @type can hold of them. */
static void
round_to_type (DifTensor *x, DifWeightType type)
{
  g_autofree guint16 *halves = g_new (guint16, x->size);

  if (type == DIF_WEIGHT_F16)
    {
      dif_narrow_f16 (x->data, halves, x->size);
      dif_widen_f16 (halves, x->data, x->size);
    }
  if (type == DIF_WEIGHT_BF16)
    {
      dif_narrow_bf16 (x->data, halves, x->size);
      dif_widen_bf16 (halves, x->data, x->size);
    }
}

static DifWeight *
make_weight (DifContext *context, const Case *c, const DifTensor *raw, const Way *way)
{
  DifAllocator              *allocator = dif_context_allocator (context);
  g_autoptr (DifWeightStore) store = NULL;
  DifWeight *weight = dif_weight_new_conv (allocator, raw->data, c->c_out, c->c_in, c->shape.kernel,
                                           way->type, NULL);

  if (c->shape.kernel != 3 || c->shape.stride != 1)
    return weight;
  store = dif_weight_store_new (allocator, way->stored ? G_MAXSIZE : 0);
  dif_weight_use_store (weight, store);
  return weight;
}

/* The op, and if @expected is given, the reference on the same numbers, unless it is there. */
static DifTensor *
convolve (DifContext *context, const Case *c, const Way *way, guint what, double **expected)
{
  const gsize           area = (gsize) c->shape.kernel * c->shape.kernel;
  gsize                 h, w, n;
  g_autoptr (DifTensor) x = test_random (context, 1, c->n, c->h, c->w, c->c_in);
  g_autoptr (DifTensor) raw = test_random (context, 2, c->c_out, c->c_in, area, 1);
  g_autoptr (DifWeight) weight = NULL;
  g_autoptr (DifTensor) bias = vector (context, 3, c->c_out);
  g_autoptr (DifTensor) shift = test_random (context, 4, 1, 1, c->n, c->c_out);
  g_autoptr (DifTensor) residual = NULL;
  DifEpilogue           epilogue;

  round_to_type (raw, way->type);
  weight = make_weight (context, c, raw, way);
  out_size (c, &h, &w);
  residual = test_random (context, 5, c->n, h, w, c->c_out);
  epilogue = (DifEpilogue) { what & BIAS ? bias : NULL, what & SHIFT ? shift : NULL,
                             what & RESIDUAL ? residual : NULL, what & SCALE ? 0.7f : 0.0f,
                             what & ACTIVATION ? DIF_ACTIVATION_SILU : DIF_ACTIVATION_NONE };
  if (expected && ! *expected)
    *expected = reference_conv (x, raw->data, c->c_out, &c->shape, &epilogue, &n);
  return dif_conv_by (context, &(DifConvInput) { x, NULL, NULL }, weight, &c->shape,
                      what ? &epilogue : NULL, way->algorithm);
}

static void
test_reference (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  double                *expected[3][N_EPILOGUES] = { { NULL } }; /* of each type of weights */
  gsize                  h, w;

  out_size (c, &h, &w);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    /* the reference is slow: large pictures and other ways meet only all or nothing */
    for (guint what = i > 0 && h * w > 500 ? N_EPILOGUES - 1 : 0; what < N_EPILOGUES;
         what += i > 0 || h * w > 500 ? N_EPILOGUES - 1 : 1)
      {
        double              **all = &expected[ways[i].type][what];
        g_autoptr (DifTensor) y = convolve (context, c, &ways[i], what, all);

        if (test_has_shape (y, c->n, h, w, c->c_out))
          test_assert_near (y->data, *all, y->size, tolerance (&ways[i]));
      }
  for (guint i = 0; i < 3 * N_EPILOGUES; i++)
    g_free (expected[i / N_EPILOGUES][i % N_EPILOGUES]);
}

/* Weights held transformed give the same bytes as those transformed on the way. */
static void
test_stored (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);

  for (guint a = DIF_CONV_WINOGRAD_2; a < DIF_N_CONV_ALGORITHMS; a++)
    {
      const Way             way = { a, DIF_WEIGHT_F32, FALSE };
      const Way             stored = { a, DIF_WEIGHT_F32, TRUE };
      g_autoptr (DifTensor) one = convolve (context, c, &way, 0, NULL);
      g_autoptr (DifTensor) other = convolve (context, c, &stored, 0, NULL);

      g_assert_cmpmem (one->data, one->size * sizeof (float), other->data,
                       other->size * sizeof (float));
    }
}

typedef struct
{
  const Case *c;
  const Way  *way;
} ThreadsCase;

static DifTensor *
all_at_once (DifContext *context, gconstpointer data)
{
  const ThreadsCase *t = data;

  return convolve (context, t->c, t->way, N_EPILOGUES - 1, NULL);
}

static void
test_threads (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (i == 0 || (ways[i].type == DIF_WEIGHT_F32 && ! ways[i].stored))
      test_same_over_threads (all_at_once, &(ThreadsCase) { data, &ways[i] });
}

static void
check_moments (DifContext *context, DifTensor *y)
{
  g_autoptr (DifTensor) same = dif_tensor_view (y, y->n_dims, y->dim); /* knows of no moments */

  g_assert_true (dif_moments_fill (context, same));
  for (gsize at = 0; at < y->dim[0] * y->dim[3]; at++)
    {
      DifMoments actual = dif_moments_of (y->summary, 0)[at];
      DifMoments expected = dif_moments_of (same->summary, 0)[at];

      g_assert_cmpfloat (fabs (actual.mean - expected.mean), <=,
                         1e-5 * (1e-2 + sqrt (expected.m2 / (y->dim[1] * y->dim[2]))));
      g_assert_cmpfloat (fabs (actual.m2 - expected.m2), <=, 2e-5 * (1.0 + expected.m2));
    }
}

/* Through a prologue, against the same done beforehand; and what is said of the output's moments.
 */
static void
test_prologue (gconstpointer data)
{
  const Case            *c = data;
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, c->n, c->h, c->w, c->c_in);
  g_autoptr (DifTensor)  raw =
      test_random (context, 2, c->c_out, c->c_in, c->shape.kernel, c->shape.kernel);
  g_autoptr (DifTensor) scale = test_random (context, 3, 1, 1, c->n, c->c_in);
  g_autoptr (DifTensor) shift = test_random (context, 4, 1, 1, c->n, c->c_in);
  const gsize           dim[] = { c->n, c->c_in };
  g_auto (DifPrologue) prologue = { dif_tensor_view (scale, 2, dim),
                                    dif_tensor_view (shift, 2, dim), DIF_ACTIVATION_SILU };
  g_autoptr (DifTensor) before = dif_prologue_apply (context, x, &prologue);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      const Way            *way = &ways[i];
      g_autoptr (DifWeight) weight = make_weight (context, c, raw, way);
      g_autoptr (DifTensor) y = dif_conv_by (context, &(DifConvInput) { x, NULL, &prologue },
                                             weight, &c->shape, NULL, way->algorithm);
      g_autoptr (DifTensor) same = dif_conv_by (context, &(DifConvInput) { before, NULL, NULL },
                                                weight, &c->shape, NULL, way->algorithm);
      g_autofree double    *expected = g_new (double, y->size);

      for (gsize at = 0; at < y->size; at++)
        expected[at] = same->data[at];
      test_assert_near (y->data, expected, y->size, 1e-5);
      if (y->summary)
        check_moments (context, y);
    }
}

/* Channels in two tensors, against the same in one; with a prologue and without. */
static void
test_beside (gconstpointer data)
{
  const Case            *c = data;
  const gsize            n_own = (c->c_in + 2) / 3;
  const gsize            dim[] = { c->n, c->c_in };
  g_autoptr (DifContext) context = dif_context_new (3, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 1, c->n, c->h, c->w, c->c_in);
  g_autoptr (DifTensor)  own = dif_slice_channels (context, x, 0, n_own);
  g_autoptr (DifTensor)  beside = dif_slice_channels (context, x, n_own, c->c_in - n_own);
  g_autoptr (DifTensor)  raw =
      test_random (context, 2, c->c_out, c->c_in, c->shape.kernel, c->shape.kernel);
  g_autoptr (DifTensor) scale = test_random (context, 3, 1, 1, c->n, c->c_in);
  g_autoptr (DifTensor) shift = test_random (context, 4, 1, 1, c->n, c->c_in);
  g_auto (DifPrologue) prologue = { dif_tensor_view (scale, 2, dim),
                                    dif_tensor_view (shift, 2, dim), DIF_ACTIVATION_SILU };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (ways); i++)
    {
      const Way            *way = &ways[i / 2];
      const DifPrologue    *before = i % 2 ? &prologue : NULL;
      g_autoptr (DifWeight) weight = make_weight (context, c, raw, way);
      g_autoptr (DifTensor) y = dif_conv_by (context, &(DifConvInput) { own, beside, before },
                                             weight, &c->shape, NULL, way->algorithm);
      g_autoptr (DifTensor) same = dif_conv_by (context, &(DifConvInput) { x, NULL, before },
                                                weight, &c->shape, NULL, way->algorithm);
      g_autofree double    *expected = g_new (double, same->size);

      for (gsize at = 0; at < same->size; at++)
        expected[at] = same->data[at];
      if (test_has_shape (y, same->dim[0], same->dim[1], same->dim[2], same->dim[3]))
        test_assert_near (y->data, expected, y->size, 1e-5);
    }
}

static void
test_no_input (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  const float            ones[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };
  g_autoptr (DifWeight)  weight =
      dif_weight_new_conv (dif_context_allocator (context), ones, 1, 1, 3, DIF_WEIGHT_F32, NULL);
  const DifConvShape shape = { 3, 1, 1, 1, 0, 0 };

  g_assert_null (dif_conv (context, &(DifConvInput) { NULL, NULL, NULL }, weight, &shape, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reference = g_strdup_printf ("/conv/reference/%u", i);
      g_autofree char *threads = g_strdup_printf ("/conv/threads/%u", i);
      g_autofree char *stored = g_strdup_printf ("/conv/stored/%u", i);
      g_autofree char *prologue = g_strdup_printf ("/conv/prologue/%u", i);
      g_autofree char *beside = g_strdup_printf ("/conv/beside/%u", i);

      g_test_add_data_func (reference, &cases[i], test_reference);
      g_test_add_data_func (threads, &cases[i], test_threads);
      g_test_add_data_func (stored, &cases[i], test_stored);
      g_test_add_data_func (prologue, &cases[i], test_prologue);
      if (cases[i].c_in > 1)
        g_test_add_data_func (beside, &cases[i], test_beside);
    }
  g_test_add_func ("/conv/no-input", test_no_input);
  return g_test_run ();
}
