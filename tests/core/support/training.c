/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/support/training.h"

#include "tests/core/support/folder.h"

DifDataset *
test_stripes (const char *const *labels, guint n, guint size)
{
  DifDataset *dataset = dif_dataset_new ();

  for (guint k = 0; k < n; k++)
    {
      g_autofree guint8    *pixels = g_new (guint8, 3 * size * size);
      const DifTrainPicture picture = { size, size, pixels, NULL, labels ? labels[k] : NULL };

      for (guint i = 0; i < 3 * size * size; i++)
        pixels[i] = (guint8) ((i / 3 % size / 4 + k) % 2 ? 200 - 20 * k : 30 + 30 * k);
      g_assert_true (dif_dataset_add (dataset, &picture, NULL));
    }
  return dataset;
}

char *
test_training_config (const char *folder, const char *name, guint channels)
{
  g_autofree char *text = g_strdup_printf (
      "{'_class_name': 'UNet2DModel', 'in_channels': %u, 'out_channels': 3, 'sample_size': %u, "
      "'add_attention': false, 'block_out_channels': [16, 16], 'down_block_types': ['DownBlock2D', "
      "'DownBlock2D'], 'up_block_types': ['UpBlock2D', 'UpBlock2D'], 'layers_per_block': 1, "
      "'norm_num_groups': 4, 'num_class_embeds': 1000}",
      channels, TEST_TRAINING_SIZE);

  test_folder_write (folder, name, text);
  return g_build_filename (folder, name, NULL);
}

DifTrainSettings
test_training_settings (guint n_steps)
{
  DifTrainSettings settings;

  dif_train_settings_init (&settings);
  settings.n_steps = n_steps;
  settings.batch = 4;
  settings.warmup = 3;
  settings.learning_rate = 3e-3;
  settings.average = 0.9;
  settings.seed = 7;
  return settings;
}

DifTrainer *
test_trainer_new (const char *objective, const char *config, DifDataset *dataset, guint n_steps,
                  guint n_threads)
{
  DifTrainSettings settings = test_training_settings (n_steps);
  GError          *error = NULL;
  DifTrainer      *trainer;

  settings.objective = objective;
  trainer = dif_trainer_new (config, &settings, dataset, n_threads, NULL, &error);
  g_assert_no_error (error);
  return trainer;
}

void
test_training_steps (DifTrainer *trainer, guint n, double *losses)
{
  for (guint k = 0; k < n; k++)
    {
      GError        *error = NULL;
      DifTrainReport report;

      g_assert_true (dif_trainer_step (trainer, &error));
      g_assert_no_error (error);
      dif_trainer_report (trainer, &report);
      losses[k] = report.loss;
    }
}
