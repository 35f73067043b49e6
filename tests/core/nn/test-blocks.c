/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Blocks against the same block put together by hand from ops. */

#include "core/nn/blocks.h"
#include "core/ops/activate.h"
#include "core/ops/attention/attention.h"
#include "core/ops/elementwise.h"
#include "core/ops/pool2d.h"
#include "tests/core/support/numbers.h"

#define C_EMB 5

static DifTensor *
matrix (DifContext *context, guint64 seed, gsize rows, gsize columns)
{
  g_autoptr (DifTensor) x = test_random (context, seed, 1, 1, rows, columns);

  return dif_tensor_view (x, 2, (gsize[]) { rows, columns });
}

/* Owns what layers borrow. */
static const DifTensor *
own (GPtrArray *owner, DifTensor *x)
{
  g_ptr_array_add (owner, x);
  return x;
}

/* All weights of all tests, until the program ends. */
static GPtrArray *weights;

static const DifWeight *
random_weight (DifContext *context, guint64 seed, gsize c_in, gsize c_out, guint kernel)
{
  g_autoptr (DifTensor) x = matrix (context, seed, kernel * kernel * c_in, c_out);
  DifWeight *weight = dif_weight_new_conv (dif_context_allocator (context), x->data, c_out, c_in,
                                           kernel, DIF_WEIGHT_F32, NULL);

  g_ptr_array_add (weights, weight);
  return weight;
}

static DifConv
conv_of (GPtrArray *owner, DifContext *context, guint64 seed, gsize c_in, gsize c_out, guint kernel)
{
  return (DifConv) { random_weight (context, seed, c_in, c_out, kernel),
                     own (owner, matrix (context, seed + 100, 1, c_out)),
                     { kernel, 1, kernel / 2, kernel / 2, 0, 0 } };
}

static DifLinear
linear_of (GPtrArray *owner, DifContext *context, guint64 seed, gsize c_in, gsize c_out)
{
  return (DifLinear) { random_weight (context, seed, c_in, c_out, 1),
                       own (owner, matrix (context, seed + 100, 1, c_out)) };
}

static DifGroupNorm
norm_of (GPtrArray *owner, DifContext *context, guint64 seed, gsize c, guint groups)
{
  return (DifGroupNorm) { own (owner, matrix (context, seed, 1, c)),
                          own (owner, matrix (context, seed + 100, 1, c)), groups, 1e-5 };
}

static DifTensor *
resample (DifContext *context, DifResample kind, DifTensor *x)
{
  if (kind == DIF_RESAMPLE_NONE)
    return dif_tensor_ref (x);
  return kind == DIF_RESAMPLE_DOWN ? dif_avg_pool2d (context, x) :
                                     dif_upsample_nearest2d (context, x);
}

/* a + b at every pixel, b [N, C] */
static DifTensor *
add_to_pixels (DifContext *context, const DifTensor *a, const DifTensor *b)
{
  DifTensor  *y = dif_context_like (context, a);
  const gsize c = a->dim[3];

  for (gsize i = 0; i < y->size; i++)
    y->data[i] = a->data[i] + b->data[i / (a->dim[1] * a->dim[2] * c) * c + i % c];
  return y;
}

static DifTensor *
resnet_by_hand (const DifResnet *r, DifContext *context, DifTensor *x, const DifTensor *emb)
{
  const DifResnetSpec  *s = &r->spec;
  g_autoptr (DifTensor) n1 = dif_group_norm_apply (&r->norm1, context, x, NULL, s->activation);
  g_autoptr (DifTensor) resized = resample (context, s->resample, n1);
  g_autoptr (DifTensor) side = resample (context, s->resample, x);
  g_autoptr (DifTensor) c1 = dif_conv_apply (&r->conv1, context, resized, NULL, NULL, 1.0f);
  g_autoptr (DifTensor) active = dif_activate (context, emb, s->activation);
  g_autoptr (DifTensor) time = dif_linear_apply (&r->time_emb_proj, context, active);
  g_autoptr (DifTensor) sum =
      s->scale_shift ? dif_tensor_ref (c1) : add_to_pixels (context, c1, time);
  g_autoptr (DifTensor) n2 =
      dif_group_norm_apply (&r->norm2, context, sum, s->scale_shift ? time : NULL, s->activation);
  g_autoptr (DifTensor) c2 = dif_conv_apply (&r->conv2, context, n2, NULL, NULL, 1.0f);
  g_autoptr (DifTensor) shortcut =
      s->c_in == s->c_out ? dif_tensor_ref (side) :
                            dif_conv_apply (&r->shortcut, context, side, NULL, NULL, 1.0f);

  return dif_sum (context, 2,
                  (DifTerm[]) { { 1.0 / s->out_scale, c2 }, { 1.0 / s->out_scale, shortcut } });
}

