/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a classifier says and its gradient, against plain loops in double and their central
 * differences; and what its folder can have wrong. */

#include "core/models/classifier.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-classifier.h"
#include "tests/core/support/tiny-unet.h"

#define WEIGHTS "diffusion_pytorch_model.safetensors"

typedef struct
{
  gsize       n, h, w;
  double      t;
  DifLabelMix label;
} Case;

/* Odd sides, single pixels, batches, all noise levels, a mixture. */
static const Case cases[] = {
  { 1, 8, 8, 0.0, { 1, { 0 }, { 1.0 } } },    { 1, 9, 7, 321.5, { 1, { 3 }, { 1.0 } } },
  { 2, 5, 6, 999.0, { 1, { 4 }, { 1.0 } } },  { 1, 1, 1, 20.0, { 1, { 1 }, { 1.0 } } },
  { 1, 1, 13, 700.0, { 1, { 2 }, { 1.0 } } }, { 3, 3, 2, 500.0, { 2, { 1, 3 }, { 0.25, 0.75 } } },
};

static DifClassifier *
open_net (const TinyClassifier *net)
{
  char              *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  DifClassifier     *classifier;

  tiny_classifier_write (net, folder);
  classifier = dif_classifier_open (folder, &error);
  g_assert_no_error (error);
  test_folder_free (folder);
  return classifier;
}

static double *
to_double (const DifTensor *x)
{
  double *y = g_new (double, x->size);

  for (gsize i = 0; i < x->size; i++)
    y[i] = x->data[i];
  return y;
}

/* of the label, by the reference */
static double
log_p (const GArray *tensors, const Case *c, const double *picture)
{
  double all[5];
  double sum = 0.0;

  tiny_classifier_reference (&tiny_classifier, tensors, picture, c->h, c->w, c->t, all);
  for (guint i = 0; i < c->label.n; i++)
    sum += c->label.weights[i] * all[c->label.ids[i]];
  return sum;
}

static void
test_forward (gconstpointer data)
{
  const Case               *c = data;
  g_autoptr (DifContext)    context = dif_context_new (2, NULL);
  g_autoptr (DifClassifier) classifier = open_net (&tiny_classifier);
  g_autoptr (GArray)        tensors = tiny_classifier_tensors (&tiny_classifier);
  g_autoptr (DifTensor)     x = test_random (context, 1, c->n, c->h, c->w, 3);
  const double              t[] = { c->t, c->t, c->t };
  g_autofree double        *exact = to_double (x);
  g_autofree double        *expected = g_new (double, 5 * c->n);
  g_autoptr (DifTensor)     y = NULL;

  if (! classifier)
    return;
  for (gsize i = 0; i < c->n; i++)
    tiny_classifier_reference (&tiny_classifier, tensors, exact + i * c->h * c->w * 3, c->h, c->w,
                               c->t, expected + 5 * i);
  y = dif_classifier_forward (classifier, context, x, t);
  g_assert_nonnull (y);
  if (! y)
    return;
  g_assert_cmpuint (y->size, ==, 5 * c->n);
  test_assert_near (y->data, expected, y->size, 1e-5);
}

static void
test_gradient (gconstpointer data)
{
  const Case               *c = data;
  const double              step = 1e-5;
  const gsize               size = c->h * c->w * 3;
  g_autoptr (DifContext)    context = dif_context_new (2, NULL);
  g_autoptr (DifClassifier) classifier = open_net (&tiny_classifier);
  g_autoptr (GArray)        tensors = tiny_classifier_tensors (&tiny_classifier);
  g_autoptr (DifTensor)     x = test_random (context, 1, c->n, c->h, c->w, 3);
  const double              t[] = { c->t, c->t, c->t };
  g_autofree double        *exact = to_double (x);
  g_autofree double        *expected = g_new (double, x->size);
  g_autoptr (DifTensor)     g = NULL;

  if (! classifier)
    return;
  for (gsize i = 0; i < x->size; i++)
    {
      const double was = exact[i];
      double      *picture = exact + i / size * size;

      exact[i] = was + step;
      expected[i] = log_p (tensors, c, picture);
      exact[i] = was - step;
      expected[i] = (expected[i] - log_p (tensors, c, picture)) / (2.0 * step);
      exact[i] = was;
    }
  g = dif_classifier_gradient (classifier, context, x, t, &c->label);
  if (test_has_shape (g, c->n, c->h, c->w, 3))
    test_assert_near (g->data, expected, g->size, 2e-5);
}

