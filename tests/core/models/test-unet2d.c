/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Networks of every kind of block: that they load, run at any size they should, and give
 * the same bytes on any number of threads.  What the numbers are is checked against
 * diffusers' own by tests/verify. */

#include "core/models/model.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

typedef struct
{
  const char *name;
  TinyUNet    net;
  guint       multiple;
  gboolean    has_attention;
} Variant;

/* clang-format off: a table */
static const Variant variants[] = {
  { "plain",
    { 2, { 8, 12 }, 1, 3, 3, 4, "", .sample_size = 16, .seed = 2, .spread = 1 },
    2,
    FALSE },
  { "one-level", { 1, { 6 }, 2, 1, 1, 3, "", .seed = 3, .spread = 1 }, 1, FALSE },
  { "odd-widths", { 3, { 5, 15, 10 }, 2, 3, 6, 5, "", .seed = 4, .spread = 1 }, 4, FALSE },
  { "inpainting",
    { 2, { 8, 16 }, 1, 7, 3, 4, "", .n_classes = 5, .seed = 5, .spread = 1 },
    2,
    FALSE },
  { "mid-attention",
    { 2, { 8, 12 }, 1, 3, 3, 4, "", .mid_attention = TRUE, .seed = 6, .spread = 1 },
    2,
    TRUE },
  { "attention",
    { 2, { 8, 12 }, 1, 3, 3, 4, "Attn", .mid_attention = TRUE, .seed = 7, .spread = 1 },
    2,
    TRUE },
  { "old-names",
    { 2,
      { 8, 12 },
      1,
      3,
      3,
      4,
      "Attn",
      .mid_attention = TRUE,
      .old_names = TRUE,
      .seed = 8,
      .spread = 1 },
    2,
    TRUE },
  { "resnet", { 2, { 8, 12 }, 2, 3, 3, 4, "Resnet", .seed = 9, .spread = 1 }, 2, FALSE },
  { "scale-shift",
    { 2,
      { 8, 12 },
      1,
      3,
      3,
      4,
      "Resnet",
      .scale_shift = TRUE,
      .mid_attention = TRUE,
      .n_classes = 3,
      .seed = 10,
      .spread = 1 },
    2,
    TRUE },
};
/* clang-format on */

typedef struct
{
  const DifModel *model;
  gsize           n, h, w;
} Call;

static DifTensor *
forward (DifContext *context, gconstpointer data)
{
  const Call           *call = data;
  g_autoptr (DifTensor) x = test_random (context, 4, call->n, call->h, call->w,
                                         dif_model_facts (call->model)->in_channels);
  const double          t[] = { 500.0, 20.5, 999.0 };
  const guint           labels[] = { 1, 0, 2 };

  return dif_model_forward_labels (call->model, context, x, t, labels);
}

static void
test_variant (gconstpointer data)
{
  const Variant         *v = data;
  char                  *folder = test_folder_new ();
  g_autoptr (GError)     error = NULL;
  g_autoptr (DifModel)   model = NULL;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  small = NULL;
  g_autoptr (DifTensor)  large = NULL;
  const DifModelFacts   *facts;

  tiny_unet_write (&v->net, folder);
  model = dif_model_open (folder, FALSE, &error);
  test_folder_free (folder);
  g_assert_no_error (error);
  if (! model)
    return;
  facts = dif_model_facts (model);
  g_assert_cmpstr (facts->class_name, ==, "UNet2DModel");
  g_assert_cmpuint (facts->in_channels, ==, v->net.in_channels);
  g_assert_cmpuint (facts->out_channels, ==, v->net.out_channels);
  g_assert_cmpuint (facts->sample_size, ==, v->net.sample_size);
  g_assert_cmpuint (facts->n_classes, ==, v->net.n_classes);
  g_assert_cmpuint (facts->multiple, ==, v->multiple);
  g_assert_cmpint (facts->has_attention, ==, v->has_attention);

  small = forward (context, &(const Call) { model, 1, 4, 4 });
  test_has_shape (small, 1, 4, 4, v->net.out_channels);
  large = forward (context, &(const Call) { model, 2, 20, 36 });
  test_has_shape (large, 2, 20, 36, v->net.out_channels);
  test_same_over_threads (forward, &(const Call) { model, 2, 20, 36 });
}

