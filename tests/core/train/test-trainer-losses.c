/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Small networks learn by whatever there is, go on where they were, and heed how pixels count. */

#include <math.h>
#include <string.h>

#include "core/train/trainer.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/training.h"

#define SIZE TEST_TRAINING_SIZE

static char *folder;

/* What is learned from, and by a network with how many channels. */
typedef struct
{
  const char *path;
  const char *objective;
  guint       channels;
} Course;

static const Course courses[] = {
  { "3", "simple", 3 },
  { "7", "simple", 7 },
  { "fd-ssm/3", "fd-ssm", 3 },
  { "fd-ssm/7", "fd-ssm", 7 },
};

/* A network's config.json, in a process with a noise level for objectives of one. */
static char *
course_config (const Course *course)
{
  if (g_str_equal (course->objective, "simple"))
    return test_training_config (folder, "course.json", course->channels);
  test_folder_write (folder, "level/scheduler/scheduler_config.json",
                     "{'_class_name': 'ScoreSdeVeScheduler', 'sigma_min': 0.3, 'sigma_max': 0.3}");
  return test_training_config (folder, "level/unet/config.json", course->channels);
}

static double
mean (const double *x, guint n)
{
  double sum = 0.0;

  for (guint i = 0; i < n; i++)
    sum += x[i] / n;
  return sum;
}

static void
test_learns (void)
{
  g_autofree char       *config = test_training_config (folder, "plain.json", 3);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 4, SIZE);
  g_autoptr (DifTrainer) trainer = test_trainer_new ("simple", config, dataset, 240, 2);
  double                 losses[240];
  float                  pixels[2 * SIZE * SIZE * 3];

  test_training_steps (trainer, 240, losses);
  g_test_message ("from %g to %g", mean (losses, 20), mean (losses + 200, 40));
  g_assert_cmpfloat (mean (losses + 200, 40), <, 0.5 * mean (losses, 20));
  g_assert_true (dif_trainer_done (trainer));
  g_assert_true (dif_trainer_samples (trainer, 2, SIZE, 4, 1, pixels, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    g_assert_true (pixels[i] >= 0.0f && pixels[i] <= 1.0f);
  g_assert_cmpint (memcmp (pixels, pixels + SIZE * SIZE * 3, sizeof pixels / 2), !=, 0);
}

/* Two views of each picture tell what its noise is: who sees all of it has a loss of -1. */
static void
test_learns_from_views (void)
{
  g_autofree char       *config = course_config (&courses[2]);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 4, SIZE);
  g_autoptr (DifTrainer) trainer = test_trainer_new ("fd-ssm", config, dataset, 240, 2);
  double                 losses[240];

  test_training_steps (trainer, 240, losses);
  g_test_message ("from %g to %g", mean (losses, 20), mean (losses + 200, 40));
  g_assert_cmpfloat (1.0 + mean (losses + 200, 40), <, 0.5 * (1.0 + mean (losses, 20)));
}

static char *
contents (const char *path, gsize *size)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  return bytes;
}

/* Interrupted, looked at and taken up again with other threads: the same losses and the same
 * weights. */