/* A step along the gradient raises the probability by what the gradient says. */
static void
test_rises (void)
{
  const double              t[] = { 250.0 };
  const DifLabelMix         label = DIF_ONE_LABEL (2);
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifClassifier) classifier = open_net (&tiny_classifier);
  g_autoptr (DifTensor)     x = test_random (context, 3, 1, 16, 16, 3);
  g_autoptr (DifTensor)     before = dif_classifier_forward (classifier, context, x, t);
  g_autoptr (DifTensor)     g = dif_classifier_gradient (classifier, context, x, t, &label);
  g_autoptr (DifTensor)     after = NULL;
  double                    squares = 0.0;

  if (! g || ! before)
    return;
  for (gsize i = 0; i < g->size; i++)
    squares += (double) g->data[i] * g->data[i];
  for (gsize i = 0; i < g->size; i++)
    x->data[i] += (float) (0.01 / squares * g->data[i]);
  after = dif_classifier_forward (classifier, context, x, t);
  g_assert_cmpfloat (squares, >, 0.0);
  g_assert_cmpfloat_with_epsilon (after->data[2] - before->data[2], 0.01, 1e-3);
}

static DifTensor *
gradient_op (DifContext *context, gconstpointer data)
{
  const double          t[] = { 100.0, 600.0 };
  const DifLabelMix     label = DIF_ONE_LABEL (1);
  g_autoptr (DifTensor) x = test_random (context, 1, 2, 65, 47, 3);

  return dif_classifier_gradient (data, context, x, t, &label);
}

static DifTensor *
forward_op (DifContext *context, gconstpointer data)
{
  const double          t[] = { 100.0, 600.0 };
  g_autoptr (DifTensor) x = test_random (context, 1, 2, 65, 47, 3);

  return dif_classifier_forward (data, context, x, t);
}

static void
test_threads (void)
{
  TinyClassifier            net = tiny_classifier;
  g_autoptr (DifClassifier) classifier = NULL;

  net.channels[0] = 24;
  net.channels[1] = 33;
  net.channels[2] = 48;
  classifier = open_net (&net);
  test_same_over_threads (gradient_op, classifier);
  test_same_over_threads (forward_op, classifier);
}

static void
test_failure (void)
{
  const double              t[] = { 100.0 };
  const DifLabelMix         label = DIF_ONE_LABEL (1);
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifClassifier) classifier = open_net (&tiny_classifier);
  DifTensor                *x = test_random (context, 1, 1, 8, 8, 3);
  DifAllocatorStats         stats;

  g_assert_null (dif_classifier_forward (classifier, context, NULL, t));
  g_assert_null (dif_classifier_gradient (classifier, context, NULL, t, &label));
  dif_context_fail (context, g_error_new_literal (DIF_ERROR, DIF_ERROR_NOMEM, "no"));
  g_assert_null (dif_classifier_forward (classifier, context, x, t));
  g_assert_null (dif_classifier_gradient (classifier, context, x, t, &label));
  test_assert_failed (context, DIF_ERROR_NOMEM);
  dif_tensor_unref (x);
  dif_allocator_get_stats (dif_context_allocator (context), &stats);
  g_assert_cmpuint (stats.in_use, ==, 0);
}

/* ---- bad folders ---- */

static void
assert_refused (const char *folder, gint code, const char *word)
{
  GError        *error = NULL;
  DifClassifier *classifier = dif_classifier_open (folder, &error);

  g_assert_null (classifier);
  dif_classifier_free (classifier);
  test_assert_error (error, code, word, NULL);
}