/* Pictures of a batch do not see each other, and each has its own timestep and label. */
static void
test_batch (gconstpointer data)
{
  const Variant         *v = data;
  char                  *folder = test_folder_new ();
  g_autoptr (DifModel)   model = NULL;
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 4, 3, 8, 8, v->net.in_channels);
  g_autoptr (DifTensor)  one = dif_context_nhwc (context, 1, 8, 8, v->net.in_channels);
  g_autoptr (DifTensor)  all = NULL;
  const double           t[] = { 500.0, 20.5, 999.0 };
  const guint            labels[] = { 1, 0, 2 };

  tiny_unet_write (&v->net, folder);
  model = dif_model_open (folder, FALSE, NULL);
  test_folder_free (folder);
  g_assert_nonnull (model);
  if (! model)
    return;
  all = dif_model_forward_labels (model, context, x, t, labels);
  for (gsize i = 0; all && i < 3; i++)
    {
      g_autoptr (DifTensor) y = NULL;
      g_autofree double    *expected = g_new (double, all->size / 3);

      for (gsize k = 0; k < one->size; k++)
        one->data[k] = x->data[i * one->size + k];
      for (gsize k = 0; k < all->size / 3; k++)
        expected[k] = all->data[i * all->size / 3 + k];
      y = dif_model_forward_labels (model, context, one, t + i, labels + i);
      if (test_has_shape (y, 1, 8, 8, v->net.out_channels))
        test_assert_near (y->data, expected, y->size, 1e-5);
    }
}

/* A plain network whose third label is a mixture of the other two. */
static DifModel *
open_mixed (double first, double second)
{
  char                *folder = test_folder_new ();
  TinyUNet             net = tiny_unet;
  g_autoptr (GArray)   tensors = NULL;
  const DifTensorOut  *table;
  g_autoptr (DifModel) model = NULL;
  float               *rows;

  net.n_classes = 3;
  tensors = tiny_unet_tensors (&net);
  table =
      &g_array_index (tensors, DifTensorOut, tiny_unet_find (tensors, "class_embedding.weight"));
  rows = (float *) table->data;
  for (gsize i = 0; i < table->dim[1]; i++)
    rows[2 * table->dim[1] + i] = (float) (first * rows[i] + second * rows[table->dim[1] + i]);
  tiny_unet_write_config (&net, folder, NULL, NULL);
  tiny_unet_write_tensors (tensors, folder, "diffusion_pytorch_model.safetensors");
  model = dif_model_open (folder, FALSE, NULL);
  test_folder_free (folder);
  g_assert_nonnull (model);
  return g_steal_pointer (&model);
}

static DifTensor *
forward_mix (DifContext *context, const DifModel *model, DifLabelMix mix)
{
  g_autoptr (DifTensor)    x = test_random (context, 4, 1, 8, 12, 3);
  g_autoptr (DifCondition) condition = dif_condition_new_labels (&mix);

  return dif_model_forward (model, context, x, (const double[]) { 500.0 },
                            (const DifCondition *const[]) { condition });
}

static double
distance (const DifTensor *a, const DifTensor *b)
{
  double worst = 0.0;

  g_assert_true (a && b);
  for (gsize i = 0; a && b && i < a->size; i++)
    worst = MAX (worst, ABS (a->data[i] - b->data[i]));
  return worst;
}

/* A mixture is what a label with the mixed embedding is; of one label it is that one's bytes. */
static void
test_mix (void)
{
  g_autoptr (DifModel)   model = open_mixed (0.3, 0.7);
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  first = forward_mix (context, model, (DifLabelMix) DIF_ONE_LABEL (0));
  g_autoptr (DifTensor)  third = forward_mix (context, model, (DifLabelMix) DIF_ONE_LABEL (2));
  g_autoptr (DifTensor)  mixed =
      forward_mix (context, model, (DifLabelMix) { 2, { 1, 0 }, { 0.7, 0.3 } });
  g_autoptr (DifTensor) whole =
      forward_mix (context, model, (DifLabelMix) { 2, { 0, 1 }, { 1.0, 0.0 } });
  g_autoptr (DifTensor) x = test_random (context, 4, 1, 8, 12, 3);
  g_autoptr (DifTensor) plain = dif_model_forward_labels (
      model, context, x, (const double[]) { 500.0 }, (const guint[]) { 0 });

  g_assert_cmpfloat (distance (mixed, third), <=, 1e-5);
  g_assert_cmpfloat (distance (mixed, first), >, 1e-3);
  g_assert_cmpfloat (distance (whole, first), ==, 0.0);
  g_assert_cmpfloat (distance (plain, first), ==, 0.0);
}