static void
assert_near (const DifTensor *actual, const DifTensor *expected)
{
  g_autofree double *numbers = NULL;

  g_assert_true (actual && expected && dif_tensor_same_shape (actual, expected));
  if (! actual || ! expected)
    return;
  numbers = g_new (double, expected->size);
  for (gsize i = 0; i < expected->size; i++)
    numbers[i] = expected->data[i];
  test_assert_near (actual->data, numbers, expected->size, 1e-5);
}

static const DifResnetSpec resnets[] = {
  { 6, 6, C_EMB, 3, 1e-5, DIF_ACTIVATION_SILU, FALSE, DIF_RESAMPLE_NONE, 1.0f },
  { 6, 9, C_EMB, 3, 1e-5, DIF_ACTIVATION_SILU, FALSE, DIF_RESAMPLE_NONE, 1.5f },
  { 6, 9, C_EMB, 3, 1e-5, DIF_ACTIVATION_MISH, TRUE, DIF_RESAMPLE_NONE, 1.0f },
  { 6, 6, C_EMB, 3, 1e-5, DIF_ACTIVATION_SILU, FALSE, DIF_RESAMPLE_DOWN, 1.0f },
  { 6, 6, C_EMB, 3, 1e-5, DIF_ACTIVATION_SILU, TRUE, DIF_RESAMPLE_UP, 2.0f },
};

static void
test_resnet (gconstpointer data)
{
  const DifResnetSpec   *s = data;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (GPtrArray)  owner = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (DifTensor)  x = test_random (context, 50, 2, 6, 8, s->c_in);
  g_autoptr (DifTensor)  emb = matrix (context, 51, 2, C_EMB);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  expected = NULL;
  DifResnet              r = { .spec = *s };

  r.norm1 = norm_of (owner, context, 1, s->c_in, s->n_groups);
  r.conv1 = conv_of (owner, context, 2, s->c_in, s->c_out, 3);
  r.time_emb_proj = linear_of (owner, context, 3, C_EMB, s->scale_shift ? 2 * s->c_out : s->c_out);
  r.norm2 = norm_of (owner, context, 4, s->c_out, s->n_groups);
  r.conv2 = conv_of (owner, context, 5, s->c_out, s->c_out, 3);
  r.shortcut = conv_of (owner, context, 6, s->c_in, s->c_out, 1);
  y = dif_resnet_apply (&r, context, x, NULL, emb);
  expected = resnet_by_hand (&r, context, x, emb);
  assert_near (y, expected);
  g_assert_null (dif_resnet_apply (&r, context, NULL, NULL, emb));
}

static void
test_attention (void)
{
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (GPtrArray)  owner = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);

  for (guint groups = 0; groups <= 4; groups += 2)
    {
      g_autoptr (DifTensor) x = test_random (context, 50, 2, 6, 5, 8);
      DifAttention          a = { .spec = { 8, 4, groups, 1e-5, 2.0f } };
      g_autoptr (DifTensor) n = NULL, q = NULL, k = NULL, v = NULL, mixed = NULL, out = NULL;
      g_autoptr (DifTensor) y = NULL;
      g_autoptr (DifTensor) expected = NULL;

      a.norm = norm_of (owner, context, 1, 8, groups);
      a.to_q = linear_of (owner, context, 2, 8, 8);
      a.to_k = linear_of (owner, context, 3, 8, 8);
      a.to_v = linear_of (owner, context, 4, 8, 8);
      a.to_out = linear_of (owner, context, 5, 8, 8);
      y = dif_attention_apply (&a, context, x);
      n = groups ? dif_group_norm_apply (&a.norm, context, x, NULL, DIF_ACTIVATION_NONE) :
                   dif_tensor_ref (x);
      q = dif_linear_apply (&a.to_q, context, n);
      k = dif_linear_apply (&a.to_k, context, n);
      v = dif_linear_apply (&a.to_v, context, n);
      mixed = dif_attention (context, q, k, v, 2);
      out = dif_linear_apply (&a.to_out, context, mixed);
      expected = dif_sum (context, 2, (DifTerm[]) { { 0.5, out }, { 0.5, x } });
      assert_near (y, expected);
      g_assert_null (dif_attention_apply (&a, context, NULL));
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (resnets); i++)
    {
      g_autofree char *path = g_strdup_printf ("/blocks/resnet/%u", i);

      g_test_add_data_func (path, &resnets[i], test_resnet);
    }
  g_test_add_func ("/blocks/attention", test_attention);
  weights = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_weight_free);
  result = g_test_run ();
  g_ptr_array_unref (weights);
  return result;
}
