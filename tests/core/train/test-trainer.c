/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Small networks are begun, changed, saved and refused. */

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/half.h"
#include "core/checkpoint/checkpoint.h"
#include "core/io/safetensors.h"
#include "core/train/trainer.h"
#include "tests/core/support/folder.h"
#include "tests/core/support/numbers.h"
#include "tests/core/support/tiny-unet.h"
#include "tests/core/support/training.h"

#define SIZE    TEST_TRAINING_SIZE
#define WEIGHTS "diffusion_pytorch_model"

static char *folder;

static char *
contents (const char *path, gsize *size)
{
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  return bytes;
}

static void
assert_no_resume (const char *path, DifDataset *dataset, gint code, const char *word)
{
  GError *error = NULL;

  g_assert_null (dif_trainer_resume (path, NULL, dataset, 1, NULL, &error));
  test_assert_error (error, code, word, NULL);
}

static void
test_wrong_states (void)
{
  g_autofree char       *config = test_training_config (folder, "wrong.json", 3);
  g_autofree char       *state = g_build_filename (folder, "state", NULL);
  g_autofree char       *cut = g_build_filename (folder, "cut", NULL);
  g_autofree char       *foreign = g_build_filename (folder, "foreign", NULL);
  g_autofree char       *lacking = g_build_filename (folder, "lacking", NULL);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 3, SIZE);
  g_autoptr (DifDataset) other = test_stripes (NULL, 2, SIZE);
  g_autoptr (DifTrainer) trainer = test_trainer_new ("simple", config, dataset, 9, 1);
  g_autofree char       *bytes = NULL;
  char                  *at;
  gsize                  size;

  g_assert_true (dif_trainer_save_state (trainer, state, NULL));
  assert_no_resume (foreign, dataset, DIF_ERROR_MISSING, "foreign");
  g_assert_true (dif_safetensors_write (foreign, NULL, 0, NULL));
  assert_no_resume (foreign, dataset, DIF_ERROR_UNSUPPORTED, "foreign");
  assert_no_resume (state, other, DIF_ERROR_MISMATCH, "state");
  bytes = contents (state, &size);
  g_assert_true (g_file_set_contents (cut, bytes, (gssize) (size / 2), NULL));
  assert_no_resume (cut, dataset, DIF_ERROR_SIZE, "cut");
  at = g_strstr_len (bytes + 8, (gssize) size - 8, "first/conv_in.bias"); /* after the length */
  memcpy (at, "Xirst", 5);
  g_assert_true (g_file_set_contents (lacking, bytes, (gssize) size, NULL));
  assert_no_resume (lacking, dataset, DIF_ERROR_MISSING, "first/conv_in.bias");
}

