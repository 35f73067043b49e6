/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Networks that learn how much noise DDPM needs: new ones, others that become some, and what
 * happens to it when something else is learned. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/info.h"
#include "core/nn/params.h"
#include "core/train/learn.h"
#include "core/train/trainer.h"
#include "tests/core/support/checkpoint.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"

#define SIDE 64

static char  *folder;
static guint8 bytes[3 * SIDE * SIDE];

static DifTrainer *
trainer_from (const char *model, const char *config, const char *objective, const guint8 *coverage,
              DifDataset **dataset, GError **error)
{
  const DifTrainPicture picture = { SIDE, SIDE, bytes, coverage, NULL };
  DifTrainSettings      settings;

  *dataset = dif_dataset_new ();
  g_assert_true (dif_dataset_add (*dataset, &picture, NULL));
  dif_train_settings_init (&settings);
  settings.n_steps = 400;
  settings.batch = 4;
  settings.warmup = 3;
  settings.learning_rate = 3e-3;
  settings.average = 0.9;
  settings.objective = objective;
  settings.cropping.size = 8;
  return config ? dif_trainer_new (config, &settings, *dataset, 1, NULL, error) :
                  dif_trainer_new_from (model, &settings, *dataset, 1, NULL, error);
}

/* Trains for so many steps and saves as folder/@name, whose path is given; the mean losses of the
 * first and the last @n_mean steps. */
static char *
train (DifTrainer *trainer, guint n, guint n_mean, double *first, double *last, const char *name)
{
  char   *path = g_build_filename (folder, name, NULL);
  GError *error = NULL;

  *first = *last = 0.0;
  for (guint k = 0; k < n; k++)
    {
      DifTrainReport report;

      g_assert_true (dif_trainer_step (trainer, &error));
      g_assert_no_error (error);
      dif_trainer_report (trainer, &report);
      *first += k < n_mean ? report.loss / n_mean : 0.0;
      *last += k + n_mean >= n ? report.loss / n_mean : 0.0;
    }
  g_assert_true (dif_trainer_save (trainer, path, &error));
  g_assert_no_error (error);
  return path;
}

static const char *
type_of (const DifCheckpoint *checkpoint)
{
  return json_string_value (json_object_get (checkpoint->scheduler, "variance_type"));
}

static char *
small_model (guint in_channels, guint out_channels, const char *type)
{
  TinyUNet         net = tiny_unet;
  g_autofree char *scheduler =
      g_strdup_printf ("{'_class_name': 'DDPMScheduler', 'variance_type': '%s'}", type);

  net.in_channels = in_channels;
  net.out_channels = out_channels;
  net.kind = "Attn";
  net.old_names = TRUE;
  return test_checkpoint_new (&net, scheduler, NULL);
}

/* The objective decides what a new network writes, and the scheduler says it. */
static void
test_new (gconstpointer in_channels)
{
  static const struct
  {
    const char *objective;
    guint       out_channels;
    const char *type;
  } kinds[] = { { "hybrid", 6, "learned_range" },
                { "vlb", 3, "fixed_small" },
                { "simple", 3, "fixed_small" } };
  g_autofree char *text = g_strdup_printf (
      "{'_class_name': 'UNet2DModel', 'in_channels': %u, 'out_channels': 3, 'inpainting': '%s', "
      "'add_attention': false, 'block_out_channels': [16, 16], 'down_block_types': ['DownBlock2D', "
      "'DownBlock2D'], 'up_block_types': ['UpBlock2D', 'UpBlock2D'], 'layers_per_block': 1, "
      "'norm_num_groups': 4}",
      GPOINTER_TO_UINT (in_channels), in_channels == GUINT_TO_POINTER (7) ? "smooth-fill" : "none");
  g_autofree char *config = g_build_filename (folder, "config.json", NULL);

  test_folder_write (folder, "config.json", text);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (DifDataset)    dataset = NULL;
      g_autoptr (DifTrainer)    trainer = NULL;
      g_autoptr (DifCheckpoint) saved = NULL;
      g_autofree char          *path = NULL;
      double                    first, last;
      float                     pixels[3 * 16 * 16];
      GError                   *error = NULL;

      trainer = trainer_from (NULL, config, kinds[i].objective, NULL, &dataset, &error);
      g_assert_no_error (error);
      path = train (trainer, i == 0 ? 240 : 1, i == 0 ? 40 : 1, &first, &last, kinds[i].objective);
      g_test_message ("%s: from %g to %g", kinds[i].objective, first, last);
      if (i == 0)
        g_assert_cmpfloat (last, <, 0.7 * first);
      g_assert_true (dif_trainer_samples (trainer, 1, 16, 4, 1, pixels, NULL));
      saved = dif_checkpoint_open (path, 0, &error);
      g_assert_no_error (error);
      g_assert_true (dif_checkpoint_check (saved, &error));
      g_assert_cmpuint (dif_model_facts (saved->model)->out_channels, ==, kinds[i].out_channels);
      g_assert_cmpstr (type_of (saved), ==, kinds[i].type);
      g_assert_cmpint (dif_checkpoint_learns_variance (saved), ==, i == 0);
    }
}

