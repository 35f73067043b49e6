/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small networks that learn from pictures of stripes. */

#include "core/train/trainer.h"

/* Of the crops that they learn from. */
#define TEST_TRAINING_SIZE 8

/* A few pictures of plain stripes, with labels if there are any. */
DifDataset *test_stripes (const char *const *labels, guint n, guint size);

/* Writes the config.json of a network that reads so many channels into a folder's file.
 *
 * Returns: (transfer full): the whole path */
char *test_training_config (const char *folder, const char *name, guint channels);

/* Of a short training. */
DifTrainSettings test_training_settings (guint n_steps);

/* A network begun anew, which must succeed. */
DifTrainer *test_trainer_new (const char *objective, const char *config, DifDataset *dataset,
                              guint n_steps, guint n_threads);

/* Trains for so many steps, which must succeed, and tells their losses. */
void test_training_steps (DifTrainer *trainer, guint n, double *losses);
