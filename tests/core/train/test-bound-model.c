/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bound of networks in folders: what they are told, and which variance is theirs. */

#include <math.h>

#include "core/base/error.h"
#include "core/train/bound-model.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define SIZE 16

static DifDataset *
pictures (const char *label)
{
  DifDataset           *dataset = dif_dataset_new ();
  guint8                bytes[SIZE * SIZE * 3];
  const DifTrainPicture picture = { SIZE, SIZE, bytes, NULL, label };

  for (guint k = 0; k < 3; k++)
    {
      for (guint i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8) (96 + (i * (37 + k) + i / 7 * 11) % 64);
      g_assert_true (dif_dataset_add (dataset, &picture, NULL));
    }
  return dataset;
}

static DifCheckpoint *
opened (const TinyUNet *net, const char *scheduler, const char *labels)
{
  char          *folder = test_checkpoint_new (net, scheduler, labels);
  GError        *error = NULL;
  DifCheckpoint *checkpoint = dif_checkpoint_open (folder, 0, &error);

  g_assert_no_error (error);
  test_folder_free (folder);
  return checkpoint;
}

static double
bound (const DifCheckpoint *checkpoint, const char *label, int variance)
{
  g_autoptr (DifDataset) dataset = pictures (label);
  DifBoundOptions        options;
  GError                *error = NULL;
  g_auto (DifBoundFigures) figures = { 0 };

  dif_bound_options_init (&options, checkpoint);
  options.draws = 0;
  options.size = SIZE;
  if (variance >= 0)
    options.variance = (DifVariance) variance;
  g_assert_true (dif_bound_model (checkpoint, dataset, &options, 1, NULL, &figures, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (figures.n_pictures, ==, 3);
  return figures.total.mean;
}

static void
refuses (const DifCheckpoint *checkpoint, const char *label, guint size, gint code)
{
  g_autoptr (DifDataset) dataset = label ? pictures (*label ? label : NULL) : dif_dataset_new ();
  DifBoundOptions        options;
  GError                *error = NULL;
  DifBoundFigures        figures = { 0 };

  dif_bound_options_init (&options, checkpoint);
  options.size = size;
  g_assert_false (dif_bound_model (checkpoint, dataset, &options, 1, NULL, &figures, &error));
  test_assert_error (error, code, NULL);
}

#define SCHEDULER "'_class_name': 'DDPMScheduler', 'num_train_timesteps': 20, 'beta_end': 0.4"

/* A network with twice the channels has a variance of its own; the others that of their file. */
static void
test_variance (void)
{
  TinyUNet                  net = tiny_unet;
  g_autoptr (DifCheckpoint) small = opened (&net, "{" SCHEDULER "}", NULL);
  g_autoptr (DifCheckpoint) large =
      opened (&net, "{" SCHEDULER ", 'variance_type': 'fixed_large'}", NULL);
  g_autoptr (DifCheckpoint) learned = NULL;

  net.out_channels = 2 * net.out_channels;
  learned = opened (&net, "{" SCHEDULER "}", NULL);
  g_assert_cmpfloat (bound (small, NULL, -1), ==, bound (large, NULL, DIF_VARIANCE_FIXED_SMALL));
  g_assert_cmpfloat (bound (small, NULL, DIF_VARIANCE_FIXED_LARGE), ==, bound (large, NULL, -1));
  g_assert_cmpfloat (bound (small, NULL, -1), !=, bound (large, NULL, -1));
  g_assert_false (dif_checkpoint_learns_variance (small));
  g_assert_true (dif_checkpoint_learns_variance (learned));
  g_assert_cmpfloat (bound (learned, NULL, -1), ==,
                     bound (learned, NULL, DIF_VARIANCE_LEARNED_RANGE));
  for (DifVariance v = DIF_VARIANCE_FIXED_SMALL; v <= DIF_VARIANCE_FIXED_LARGE; v++)
    {
      g_assert_true (isfinite (bound (learned, NULL, (int) v)));
      g_assert_cmpfloat (bound (learned, NULL, (int) v), !=, bound (learned, NULL, -1));
    }
}

/* Pictures' labels are told where the network has them; a network that must have one, and gets
 * none, is refused. */
static void
test_labels (void)
{
  TinyUNet                  net = tiny_unet;
  g_autoptr (DifCheckpoint) named = NULL;
  g_autoptr (DifCheckpoint) nameless = NULL;
  g_autoptr (DifDataset)    moss = pictures ("moss");

  net.n_classes = 3;
  named = opened (&net, "{" SCHEDULER "}", "{'null': 0, 'labels': {'1': 'moss', '2': 'bark'}}");
  nameless = opened (&net, "{" SCHEDULER "}", NULL);
  g_assert_cmpuint (dif_bound_known_labels (named, moss), ==, 1);
  g_assert_cmpuint (dif_bound_known_labels (nameless, moss), ==, 0);
  g_assert_cmpfloat (bound (named, "moss", -1), !=, bound (named, NULL, -1));
  g_assert_cmpfloat (bound (named, "moss", -1), !=, bound (named, "bark", -1));
  g_assert_cmpfloat (bound (named, "Moss", -1), ==, bound (nameless, "1", -1));
  g_assert_cmpfloat (bound (named, "lichen", -1), ==, bound (named, NULL, -1));
  refuses (nameless, "lichen", SIZE, DIF_ERROR_REQUEST);
  refuses (nameless, "", SIZE, DIF_ERROR_REQUEST);
}

static void
test_errors (void)
{
  TinyUNet                  net = tiny_unet;
  g_autoptr (DifCheckpoint) whole = opened (&net, "{" SCHEDULER "}", NULL);
  g_autoptr (DifCheckpoint) bare = opened (&net, NULL, NULL);
  g_autoptr (DifCheckpoint) wide = NULL;

  net.out_channels = 5;
  wide = opened (&net, "{" SCHEDULER "}", NULL);
  refuses (whole, "moss", SIZE + 1, DIF_ERROR_REQUEST);
  refuses (whole, "moss", 2 * SIZE, DIF_ERROR_REQUEST); /* larger than the pictures */
  refuses (whole, "moss", 0, DIF_ERROR_REQUEST);
  refuses (whole, NULL, SIZE, DIF_ERROR_REQUEST);
  refuses (bare, "moss", SIZE, DIF_ERROR_MISSING);
  refuses (wide, "moss", SIZE, DIF_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/bound-model/variance", test_variance);
  g_test_add_func ("/bound-model/labels", test_labels);
  g_test_add_func ("/bound-model/errors", test_errors);
  return g_test_run ();
}
