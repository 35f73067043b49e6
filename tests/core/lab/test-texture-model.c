/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Networks of experiments: learned, saved, opened, and nothing left of it. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/lab/texture-model.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/training.h"

#define SIDE 24

static char *folder; /* for temporary ones */

static char *
config (void)
{
  g_autofree char *path = test_training_config (folder, "of-network.json", 3);
  char            *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* Only what config() has written. */
static void
check_left (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (dir)))
    g_assert_cmpstr (name, ==, "of-network.json");
}

static DifCheckpoint *
learned (DifContext *context, const char *objective)
{
  g_autofree char       *text = config ();
  DifTrainSettings       settings = test_training_settings (3);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 2, SIDE);

  settings.objective = objective;
  return dif_texture_model_new (context, text, &settings, dataset);
}

/* The process is that of what was learned from; pictures do not depend on threads. */
static void
test_whole_way (void)
{
  const char *const rows[][3] = { { "simple", "discrete", "ddim" },
                                  { "ncsn", "ve", "ddim" },
                                  { "fd-ssm", "ve", "langevin" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      DifImage *made[2];

      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (DifContext)    context = dif_context_new (k + 1, NULL);
          g_autoptr (DifCheckpoint) model = learned (context, rows[i][0]);

          check_left ();
          g_assert_nonnull (model);
          g_assert_cmpstr (model->process->kind->id, ==, rows[i][1]);
          made[k] = dif_texture_model_make (context, model, rows[i][2], 5, SIDE, 3);
          g_assert_true (dif_context_ok (context));
        }
      g_assert_cmpmem (made[0]->pixels, 3 * SIDE * SIDE * sizeof (float), made[1]->pixels,
                       3 * SIDE * SIDE * sizeof (float));
      dif_image_free (made[0]);
      dif_image_free (made[1]);
    }
}

/* Neither cancelled nor asked to finish does it leave a network or a folder. */
static void
test_ended (void)
{
  void (*const ways[]) (DifProgress *) = { dif_progress_cancel, dif_progress_finish };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
      g_autoptr (DifContext)  context = dif_context_new (1, progress);

      ways[i](progress);
      g_assert_null (learned (context, "simple"));
      test_assert_failed (context, DIF_ERROR_CANCELLED);
      check_left ();
    }
}

static void
test_errors (void)
{
  g_autoptr (DifContext)    context = dif_context_new (1, NULL);
  g_autoptr (DifCheckpoint) model = learned (context, "simple");

  g_assert_null (dif_texture_model_make (context, model, "nonsense", 5, SIDE, 3));
  test_assert_failed (context, DIF_ERROR_REQUEST);
}

static void
test_dataset (void)
{
  g_autoptr (DifImage)   image = dif_image_new (2, 1, NULL);
  const float            pixels[] = { -1.0f, 0.0f, 0.2f, 0.502f, 1.0f, 3.0f };
  const guint8           bytes[] = { 0, 0, 51, 128, 255, 255 };
  const DifImage *const  images[] = { image };
  g_autoptr (DifDataset) dataset = NULL, expected = dif_dataset_new ();
  g_autofree char       *digest = NULL, *other = NULL;

  memcpy (image->pixels, pixels, sizeof pixels);
  dataset = dif_texture_dataset_new (images, 1, NULL);
  g_assert_true (dif_dataset_add (expected, &(DifTrainPicture) { 2, 1, bytes, NULL, NULL }, NULL));
  digest = dif_dataset_digest (dataset);
  other = dif_dataset_digest (expected);
  g_assert_cmpstr (digest, ==, other);
}

int
main (int argc, char **argv)
{
  int result;

  folder = test_folder_new ();
  g_setenv ("TMPDIR", folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/texture-model/whole-way", test_whole_way);
  g_test_add_func ("/texture-model/ended", test_ended);
  g_test_add_func ("/texture-model/errors", test_errors);
  g_test_add_func ("/texture-model/dataset", test_dataset);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