/* A model with labels goes on with a new one; what is saved opens, and knows it. */
static void
test_fine_tune (void)
{
  const char *const         labels[] = { "moss", "slate" };
  TinyUNet                  net = tiny_unet;
  g_autofree char          *from = g_build_filename (folder, "from", NULL);
  g_autofree char          *unet = g_build_filename (from, "unet", NULL);
  g_autofree char          *to = g_build_filename (folder, "to", NULL);
  g_autoptr (DifDataset)    dataset = test_stripes (labels, 2, 16);
  g_autoptr (DifDataset)    many = NULL;
  DifTrainSettings          settings = test_training_settings (2);
  g_autoptr (DifTrainer)    trainer = NULL;
  g_autoptr (DifCheckpoint) saved = NULL;
  double                    losses[2];
  GError                   *error = NULL;

  net.n_classes = 4;
  net.in_channels = 7;
  net.kind = "Attn";
  net.old_names = TRUE;
  tiny_unet_write (&net, unet);
  test_folder_write (from, "scheduler/scheduler_config.json",
                     "{'_class_name': 'DDPMScheduler', "
                     "'beta_schedule': 'squaredcos_cap_v2', "
                     "'prediction_type': 'v_prediction'}");
  test_folder_write (from, "labels.json", "{'null': 0, 'labels': {'2': 'slate', '1': 'bark'}}");
  settings.adapt = DIF_ADAPT_NORMS;
  trainer = dif_trainer_new_from (from, &settings, dataset, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dif_train (trainer, to, 1, NULL, NULL, &error));
  g_assert_no_error (error);
  test_training_steps (trainer, 1, losses); /* past the end: nothing breaks */
  saved = dif_checkpoint_open (to, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (saved->labels->names), ==, 2);
  g_assert_cmpstr (saved->labels->names[0], ==, "moss");
  g_assert_cmpuint (saved->labels->ids[0], ==, 1); /* bark's row, which no picture has */
  g_assert_cmpuint (saved->labels->ids[1], ==, 2);
  g_assert_true (dif_checkpoint_check (saved, NULL));
  /* which the folder that it began from did not say yet */
  g_assert_cmpstr (json_string_value (json_object_get (saved->config, "inpainting")), ==,
                   "smooth-fill");

  many = test_stripes ((const char *const[]) { "a", "b", "c", "d" }, 4, 16);
  g_assert_null (dif_trainer_new_from (from, &settings, many, 1, NULL, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "3", "4", NULL);
}

/* Norms, biases and tables change, convolutions do not. */
static void
test_adapt (void)
{
  g_autofree char *before =
      g_build_filename (folder, "from", "unet", "diffusion_pytorch_model.safetensors", NULL);
  g_autofree char *after =
      g_build_filename (folder, "to", "unet", "diffusion_pytorch_model.safetensors", NULL);
  g_autoptr (DifSafetensors) a = dif_safetensors_open (before, NULL);
  g_autoptr (DifSafetensors) b = dif_safetensors_open (after, NULL);
  const char *const          names[] = { "conv_in.weight", "mid_block.resnets.0.conv1.weight",
                                         "conv_in.bias", "mid_block.resnets.0.norm1.weight" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const DifTensorInfo *info = dif_safetensors_find (a, names[i]);
      g_autofree float    *x = g_new (float, info->size);
      g_autofree float    *y = g_new (float, info->size);

      g_assert_true (dif_safetensors_read_f32 (a, info, x, NULL));
      g_assert_true (dif_safetensors_read_f32 (b, dif_safetensors_find (b, names[i]), y, NULL));
      g_assert_cmpint (memcmp (x, y, info->size * sizeof (float)) == 0, ==, i < 2);
    }
}

static float *
read_floats (const char *path, const char *name, DifDtype dtype, gsize *n)
{
  g_autoptr (DifSafetensors) st = dif_safetensors_open (path, NULL);
  const DifTensorInfo       *info = dif_safetensors_find (st, name);
  float                     *x = g_new (float, info->size);

  g_assert_cmpint (info->dtype, ==, dtype);
  g_assert_true (dif_safetensors_read_f32 (st, info, x, NULL));
  *n = info->size;
  return x;
}

/* In half precision the nearest numbers are saved, where there are any, and one file only. */
static void
test_half (void)
{
  const char            *name = "conv_in.weight";
  g_autofree char       *config = test_training_config (folder, "half.json", 3);
  g_autofree char       *to = g_build_filename (folder, "half", NULL);
  g_autofree char       *unet = g_build_filename (to, "unet", NULL);
  g_autofree char       *full = g_build_filename (unet, WEIGHTS ".safetensors", NULL);
  g_autofree char       *half = g_build_filename (unet, WEIGHTS ".fp16.safetensors", NULL);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 2, SIZE);
  DifTrainSettings       settings = test_training_settings (2);
  g_autoptr (DifTrainer) trainer = test_trainer_new ("simple", config, dataset, 2, 1);
  g_autoptr (DifTrainer) wild = NULL;
  g_autofree float      *x = NULL, *rounded = NULL;
  gsize                  n;
  double                 losses[1];
  GError                *error = NULL;

  test_training_steps (trainer, 1, losses);
  g_assert_true (dif_trainer_save (trainer, to, NULL));
  x = read_floats (full, name, DIF_DTYPE_F32, &n);
  dif_trainer_set_half (trainer, TRUE);
  g_assert_true (dif_trainer_save (trainer, to, NULL));
  g_assert_false (g_file_test (full, G_FILE_TEST_EXISTS));
  rounded = read_floats (half, name, DIF_DTYPE_F16, &n);
  for (gsize i = 0; i < n; i++)
    {
      guint16 bits;

      dif_narrow_f16 (&x[i], &bits, 1);
      dif_widen_f16 (&bits, &x[i], 1);
    }
  g_assert_cmpmem (rounded, n * sizeof (float), x, n * sizeof (float));
  dif_trainer_set_half (trainer, FALSE);
  g_assert_true (dif_trainer_save (trainer, to, NULL));
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));

  settings.learning_rate = 1e6; /* how far each number goes in a step */
  settings.warmup = 0;
  settings.average = 0.0;
  wild = dif_trainer_new (config, &settings, dataset, 1, NULL, NULL);
  test_training_steps (wild, 1, losses);
  dif_trainer_set_half (wild, TRUE);
  g_assert_false (dif_trainer_save (wild, to, &error));
  test_assert_error (error, DIF_ERROR_NONFINITE, NULL);
  g_assert_true (g_file_test (full, G_FILE_TEST_EXISTS)); /* that of before */
}

