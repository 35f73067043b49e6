/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The whole way with each objective: a network begins anew, is saved, opened, makes pictures, and
 * learns on. */

#include <math.h>

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/checkpoint/checkpoint.h"
#include "core/pipeline/run.h"
#include "core/settings/task.h"
#include "core/train/objective.h"
#include "core/train/trainer-parts.h"
#include "core/train/trainer.h"
#include "tests/core/support/folder.h"

#define SIDE 40
#define SIZE 16

static char *folder;

/* Blobs of one color on another. */
static DifDataset *
blobs (void)
{
  static const guint8 colors[][3] = { { 200, 120, 40 }, { 70, 90, 130 } };
  DifDataset         *dataset = dif_dataset_new ();
  guint8              pixels[3 * SIDE * SIDE];

  for (gsize i = 0; i < SIDE * SIDE; i++)
    {
      const double x = (double) (i % SIDE), y = (double) i / SIDE;
      const double wave = sin (0.9 * x + sin (0.5 * y)) + cos (0.7 * y + 0.3 * x);

      for (guint k = 0; k < 3; k++)
        pixels[3 * i + k] = colors[wave > 0.0][k];
    }
  g_assert_true (
      dif_dataset_add (dataset, &(const DifTrainPicture) { SIDE, SIDE, pixels, NULL, NULL }, NULL));
  return dataset;
}

static char *
write_config_of (guint outputs)
{
  g_autofree char *text = g_strdup_printf (
      "{'_class_name': 'UNet2DModel', 'in_channels': 3, 'out_channels': %u, 'sample_size': 16, "
      "'add_attention': false, 'block_out_channels': [16, 16], 'down_block_types': ['DownBlock2D', "
      "'DownBlock2D'], 'up_block_types': ['UpBlock2D', 'UpBlock2D'], 'layers_per_block': 1, "
      "'norm_num_groups': 4}",
      outputs);

  test_folder_write (folder, "config.json", text);
  return g_build_filename (folder, "config.json", NULL);
}

static char *
write_config (void)
{
  return write_config_of (3);
}

static DifTrainSettings
settings_for (const char *objective, guint n_steps)
{
  DifTrainSettings settings;

  dif_train_settings_init (&settings);
  settings.objective = objective;
  settings.n_steps = n_steps;
  settings.batch = 4;
  settings.warmup = 3;
  settings.learning_rate = 2e-3;
  settings.average = 0.9;
  settings.seed = 7;
  return settings;
}

static void
train (DifTrainer *trainer, const char *to, double *first, double *last)
{
  guint64 n = 0;

  *first = *last = 0.0;
  while (! dif_trainer_done (trainer))
    {
      GError        *error = NULL;
      DifTrainReport report;

      g_assert_true (dif_trainer_step (trainer, &error));
      g_assert_no_error (error);
      dif_trainer_report (trainer, &report);
      if (n < report.n_steps / 5)
        *first += report.loss / (double) (report.n_steps / 5);
      if (n >= report.n_steps - report.n_steps / 5)
        *last += report.loss / (double) (report.n_steps / 5);
      n++;
    }
  g_assert_true (dif_trainer_save (trainer, to, NULL));
}

/* Each noise level that examples are drawn from is one of the process that is saved; between its
 * whole timesteps about, since these are looked for in the logarithm. */
static void
check_levels (const DifTrainer *trainer, const DifProcess *saved)
{
  const double off = trainer->objective->process && saved->kind->has_steps ? 0.02 : 1e-9;

  for (double u = 0.0; u < 1.0; u += 1.0 / 64.0)
    {
      const DifStep drawn = dif_objective_draw (trainer->objective, &trainer->args, u);
      const DifStep step = dif_process_step (saved, drawn.t);

      g_assert_cmpfloat_with_epsilon (drawn.alpha, step.alpha, off);
      g_assert_cmpfloat_with_epsilon (drawn.sigma, step.sigma, off * step.sigma);
      g_assert_cmpfloat (drawn.sigma / drawn.alpha, >=,
                         dif_process_ratio (saved, 0.0) * (1.0 - 1e-9));
      if (! saved->kind->has_steps)
        g_assert_cmpfloat (drawn.sigma / drawn.alpha, <=,
                           dif_process_ratio (saved, 1.0) * (1.0 + 1e-9));
    }
}

