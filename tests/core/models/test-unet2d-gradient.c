/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way back through networks with every kind of block: all parameters and the input get what
 * differences say, and blocks that are done twice change memory and nothing else.  What the numbers
 * are is checked against diffusers' own by tests/verify. */

#include <math.h>
#include <string.h>

#include "core/models/model.h"
#include "core/nn/params.h"
#include "core/tensor/tape.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

#define N_PICTURES 2
#define SIDE       8
#define STEP       0.005
#define NOISE      2e-3 /* of a difference of two float passes, over 2 STEP */

typedef struct
{
  const char *name;
  TinyUNet    net;
  const char *key, *json; /* of the configuration */
} Variant;

/* clang-format off: a table */
static const Variant variants[] = {
  { "plain", { 2, { 8, 12 }, 1, 3, 3, 4, "", .seed = 2, .spread = 1 }, NULL, NULL },
  { "one-level", { 1, { 6 }, 2, 1, 1, 3, "", .seed = 3, .spread = 1 }, NULL, NULL },
  { "attention",
    { 2, { 8, 12 }, 1, 3, 3, 4, "Attn", .mid_attention = TRUE, .seed = 7, .spread = 1 },
    "act_fn",
    "\"gelu\"" },
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
    "attention_head_dim",
    "4" },
  { "resnet",
    { 2, { 8, 12 }, 2, 3, 3, 4, "Resnet", .seed = 9, .spread = 1 },
    "act_fn",
    "\"mish\"" },
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
    "mid_block_scale_factor",
    "1.5" },
  { "centered",
    { 2, { 8, 12 }, 1, 3, 3, 4, "", .n_classes = 4, .seed = 11, .spread = 1 },
    "center_input_sample",
    "true" },
  { "padding",
    { 3, { 4, 8, 12 }, 1, 3, 3, 4, "", .seed = 12, .spread = 1 },
    "downsample_padding",
    "0" },
};
/* clang-format on */