static void
test_edm (void)
{
  g_autofree char       *from = g_build_filename (folder, "from", NULL);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 1, 16);
  const DifTrainSettings settings = test_training_settings (2);
  GError                *error = NULL;

  test_folder_write (from, "scheduler/scheduler_config.json",
                     "{'_class_name': 'EDMEulerScheduler'}");
  g_assert_null (dif_trainer_new_from (from, &settings, dataset, 1, NULL, &error));
  test_assert_error (error, DIF_ERROR_UNSUPPORTED, "EDM", NULL);
}

/* Processes without timesteps or named betas can be trained on, but not with every objective. */
static void
test_processes (void)
{
  static const struct
  {
    const char *scheduler;
    const char *objective;
    const char *word; /* NULL: it can */
  } cases[] = {
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "simple", NULL },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "ncsn", NULL },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "vlb", "VE" },
    { "{'_class_name': 'ScoreSdeVeScheduler'}", "hybrid", "VE" },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'shift': 3}", "simple", NULL },
    { "{'_class_name': 'FlowMatchEulerDiscreteScheduler'}", "vlb", "rectified flow" },
    { "{'trained_betas': [0.1, 0.3, 1]}", "simple", NULL },
    { "{'trained_betas': [0.1, 0.3, 1]}", "vlb", NULL },
    { "{'_class_name': 'KarrasVeScheduler'}", "simple", "KarrasVeScheduler" },
  };
  g_autofree char       *config = test_training_config (folder, "ve/unet/config.json", 3);
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 4, SIZE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DifTrainSettings       settings = test_training_settings (4);
      GError                *error = NULL;
      g_autoptr (DifTrainer) trainer = NULL;
      double                 losses[4];

      settings.objective = cases[i].objective;
      test_folder_write (folder, "ve/scheduler/scheduler_config.json", cases[i].scheduler);
      trainer = dif_trainer_new (config, &settings, dataset, 1, NULL, &error);
      if (cases[i].word)
        {
          g_assert_null (trainer);
          test_assert_error (error, DIF_ERROR_UNSUPPORTED, cases[i].word, NULL);
          continue;
        }
      g_assert_no_error (error);
      test_training_steps (trainer, 4, losses);
      for (guint k = 0; k < 4; k++)
        g_assert_true (isfinite (losses[k]));
    }
}