/* Generates, reimagines and inpaints. */
static DifResult *
make (const DifCheckpoint *checkpoint, DifTask task, guint size, guint steps)
{
  g_autofree float *pixels = g_new (float, 3 * size * size);
  g_autofree float *mask = g_new0 (float, size *size);
  g_auto (DifRequest) request = { 0 };
  GError    *error = NULL;
  DifResult *result;

  for (gsize i = 0; i < 3 * size * size; i++)
    pixels[i] = 0.3f + 0.2f * (float) (i / 3 % 5 > 2);
  for (gsize i = 0; i < size * size; i++)
    mask[i] = i % size > size / 3 && i % size < size / 2 ? 1.0f : 0.0f;
  dif_request_init (&request, task);
  request.width = request.height = size;
  request.steps = steps;
  request.threads = 2;
  request.pixels = dif_task_row (task)->reads_pixels ? pixels : NULL;
  request.mask = dif_task_row (task)->reads_pixels ? mask : NULL;
  result = dif_run_checkpoint (checkpoint, &request, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result);
  for (gsize i = 0; result && i < 3 * size * size; i++)
    g_assert_true (isfinite (result->pixels[i]));
  return result;
}

static void
check_model (const char *path, const DifTrainer *trainer)
{
  GError                   *error = NULL;
  g_autoptr (DifCheckpoint) checkpoint = dif_checkpoint_open (path, 0, &error);
  const DifTask             tasks[] = { DIF_TASK_GENERATE, DIF_TASK_REIMAGINE, DIF_TASK_INPAINT };

  g_assert_no_error (error);
  g_assert_nonnull (checkpoint);
  if (! checkpoint)
    return;
  check_levels (trainer, checkpoint->process);
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    dif_result_free (make (checkpoint, tasks[i], 24, 4));
}