/* Pictures of a batch have their own mixtures. */
static void
test_mix_batch (void)
{
  const DifLabelMix         mix = { 2, { 1, 0 }, { 0.7, 0.3 } };
  const double              t[] = { 500.0, 500.0 };
  g_autoptr (DifCondition)  several = dif_condition_new_labels (&mix);
  g_autoptr (DifCondition)  one = dif_condition_new_label (1);
  const DifCondition *const conditions[] = { several, one };
  g_autoptr (DifModel)      model = open_mixed (0.3, 0.7);
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)     x = test_random (context, 4, 2, 8, 12, 3);
  g_autoptr (DifTensor)     y = dif_model_forward (model, context, x, t, conditions);

  for (gsize i = 0; test_has_shape (y, 2, 8, 12, 3) && i < 2; i++)
    {
      g_autoptr (DifTensor) own = dif_tensor_pictures (x, i, 1);
      g_autoptr (DifTensor) part = dif_tensor_pictures (y, i, 1);
      g_autoptr (DifTensor) expected = dif_model_forward (model, context, own, t, conditions + i);

      g_assert_cmpfloat (distance (part, expected), <=, 1e-5);
    }
}

/* The plain network's output for x, with one key of its configuration changed. */
static DifTensor *
forward_with (DifContext *context, DifTensor *x, const char *key, const char *json)
{
  char                *folder = test_folder_new ();
  g_autoptr (DifModel) model = NULL;

  tiny_unet_write (&tiny_unet, folder);
  if (key)
    tiny_unet_write_config (&tiny_unet, folder, key, json);
  model = dif_model_open (folder, FALSE, NULL);
  test_folder_free (folder);
  g_assert_nonnull (model);
  return model ? dif_model_forward (model, context, x, (const double[]) { 500.0 }, NULL) : NULL;
}

/* Keys without tensors of their own change the numbers. */
static void
test_keys (void)
{
  static const char *const keys[][2] = {
    { "mid_block_scale_factor", "2" },
    { "downsample_padding", "0" },
    { "flip_sin_to_cos", "false" },
    { "freq_shift", "1" },
    { "act_fn", "'relu'" },
    { "norm_num_groups", "2" },
    { "norm_eps", "0.1" },
  };
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 4, 1, 8, 12, 3);
  g_autoptr (DifTensor)  plain = forward_with (context, x, NULL, NULL);

  g_assert_nonnull (plain);
  for (guint i = 0; plain && i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (DifTensor) y = forward_with (context, x, keys[i][0], keys[i][1]);
      double                worst = 0.0;

      if (! test_has_shape (y, 1, 8, 12, 3))
        continue;
      for (gsize k = 0; k < y->size; k++)
        worst = MAX (worst, ABS (y->data[k] - plain->data[k]));
      g_test_message ("%s: %g", keys[i][0], worst);
      g_assert_cmpfloat (worst, >, 1e-3);
    }
}

/* Trained on pictures in [0, 1]: x is brought to [-1, 1] first. */
static void
test_center_input (void)
{
  g_autoptr (DifContext) context = dif_context_new (1, NULL);
  g_autoptr (DifTensor)  x = test_random (context, 4, 1, 8, 12, 3);
  g_autoptr (DifTensor)  centered = test_random (context, 4, 1, 8, 12, 3);
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  expected = NULL;

  for (gsize i = 0; i < x->size; i++)
    centered->data[i] = 2.0f * x->data[i] - 1.0f;
  y = forward_with (context, x, "center_input_sample", "true");
  expected = forward_with (context, centered, NULL, NULL);
  if (test_has_shape (y, 1, 8, 12, 3) && test_has_shape (expected, 1, 8, 12, 3))
    g_assert_cmpmem (y->data, 4 * y->size, expected->data, 4 * expected->size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autofree char *path = g_strdup_printf ("/unet2d/%s", variants[i].name);
      g_autofree char *batch = g_strdup_printf ("/unet2d/%s/batch", variants[i].name);

      g_test_add_data_func (path, &variants[i], test_variant);
      g_test_add_data_func (batch, &variants[i], test_batch);
    }
  g_test_add_func ("/unet2d/mix", test_mix);
  g_test_add_func ("/unet2d/mix-batch", test_mix_batch);
  g_test_add_func ("/unet2d/keys", test_keys);
  g_test_add_func ("/unet2d/center-input", test_center_input);
  return g_test_run ();
}