static void
test_bad_config (void)
{
  static const struct
  {
    const char *key;
    const char *json;
    gint        code;
  } bad[] = {
    { "_class_name", "'UNet2DModel'", DIF_ERROR_UNSUPPORTED },
    { "_class_name", NULL, DIF_ERROR_UNSUPPORTED },
    { "block_out_channels", "[]", DIF_ERROR_VALUE },
    { "block_out_channels", "[4, 0, 7]", DIF_ERROR_VALUE },
    { "block_out_channels", "'many'", DIF_ERROR_SCHEMA },
    { "block_out_channels", "[4, 4, 4, 4, 4, 4, 4, 4, 4]", DIF_ERROR_VALUE },
    { "in_channels", "0", DIF_ERROR_VALUE },
    { "in_channels", NULL, DIF_ERROR_SCHEMA },
    { "num_classes", "1", DIF_ERROR_VALUE },
    { "num_classes", "null", DIF_ERROR_SCHEMA },
    { "time_embedding_dim", "1", DIF_ERROR_VALUE },
    { "time_embedding_dim", "1e9", DIF_ERROR_SCHEMA },
    { "sample_size", "4", DIF_ERROR_VALUE },
    { "sample_size", NULL, DIF_ERROR_SCHEMA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      char *folder = test_folder_new ();

      tiny_classifier_write (&tiny_classifier, folder);
      tiny_classifier_write_config (&tiny_classifier, folder, bad[i].key, bad[i].json);
      assert_refused (folder, bad[i].code, bad[i].key);
      test_folder_free (folder);
    }
}

static void
test_bad_files (void)
{
  static const char *const names[] = { "time.1.weight", "conv.0.weight", "conv.4.bias",
                                       "shift.2.weight", "out.weight" };
  char                    *folder = test_folder_new ();

  assert_refused (folder, DIF_ERROR_MISSING, "config.json");
  tiny_classifier_write_config (&tiny_classifier, folder, NULL, NULL);
  assert_refused (folder, DIF_ERROR_MISSING, WEIGHTS);
  test_folder_write (folder, WEIGHTS, "version https://git-lfs.github.com/spec/v1\n");
  assert_refused (folder, DIF_ERROR_NOT_SAFETENSORS, WEIGHTS);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GArray) tensors = tiny_classifier_tensors (&tiny_classifier);

      g_array_remove_index (tensors, tiny_unet_find (tensors, names[i]));
      tiny_unet_write_tensors (tensors, folder, WEIGHTS);
      assert_refused (folder, DIF_ERROR_MISSING, names[i]);
    }
  test_folder_free (folder);
}

/* Files of one size with the configuration of another. */
static void
test_mismatch (void)
{
  static const struct
  {
    const char *key;
    const char *json;
    const char *word;
  } other[] = {
    { "in_channels", "4", "conv.0.weight" },
    { "num_classes", "6", "out.weight" },
    { "time_embedding_dim", "10", "time.0.weight" },
    { "block_out_channels", "[4, 6, 8]", "conv.3.weight" },
    { "block_out_channels", "[4, 6]", "out.weight" },
    { "block_out_channels", "[4]", "out.weight" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    {
      char *folder = test_folder_new ();

      tiny_classifier_write (&tiny_classifier, folder);
      tiny_classifier_write_config (&tiny_classifier, folder, other[i].key, other[i].json);
      assert_refused (folder, DIF_ERROR_MISMATCH, other[i].word);
      test_folder_free (folder);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *forward = g_strdup_printf ("/classifier/forward/%u", i);
      g_autofree char *gradient = g_strdup_printf ("/classifier/gradient/%u", i);

      g_test_add_data_func (forward, &cases[i], test_forward);
      g_test_add_data_func (gradient, &cases[i], test_gradient);
    }
  g_test_add_func ("/classifier/rises", test_rises);
  g_test_add_func ("/classifier/threads", test_threads);
  g_test_add_func ("/classifier/failure", test_failure);
  g_test_add_func ("/classifier/bad-config", test_bad_config);
  g_test_add_func ("/classifier/bad-files", test_bad_files);
  g_test_add_func ("/classifier/mismatch", test_mismatch);
  return g_test_run ();
}