static void
test_whole_way (gconstpointer data)
{
  const DifObjective    *row = data;
  const DifTrainSettings settings = settings_for (row->id, 10);
  g_autofree char       *config = write_config ();
  g_autofree char       *first = g_build_filename (folder, row->id, "first", NULL);
  g_autofree char       *second = g_build_filename (folder, row->id, "second", NULL);
  g_autoptr (DifDataset) dataset = blobs ();
  g_autoptr (DifTrainer) trainer = NULL, on = NULL;
  GError                *error = NULL;
  double                 begin, end;

  trainer = dif_trainer_new (config, &settings, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (trainer);
  if (! trainer)
    return;
  train (trainer, first, &begin, &end);
  check_model (first, trainer);
  on = dif_trainer_new_from (first, &settings, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (on);
  if (! on)
    return;
  train (on, second, &begin, &end);
  check_model (second, on);
}

/* Mean and deviation of each channel, 0 to 1. */
static void
measure (const float *pixels, gsize n, double *mean, double *deviation)
{
  for (guint k = 0; k < 3; k++)
    {
      double sum = 0.0, squares = 0.0;

      for (gsize i = 0; i < n; i++)
        sum += pixels[3 * i + k] / (double) n;
      for (gsize i = 0; i < n; i++)
        squares += pow (pixels[3 * i + k] - sum, 2.0) / (double) n;
      mean[k] = sum;
      deviation[k] = sqrt (squares);
    }
}

/* A ladder is learned, and what is made from it has the pictures' colors and contrast. */
static void
test_ladder (void)
{
  static const double       means[] = { 135.0 / 255.0, 105.0 / 255.0, 85.0 / 255.0 };
  static const double       deviations[] = { 65.0 / 255.0, 15.0 / 255.0, 45.0 / 255.0 };
  DifTrainSettings          settings = settings_for ("ncsn", 600);
  g_autofree char          *config = write_config ();
  g_autofree char          *path = g_build_filename (folder, "ladder", NULL);
  g_autoptr (DifDataset)    dataset = blobs ();
  g_autoptr (DifTrainer)    trainer = dif_trainer_new (config, &settings, dataset, 2, NULL, NULL);
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  g_autoptr (DifResult)     result = NULL;
  double                    first, last, mean[3], deviation[3];
  gsize                     ends = 0;

  g_assert_nonnull (trainer);
  train (trainer, path, &first, &last);
  g_test_message ("loss %g to %g", first, last);
  g_assert_cmpfloat (last, <, 0.5 * first);
  checkpoint = dif_checkpoint_open (path, 0, NULL);
  g_assert_cmpstr (checkpoint->process->kind->id, ==, "ve");
  result = make (checkpoint, DIF_TASK_GENERATE, 64, 20);
  measure (result->pixels, 64 * 64, mean, deviation);
  for (guint k = 0; k < 3; k++)
    {
      g_test_message ("channel %u: mean %.3f of %.3f, deviation %.3f of %.3f", k, mean[k], means[k],
                      deviation[k], deviations[k]);
      g_assert_cmpfloat_with_epsilon (mean[k], means[k], 0.1);
      g_assert_cmpfloat (deviation[k], >, 0.4 * deviations[k]);
      g_assert_cmpfloat (deviation[k], <, 2.0 * deviations[k] + 0.03);
    }
  for (gsize i = 0; i < 3 * 64 * 64; i++)
    ends += result->pixels[i] < 0.002f || result->pixels[i] > 0.998f;
  g_assert_cmpuint (ends, <, 3 * 64 * 64 / 20);
}

/* A network of steps learns at the ladder's levels, and stays what it is; beyond its own levels
 * there is nothing to learn. */
static void
test_bridge (void)
{
  const DifTrainSettings    simple = settings_for ("simple", 10);
  DifTrainSettings          ncsn = settings_for ("ncsn", 10);
  g_autofree char          *config = write_config ();
  g_autofree char          *path = g_build_filename (folder, "steps", NULL);
  g_autofree char          *to = g_build_filename (folder, "steps-on", NULL);
  g_autoptr (DifDataset)    dataset = blobs ();
  g_autoptr (DifTrainer)    trainer = dif_trainer_new (config, &simple, dataset, 2, NULL, NULL);
  g_autoptr (DifTrainer)    on = NULL;
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  GError                   *error = NULL;
  double                    first, last;

  train (trainer, path, &first, &last);
  on = dif_trainer_new_from (path, &ncsn, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  train (on, to, &first, &last);
  check_model (to, on);
  checkpoint = dif_checkpoint_open (to, 0, NULL);
  g_assert_cmpstr (checkpoint->process->kind->id, ==, "discrete");
  ncsn.ladder.sigma_min = 1e-4;
  g_assert_null (dif_trainer_new_from (path, &ncsn, dataset, 2, NULL, &error));
  g_assert_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED);
  g_clear_error (&error);
}

/* Levels that are asked for are those that are saved; a single one for what learns at one. */
static void
test_asked_for (void)
{
  DifTrainSettings       settings = settings_for ("ncsn", 2);
  g_autofree char       *config = write_config ();
  g_autoptr (DifDataset) dataset = blobs ();
  g_autoptr (DifTrainer) trainer = NULL, refused = NULL;
  GError                *error = NULL;

  settings.ladder = (DifLadder) { 0.02, 9.0, 12 };
  trainer = dif_trainer_new (config, &settings, dataset, 1, NULL, NULL);
  g_assert_nonnull (trainer);
  g_assert_cmpfloat (dif_process_ratio (trainer->process, 0.0), ==, 0.02);
  g_assert_cmpfloat_with_epsilon (dif_process_ratio (trainer->process, 1.0), 9.0, 1e-12);
  g_assert_cmpuint (trainer->process->n_train_steps, ==, 12);
  settings.ladder.sigma_max = 0.01;
  refused = dif_trainer_new (config, &settings, dataset, 1, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_clear_error (&error);
  settings.ladder = (DifLadder) { 0.02, 9.0, 1 };
  refused = dif_trainer_new (config, &settings, dataset, 1, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_clear_error (&error);
  settings = settings_for ("dsm", 2);
  settings.ladder = (DifLadder) { 2.0, 1.0, 0 };
  refused = dif_trainer_new (config, &settings, dataset, 1, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_clear_error (&error);
  settings = settings_for ("simple", 2);
  settings.ladder.sigma_max = 9.0;
  refused = dif_trainer_new (config, &settings, dataset, 1, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, DIF_ERROR, DIF_ERROR_REQUEST);
  g_clear_error (&error);
}

/* What a network of one level makes by now has the pictures' colors, not the noise it began with;
 * its level is no ladder for what learns one. */
static void
test_one_level (void)
{
  const gsize            n = 3 * SIZE * SIZE;
  const DifTrainSettings dsm = settings_for ("dsm", 100), ncsn = settings_for ("ncsn", 2);
  g_autofree char       *config = write_config ();
  g_autofree char       *path = g_build_filename (folder, "one-level", NULL);
  g_autofree float      *pixels = g_new (float, 2 * n);
  g_autoptr (DifDataset) dataset = blobs ();
  g_autoptr (DifTrainer) trainer = dif_trainer_new (config, &dsm, dataset, 2, NULL, NULL);
  g_autoptr (DifTrainer) on = NULL;
  GError                *error = NULL;
  double                 first, last;
  gsize                  ends = 0;

  train (trainer, path, &first, &last);
  g_assert_true (dif_trainer_samples (trainer, 2, SIZE, 4, 1, pixels, NULL));
  for (gsize i = 0; i < 2 * n; i++)
    ends += pixels[i] < 0.002f || pixels[i] > 0.998f;
  g_test_message ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " at the ends", ends, 2 * n);
  g_assert_cmpuint (ends, <, 2 * n / 20);
  on = dif_trainer_new_from (path, &ncsn, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (on);
  g_assert_false (dif_process_is_one_level (on->process));
  g_assert_cmpfloat_with_epsilon (dif_process_ratio (on->process, 0.0), 0.01, 1e-9);
}

/* Outputs that nothing has taught are not taken for a variance. */
static void
test_untaught_variance (void)
{
  const DifTrainSettings    settings = settings_for ("ncsn", 2);
  g_autofree char          *config = write_config_of (6);
  g_autofree char          *path = g_build_filename (folder, "untaught", NULL);
  g_autoptr (DifDataset)    dataset = blobs ();
  g_autoptr (DifTrainer)    trainer = dif_trainer_new (config, &settings, dataset, 1, NULL, NULL);
  g_autoptr (DifCheckpoint) checkpoint = NULL;
  double                    first, last;

  train (trainer, path, &first, &last);
  checkpoint = dif_checkpoint_open (path, 0, NULL);
  g_assert_nonnull (checkpoint);
  g_assert_false (dif_checkpoint_learns_variance (checkpoint));
}

int
main (int argc, char **argv)
{
  guint                      n;
  const DifObjective *const *rows = dif_objectives (&n);
  int                        result;

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  folder = test_folder_new ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/every-objective/%s", rows[i]->id);

      g_test_add_data_func (path, rows[i], test_whole_way);
    }
  g_test_add_func ("/ladder/learned", test_ladder);
  g_test_add_func ("/ladder/bridge", test_bridge);
  g_test_add_func ("/ladder/asked-for", test_asked_for);
  g_test_add_func ("/ladder/one-level", test_one_level);
  g_test_add_func ("/ladder/untaught-variance", test_untaught_variance);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