static DifTensor *
forward (DifContext *context, const DifCheckpoint *checkpoint)
{
  const double          t[] = { 300.0 };
  const guint           labels[] = { 0 };
  g_autoptr (DifTensor) x =
      test_random (context, 5, 1, 16, 16, dif_model_facts (checkpoint->model)->in_channels);

  return dif_model_forward_labels (checkpoint->model, context, x, t, labels);
}

/* A network without a variance gets one: the mean is what it was, and the variance in the middle of
 * its range. */
static void
test_grown (gconstpointer in_channels)
{
  char                     *from = small_model (GPOINTER_TO_UINT (in_channels), 3, "fixed_small");
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifDataset)    dataset = NULL;
  g_autoptr (DifTrainer)    trainer = NULL;
  g_autoptr (DifCheckpoint) before = NULL, after = NULL, later = NULL;
  g_autoptr (DifTensor)     old = NULL, grown = NULL, moved = NULL;
  g_autofree char          *path = NULL, *again = NULL;
  double                    first, last, told = 0.0;
  GError                   *error = NULL;

  trainer = trainer_from (from, NULL, "hybrid", NULL, &dataset, &error);
  g_assert_no_error (error);
  path = train (trainer, 0, 1, &first, &last, "grown");
  before = dif_checkpoint_open (from, 0, NULL);
  after = dif_checkpoint_open (path, 0, NULL);
  old = forward (context, before);
  grown = forward (context, after);
  for (gsize i = 0; test_has_shape (grown, 1, 16, 16, 6) && i < grown->size; i++)
    g_assert_cmpfloat_with_epsilon (grown->data[i], i % 6 < 3 ? old->data[i / 6 * 3 + i % 6] : 0.0,
                                    1e-5);
  g_assert_cmpstr (type_of (after), ==, "learned_range");
  g_assert_cmpint (after->inpainting, ==, before->inpainting);
  again = train (trainer, 8, 1, &first, &last, "later");
  later = dif_checkpoint_open (again, 0, NULL);
  moved = forward (context, later);
  for (gsize i = 0; moved && i < moved->size; i++)
    told = MAX (told, i % 6 < 3 ? 0.0 : fabs (moved->data[i]));
  g_assert_cmpfloat (told, >, 1e-4);
  test_folder_free (from);
}

static double
apart (const DifTensor *a, const DifTensor *b, gsize first, gsize end)
{
  double most = 0.0;

  for (gsize i = first; i < end; i++)
    most = MAX (most, fabs (a->data[i] - b->data[i]));
  return most;
}

/* Whether the rows of the last layer that say the variance stay where they are, but for the
 * weights' decay, while those of the mean go on. */
static gboolean
same_rows (const char *one, const char *other)
{
  g_autoptr (DifCheckpoint) a = dif_checkpoint_open (one, DIF_CHECKPOINT_TRAINABLE, NULL);
  g_autoptr (DifCheckpoint) b = dif_checkpoint_open (other, DIF_CHECKPOINT_TRAINABLE, NULL);
  guint                     n, n_same = 0;
  const DifParam           *of_a = dif_params_list (dif_model_params (a->model), &n);
  const DifParam           *of_b = dif_params_list (dif_model_params (b->model), &n);

  for (guint i = 0; i < n; i++)
    {
      const gsize half = of_a[i].value->size / 2;

      if (! g_str_has_prefix (of_a[i].name, "conv_out."))
        continue;
      g_assert_cmpfloat (apart (of_a[i].value, of_b[i].value, 0, half), >, 1e-4);
      n_same += apart (of_a[i].value, of_b[i].value, half, 2 * half) < 2e-5;
    }
  return n_same == 2; /* weight and bias */
}

/* The bound teaches it, whatever the scheduler said before; what knows nothing of it leaves it
 * alone, and leaves what is said of it alone too. */