static void
test_resume (gconstpointer data)
{
  const Course          *course = data;
  const char *const      labels[] = { "b", "a", "b" };
  g_autofree char       *config = course_config (course);
  g_autofree char       *state = g_build_filename (folder, "state", NULL);
  g_autofree char       *end = g_build_filename (folder, "end", NULL);
  g_autoptr (DifDataset) dataset = test_stripes (labels, 3, 2 * SIZE);
  g_autoptr (DifTrainer) whole = test_trainer_new (course->objective, config, dataset, 9, 1);
  g_autoptr (DifTrainer) first = NULL;
  g_autoptr (DifTrainer) second = NULL;
  g_autofree char       *whole_bytes = NULL, *second_bytes = NULL;
  double                 expected[9], losses[9];
  float                  pixels[SIZE * SIZE * 3];
  gsize                  whole_size, second_size;
  GError                *error = NULL;

  test_training_steps (whole, 9, expected);
  g_assert_true (dif_trainer_save (whole, end, NULL));
  g_free (g_steal_pointer (&end));
  end = g_build_filename (folder, "end", "unet", "diffusion_pytorch_model.safetensors", NULL);
  whole_bytes = contents (end, &whole_size);
  first = test_trainer_new (course->objective, config, dataset, 9, 3);
  test_training_steps (first, 4, losses);
  g_assert_true (dif_trainer_save_state (first, state, NULL));
  g_assert_true (dif_trainer_samples (first, 1, SIZE, 2, 1, pixels, NULL));
  test_training_steps (first, 1, losses + 4);
  g_assert_cmpmem (losses, 5 * sizeof (double), expected, 5 * sizeof (double));
  second = dif_trainer_resume (state, NULL, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  test_training_steps (second, 5, losses + 4);
  g_assert_cmpmem (losses, sizeof losses, expected, sizeof expected);
  g_assert_true (dif_trainer_done (second));
  g_free (g_steal_pointer (&end));
  end = g_build_filename (folder, "end", NULL);
  g_assert_true (dif_trainer_save (second, end, NULL));
  g_free (g_steal_pointer (&end));
  end = g_build_filename (folder, "end", "unet", "diffusion_pytorch_model.safetensors", NULL);
  second_bytes = contents (end, &second_size);
  g_assert_cmpmem (whole_bytes, whole_size, second_bytes, second_size);
}

/* One picture, of which one half is covered by so much and the other by so much. */
static void
losses_of (const Course *course, guint8 left, guint8 right, gboolean any, double *losses)
{
  g_autofree char       *config = course_config (course);
  g_autoptr (DifDataset) dataset = dif_dataset_new ();
  g_autoptr (DifTrainer) trainer = NULL;
  guint8                 pixels[3 * SIZE * SIZE], coverage[SIZE * SIZE];
  const DifTrainPicture  picture = { SIZE, SIZE, pixels, any ? coverage : NULL, NULL };

  for (guint i = 0; i < SIZE * SIZE; i++)
    {
      memset (pixels + 3 * i, (int) (37 * i % 251), 3);
      coverage[i] = i % SIZE < SIZE / 2 ? left : right;
    }
  g_assert_true (dif_dataset_add (dataset, &picture, NULL));
  trainer = test_trainer_new (course->objective, config, dataset, 10, 1);
  test_training_steps (trainer, 3, losses);
}

/* Pixels count as much as they are covered: where none is known, a loss is the mean of its pixels'.
 */
static void
test_coverage (gconstpointer data)
{
  const Course *course = data;
  double        plain[3], full[3], even[3], left[3], right[3], mixed[3], none[3];

  losses_of (course, 255, 255, FALSE, plain);
  losses_of (course, 255, 255, TRUE, full);
  losses_of (course, 51, 51, TRUE, even);
  losses_of (course, 255, 0, TRUE, left);
  losses_of (course, 0, 255, TRUE, right);
  losses_of (course, 255, 51, TRUE, mixed);
  losses_of (course, 0, 0, TRUE, none);
  for (guint k = 0; k < 3; k++)
    {
      g_assert_cmpfloat_with_epsilon (full[k], plain[k], 1e-5);
      g_assert_cmpfloat_with_epsilon (even[k], plain[k], 1e-5);
      g_assert_cmpfloat (fabs (left[k] - plain[k]), >, 1e-3);
      g_assert_cmpfloat (fabs (left[k]), >, 1e-4);
      g_assert_cmpfloat (none[k], ==, 0.0);
    }
  if (course->channels == 3) /* the other knows pixels that count less */
    g_assert_cmpfloat_with_epsilon (mixed[0], (5.0 * left[0] + right[0]) / 6.0,
                                    1e-5 * fabs (mixed[0]));
}

static void
add_courses (const char *path, GTestDataFunc test)
{
  for (guint i = 0; i < G_N_ELEMENTS (courses); i++)
    {
      g_autofree char *whole = g_strconcat (path, courses[i].path, NULL);

      g_test_add_data_func (whole, &courses[i], test);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  g_test_add_func ("/trainer/learns", test_learns);
  g_test_add_func ("/trainer/learns/views", test_learns_from_views);
  add_courses ("/trainer/resume/", test_resume);
  add_courses ("/trainer/coverage/", test_coverage);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