/* What diffusers wrote in a scheduler's file is still there when the model was trained on. */
static void
test_scheduler_stays (void)
{
  g_autofree char *from = g_build_filename (folder, "stays", NULL);
  g_autofree char *to = g_build_filename (folder, "stayed", NULL);
  g_autofree char *written = g_build_filename (to, "scheduler", "scheduler_config.json", NULL);
  g_autofree char *config = test_training_config (folder, "stays/unet/config.json", 3);
  g_autofree char *text = NULL;
  g_autoptr (DifDataset) dataset = test_stripes (NULL, 4, SIZE);
  g_autoptr (DifTrainer) trainer = NULL;

  test_folder_write (from, "scheduler/scheduler_config.json",
                     "{'_class_name': 'DPMSolverMultistepScheduler', 'lambda_min_clipped': "
                     "-Infinity, 'variance_type': null, 'beta_start': 0.0001220703125}");
  trainer = test_trainer_new ("simple", config, dataset, 1, 1);
  g_assert_true (dif_trainer_save (trainer, to, NULL));
  g_assert_true (g_file_get_contents (written, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"lambda_min_clipped\": -Infinity,"));
  g_assert_nonnull (strstr (text, "\"variance_type\": null,"));
  g_assert_nonnull (strstr (text, "\"beta_start\": 0.0001220703125"));
}

/* Numbers that run away end a run, and so does who asks for it. */
static void
test_ends (void)
{
  g_autofree char        *config = test_training_config (folder, "ends.json", 3);
  g_autoptr (DifDataset)  dataset = test_stripes (NULL, 2, SIZE);
  g_autoptr (DifProgress) progress = dif_progress_new (NULL, NULL);
  DifTrainSettings        settings = test_training_settings (50);
  g_autoptr (DifTrainer)  wild = NULL;
  g_autoptr (DifTrainer)  tame = NULL;
  GError                 *error = NULL;

  settings.learning_rate = 1e30;
  settings.warmup = 0;
  wild = dif_trainer_new (config, &settings, dataset, 1, NULL, NULL);
  while (! error && ! dif_trainer_done (wild))
    dif_trainer_step (wild, &error);
  test_assert_error (error, DIF_ERROR_NONFINITE, NULL);
  error = NULL;
  settings = test_training_settings (50);
  settings.objective = "sliced";
  g_assert_null (dif_trainer_new (config, &settings, dataset, 1, NULL, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "sliced", "fd-ssm", NULL);
  error = NULL;
  settings = test_training_settings (50);
  settings.cropping.size = 7;
  g_assert_null (dif_trainer_new (config, &settings, dataset, 1, NULL, &error));
  test_assert_error (error, DIF_ERROR_REQUEST, "7", NULL);
  error = NULL;
  settings = test_training_settings (50);
  tame = dif_trainer_new (config, &settings, dataset, 1, progress, NULL);
  g_assert_true (dif_trainer_step (tame, NULL));
  g_assert_false (dif_trainer_done (tame));
  dif_progress_finish (progress);
  g_assert_true (dif_trainer_done (tame));
  dif_progress_cancel (progress);
  g_assert_false (dif_trainer_step (tame, &error));
  test_assert_error (error, DIF_ERROR_CANCELLED, NULL);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  g_test_add_func ("/trainer/wrong-states", test_wrong_states);
  g_test_add_func ("/trainer/fine-tune", test_fine_tune);
  g_test_add_func ("/trainer/fine-tune/adapt", test_adapt); /* of what that wrote */
  g_test_add_func ("/trainer/half", test_half);
  g_test_add_func ("/trainer/fine-tune/edm", test_edm);
  g_test_add_func ("/trainer/processes", test_processes);
  g_test_add_func ("/trainer/scheduler-stays", test_scheduler_stays);
  g_test_add_func ("/trainer/ends", test_ends);
  result = g_test_run ();
  test_folder_free (folder);
  return result;
}