static void
test_goes_on (void)
{
  static const struct
  {
    const char *type, *objective, *after;
    gboolean    alone;
  } ways[] = {
    { "learned_range", "hybrid", "learned_range", FALSE },
    { "fixed_small", "hybrid", "learned_range", FALSE },
    { "learned_range", "vlb", "learned_range", FALSE },
    { "learned_range", "simple", "learned_range", TRUE },
    { "fixed_large", "simple", "fixed_large", TRUE },
    { "learned_range", "ncsn", "learned_range", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      char                     *from = small_model (3, 6, ways[i].type);
      g_autofree char          *name = g_strdup_printf ("on-%u", i);
      g_autofree char          *path = NULL;
      g_autoptr (DifDataset)    dataset = NULL;
      g_autoptr (DifTrainer)    trainer = NULL;
      g_autoptr (DifCheckpoint) saved = NULL;
      GError                   *error = NULL;
      double                    first, last;

      trainer = trainer_from (from, NULL, ways[i].objective, NULL, &dataset, &error);
      g_assert_no_error (error);
      path = train (trainer, 3, 1, &first, &last, name);
      saved = dif_checkpoint_open (path, 0, NULL);
      g_assert_cmpuint (dif_model_facts (saved->model)->out_channels, ==, 6);
      g_assert_cmpstr (type_of (saved), ==, ways[i].after);
      g_assert_cmpint (same_rows (from, path), ==, ways[i].alone);
      test_folder_free (from);
    }
}

static void
test_refused (void)
{
  char                  *unclear = small_model (3, 6, "learned");
  char                  *many = small_model (3, 9, "fixed_small");
  g_autoptr (DifDataset) one = NULL, other = NULL;
  GError                *error = NULL;

  g_assert_null (trainer_from (unclear, NULL, "hybrid", NULL, &one, &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "learned_range", NULL);
  error = NULL;
  g_assert_null (trainer_from (many, NULL, "simple", NULL, &other, &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "9", NULL);
  test_folder_free (unclear);
  test_folder_free (many);
}

/* Pixels count as much as they are covered, for the bound too. */
static void
test_coverage (gconstpointer objective)
{
  static const guint8 ways[][2] = { { 255, 255 }, { 51, 51 }, { 255, 0 }, { 0, 0 } };
  char               *from = small_model (7, 6, "learned_range");
  double              losses[4];

  for (guint i = 0; i < 4; i++)
    {
      g_autofree guint8     *coverage = g_new (guint8, SIDE * SIDE);
      g_autoptr (DifDataset) dataset = NULL;
      g_autoptr (DifTrainer) trainer = NULL;
      DifTrainReport         report;

      for (guint k = 0; k < SIDE * SIDE; k++)
        coverage[k] = ways[i][k % SIDE >= SIDE / 2];
      trainer = trainer_from (from, NULL, objective, coverage, &dataset, NULL);
      g_assert_true (dif_trainer_step (trainer, NULL));
      dif_trainer_report (trainer, &report);
      losses[i] = report.loss;
    }
  g_assert_cmpfloat_with_epsilon (losses[1], losses[0], 1e-5 * losses[0]);
  g_assert_cmpfloat (fabs (losses[2] - losses[0]), >, 1e-4 * losses[0]);
  g_assert_cmpfloat (losses[2], >, 0.0);
  g_assert_cmpfloat (losses[3], ==, 0.0);
  test_folder_free (from);
}

static void
finish (const DifProgressInfo *info, gpointer progress)
{
  if (info->step >= 20)
    dif_progress_finish (*(DifProgress **) progress);
}

/* A material that is learned with such a model is such a model, and its variance is taught too. */
static void
test_learn (void)
{
  char                    *from = small_model (7, 6, "learned_range");
  g_autofree char         *path = g_build_filename (folder, "material", NULL);
  g_autofree float        *pixels = g_new (float, 3 * SIDE * SIDE);
  DifProgress             *progress = NULL;
  g_autoptr (DifModelInfo) info = NULL;
  GError                  *error = NULL;
  DifLearning              learning;

  for (guint i = 0; i < 3 * SIDE * SIDE; i++)
    pixels[i] = (float) bytes[i] / 255.0f;
  progress = dif_progress_new (finish, &progress);
  dif_learning_init (&learning);
  learning.model = from;
  learning.folder = path;
  learning.width = learning.height = SIDE;
  learning.pixels = pixels;
  learning.threads = 1;
  g_assert_true (dif_learn (&learning, progress, &error));
  g_assert_no_error (error);
  info = dif_model_info_load (path, NULL);
  g_assert_true (info && info->learns_variance && info->inpainting);
  g_assert_false (same_rows (from, path));
  dif_progress_free (progress);
  test_folder_free (from);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  folder = test_folder_new ();
  for (guint i = 0; i < SIDE * SIDE; i++)
    memset (bytes + 3 * i, i / 4 % 2 ? 180 - (int) (i / SIDE) : 40 + (int) (i / SIDE), 3);
  g_test_add_data_func ("/trainer-variance/new/3", GUINT_TO_POINTER (3), test_new);
  g_test_add_data_func ("/trainer-variance/new/7", GUINT_TO_POINTER (7), test_new);
  g_test_add_data_func ("/trainer-variance/grown/3", GUINT_TO_POINTER (3), test_grown);
  g_test_add_data_func ("/trainer-variance/grown/7", GUINT_TO_POINTER (7), test_grown);
  g_test_add_func ("/trainer-variance/goes-on", test_goes_on);
  g_test_add_func ("/trainer-variance/refused", test_refused);
  g_test_add_data_func ("/trainer-variance/coverage/hybrid", "hybrid", test_coverage);
  g_test_add_data_func ("/trainer-variance/coverage/vlb", "vlb", test_coverage);
  g_test_add_func ("/trainer-variance/learn", test_learn);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
