/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A real network as an evaluator, and with further channels put behind those of x. */

#include "core/diffusion/network.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"

static DifModel *
open_model (void)
{
  char     *folder = test_folder_new ();
  TinyUNet  net = tiny_unet;
  DifModel *model;

  net.in_channels = 5;
  net.n_classes = 4;
  tiny_unet_write (&net, folder);
  model = dif_model_open (folder, FALSE, NULL);
  test_folder_free (folder);
  g_assert_nonnull (model);
  return model;
}

static void
assert_same (const DifTensor *a, const DifTensor *b)
{
  g_assert_true (a && b);
  if (a && b)
    g_assert_cmpmem (a->data, a->size * sizeof (float), b->data, b->size * sizeof (float));
}

static void
test_network (void)
{
  g_autoptr (DifModel)     model = open_model ();
  g_autoptr (DifContext)   context = dif_context_new (2, NULL);
  g_autoptr (DifTensor)    x = test_random (context, 1, 2, 6, 4, 5);
  g_autoptr (DifCondition) three = dif_condition_new_label (3);
  g_autoptr (DifEvaluator) evaluator = dif_network_new (model, &three, 1);
  g_autoptr (DifTensor)    y = dif_evaluate (evaluator, context, x, 321.0);
  g_autoptr (DifTensor)    expected = dif_model_forward_labels (
      model, context, x, (const double[]) { 321.0, 321.0 }, (const guint[]) { 3, 3 });

  test_has_shape (y, 2, 6, 4, 3);
  assert_same (y, expected);
  g_assert_null (dif_evaluate (evaluator, context, NULL, 321.0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/network/plain", test_network);
  return g_test_run ();
}