static DifModel *
open_variant (const Variant *v)
{
  char     *folder = test_folder_new ();
  GError   *error = NULL;
  DifModel *model;

  tiny_unet_write (&v->net, folder);
  tiny_unet_write_config (&v->net, folder, v->key, v->json);
  model = dif_model_open_trainable (folder, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  return model;
}

static DifTensor *
forward (const DifModel *model, DifContext *context, DifTensor *x)
{
  static const double       t[N_PICTURES] = { 10.0, 700.0 };
  static const DifLabelMix  mix = { 2, { 0, 2 }, { 0.25, 0.75 } };
  g_autoptr (DifCondition)  one = dif_condition_new_label (2);
  g_autoptr (DifCondition)  several = dif_condition_new_labels (&mix);
  const DifCondition *const conditions[N_PICTURES] = { one, several };

  return dif_model_forward (model, context, x, t,
                            dif_model_facts (model)->n_classes ? conditions : NULL);
}

static DifTensor *
random_input (const DifModel *model, DifContext *context, gsize side)
{
  return test_random (context, 1, N_PICTURES, side, side, dif_model_facts (model)->in_channels);
}

/* As random as what comes out is large. */
static DifTensor *
random_slope (DifContext *context, const DifTensor *y)
{
  return test_random (context, 2, y->dim[0], y->dim[1], y->dim[2], y->dim[3]);
}

static double
loss_of (const DifModel *model, DifContext *context, DifTensor *x)
{
  g_autoptr (DifTensor) y = forward (model, context, x);
  g_autoptr (DifTensor) dy = random_slope (context, y);
  double                sum = 0.0;

  for (gsize i = 0; i < y->size; i++)
    sum += (double) y->data[i] * dy->data[i];
  return sum;
}

static gconstpointer
leaf_of (const DifParam *param)
{
  return param->weight ? (gconstpointer) param->weight : param->value;
}

/* Gradients of all parameters and, last, of x. */
static GPtrArray *
gradients (DifModel *model, DifContext *context, DifTensor *x, gboolean sparse)
{
  GPtrArray            *all = g_ptr_array_new_with_free_func ((GDestroyNotify) dif_tensor_unref);
  g_autoptr (DifTape)   tape = dif_tape_new ();
  g_autoptr (DifTensor) y = NULL;
  guint                 n;
  const DifParam       *list = dif_params_list (dif_model_params (model), &n);

  for (guint i = 0; i < n; i++)
    dif_tape_watch (tape, leaf_of (&list[i]));
  dif_tape_watch (tape, x);
  dif_tape_set_sparse (tape, sparse);
  dif_context_set_tape (context, tape);
  y = forward (model, context, x);
  dif_context_set_tape (context, NULL);
  g_assert_nonnull (y);
  g_assert_true (dif_tape_backward (tape, context, y, random_slope (context, y)));
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (all, dif_tape_take (tape, leaf_of (&list[i])));
  g_ptr_array_add (all, dif_tape_take (tape, x));
  return all;
}

/* The numbers with a step along their gradient, in place of what they were. */
static void
step (DifTensor *value, const float *was, const DifTensor *gradient, double length)
{
  for (gsize i = 0; i < value->size; i++)
    value->data[i] = was[i] + (float) (length * gradient->data[i]);
}

/* A step up and one down along a gradient make the difference that it says. */
static void
assert_rises (DifModel *model, DifContext *context, DifTensor *x, const char *name,
              DifTensor *value, const DifTensor *gradient)
{
  DifParams        *params = dif_model_params (model);
  g_autofree float *was = NULL;
  double            squares = 0.0;
  double            rise, length;

  g_assert_nonnull (gradient);
  g_assert_cmpuint (gradient->size, ==, value->size);
  was = g_memdup2 (value->data, value->size * sizeof (float));
  for (gsize i = 0; i < gradient->size; i++)
    squares += (double) gradient->data[i] * gradient->data[i];
  length = squares > 0.0 ? STEP / sqrt (squares) : 0.0;
  step (value, was, gradient, length);
  g_assert_true (dif_params_update (params, dif_context_pool (context), NULL));
  rise = loss_of (model, context, x);
  step (value, was, gradient, -length);
  g_assert_true (dif_params_update (params, dif_context_pool (context), NULL));
  rise = (rise - loss_of (model, context, x)) / (2.0 * STEP);
  memcpy (value->data, was, value->size * sizeof (float));
  g_assert_true (dif_params_update (params, dif_context_pool (context), NULL));
  if (fabs (rise - sqrt (squares)) > 1e-2 * sqrt (squares) + NOISE)
    g_test_message ("%s: %g instead of %g", name, rise, sqrt (squares));
  g_assert_cmpfloat (fabs (rise - sqrt (squares)), <=, 1e-2 * sqrt (squares) + NOISE);
}

static void
test_differences (gconstpointer data)
{
  g_autoptr (DifModel)   model = open_variant (data);
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = random_input (model, context, SIDE);
  g_autoptr (GPtrArray)  all = gradients (model, context, x, FALSE);
  g_autoptr (DifTensor)  other = dif_context_like (context, x);
  guint                  n;
  const DifParam        *list = dif_params_list (dif_model_params (model), &n);

  g_assert_cmpuint (n, >, 20);
  for (guint i = 0; i < n; i++)
    assert_rises (model, context, x, list[i].name, list[i].value, all->pdata[i]);
  memcpy (other->data, x->data, x->size * sizeof (float)); /* without moments */
  assert_rises (model, context, other, "x", other, all->pdata[n]);
}

/* Rows of labels that nobody asked for get 0, those of a mixture their share. */
static void
test_labels (void)
{
  g_autoptr (DifModel)   model = open_variant (&variants[6]);
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = random_input (model, context, SIDE);
  g_autoptr (GPtrArray)  all = gradients (model, context, x, FALSE);
  guint                  n, at = 0;
  const DifParam        *list = dif_params_list (dif_model_params (model), &n);
  const DifTensor       *table;

  while (at < n && ! g_str_equal (list[at].name, "class_embedding.weight"))
    at++;
  g_assert_cmpuint (at, <, n);
  table = all->pdata[at];
  for (gsize i = 0; i < table->dim[1]; i++)
    {
      g_assert_cmpfloat (table->data[table->dim[1] + i], ==, 0.0f);
      g_assert_cmpfloat (table->data[3 * table->dim[1] + i], ==, 0.0f);
      g_assert_cmpfloat (fabsf (table->data[i]), >, 0.0f);
    }
}

/* The same bytes; returns the peaks of memory. */
static void
compare_sparse (const Variant *variant, gsize side, gsize peaks[2])
{
  g_autoptr (DifModel) model = open_variant (variant);
  GPtrArray           *all[2];
  guint                n;

  dif_params_list (dif_model_params (model), &n);
  for (guint sparse = 0; sparse < 2; sparse++)
    {
      g_autoptr (DifContext) context = dif_context_new (2, NULL);
      g_autoptr (DifTensor)  x = random_input (model, context, side);
      DifAllocatorStats      stats;

      all[sparse] = gradients (model, context, x, sparse == 1);
      dif_allocator_get_stats (dif_context_allocator (context), &stats);
      peaks[sparse] = stats.peak_in_use;
    }
  for (guint i = 0; i <= n; i++)
    {
      const DifTensor *a = all[0]->pdata[i];
      const DifTensor *b = all[1]->pdata[i];

      g_assert_cmpmem (a->data, a->size * sizeof (float), b->data, b->size * sizeof (float));
    }
  g_ptr_array_unref (all[0]);
  g_ptr_array_unref (all[1]);
}

static void
test_sparse (gconstpointer data)
{
  gsize peaks[2];

  compare_sparse (data, 2 * SIDE, peaks);
}

/* Of each layer what it read and what it gave is kept, not what it made in between. */
static void
test_memory (void)
{
  const Variant convs = { NULL, { 2, { 8, 12 }, 4, 3, 3, 4, "", .seed = 2, .spread = 1 } };
  const Variant attentions = { NULL, { 2, { 8, 12 }, 3, 3, 3, 4, "Attn", .seed = 2, .spread = 1 } };
  gsize         peaks[2];

  compare_sparse (&convs, 8 * SIDE, peaks);
  g_test_message ("%" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT " bytes", peaks[0], peaks[1]);
  g_assert_cmpuint (peaks[1], <, peaks[0] * 3 / 4);
  compare_sparse (&attentions, 4 * SIDE, peaks);
  g_test_message ("%" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT " bytes", peaks[0], peaks[1]);
  g_assert_cmpuint (peaks[1], <, peaks[0] / 2);
}

static DifTensor *
all_in_one (DifContext *context, gconstpointer data)
{
  DifModel             *model = (DifModel *) data;
  g_autoptr (DifTensor) x = random_input (model, context, 3 * SIDE);
  g_autoptr (GPtrArray) all = gradients (model, context, x, FALSE);
  gsize                 size = 0;
  DifTensor            *one;

  for (guint i = 0; i < all->len; i++)
    size += ((DifTensor *) all->pdata[i])->size;
  one = dif_context_tensor (context, 1, &size);
  size = 0;
  for (guint i = 0; i < all->len; i++)
    {
      const DifTensor *gradient = all->pdata[i];

      memcpy (one->data + size, gradient->data, gradient->size * sizeof (float));
      size += gradient->size;
    }
  return one;
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (DifModel) model = open_variant (data);

  test_same_over_threads (all_in_one, model);
}

/* Of the input alone, through a network that is not trained: no parameter is watched. */
static void
test_input_alone (void)
{
  g_autoptr (DifModel)   model = open_variant (&variants[2]);
  g_autoptr (DifContext) context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)  x = random_input (model, context, SIDE);
  g_autoptr (GPtrArray)  all = gradients (model, context, x, FALSE);
  g_autoptr (DifTape)    tape = dif_tape_new ();
  g_autoptr (DifTensor)  y = NULL;
  g_autoptr (DifTensor)  dx = NULL;
  const DifTensor       *expected = all->pdata[all->len - 1];

  dif_tape_watch (tape, x);
  dif_context_set_tape (context, tape);
  y = forward (model, context, x);
  g_assert_true (dif_tape_backward (tape, context, y, random_slope (context, y)));
  dx = dif_tape_take (tape, x);
  g_assert_cmpmem (dx->data, dx->size * sizeof (float), expected->data,
                   expected->size * sizeof (float));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      const Variant   *v = &variants[i];
      g_autofree char *differences = g_strconcat ("/unet2d-gradient/differences/", v->name, NULL);
      g_autofree char *sparse = g_strconcat ("/unet2d-gradient/sparse/", v->name, NULL);
      g_autofree char *threads = g_strconcat ("/unet2d-gradient/threads/", v->name, NULL);

      g_test_add_data_func (differences, v, test_differences);
      g_test_add_data_func (sparse, v, test_sparse);
      g_test_add_data_func (threads, v, test_threads);
    }
  g_test_add_func ("/unet2d-gradient/memory", test_memory);
  g_test_add_func ("/unet2d-gradient/labels", test_labels);
  g_test_add_func ("/unet2d-gradient/input-alone", test_input_alone);
  return g_test_run ();
}
