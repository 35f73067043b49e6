/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A trainer's making and end. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/io/json.h"
#include "core/train/trainer-parts.h"

#define DEFAULT_SIZE 64

/* The embedded model's. */
static const char default_config[] =
    "{\"_class_name\": \"UNet2DModel\", \"_diffusers_version\": \"0.30.0\", \"in_channels\": 7,"
    " \"out_channels\": 3, \"add_attention\": false, \"block_out_channels\": [32, 64, 96, 128],"
    " \"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"],"
    " \"up_block_types\": [\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"],"
    " \"layers_per_block\": 1, \"norm_num_groups\": 8}";

static const char default_scheduler[] =
    "{\"_class_name\": \"DDPMScheduler\", \"_diffusers_version\": \"0.30.0\","
    " \"num_train_timesteps\": 1000, \"beta_start\": 0.0001, \"beta_end\": 0.02,"
    " \"beta_schedule\": \"squaredcos_cap_v2\", \"prediction_type\": \"v_prediction\","
    " \"variance_type\": \"fixed_small\", \"clip_sample\": true, \"clip_sample_range\": 1.0}";

void
dif_train_settings_init (DifTrainSettings *settings)
{
  *settings = (DifTrainSettings) {
    .n_steps = 1000,
    .batch = 8,
    .learning_rate = 3e-4,
    .warmup = 50,
    .average = 0.999,
    .rule = DIF_OPTIMIZER_ADAMW_RULE,
    .objective = "simple",
    .cropping = { .zoom = 1.0, .flip_x = TRUE, .dropout = 0.1 },
  };
  settings->rule.beta2 = 0.99; /* runs are short */
}

gboolean
dif_trainer_inpainting (const DifTrainer *trainer)
{
  const DifModelFacts *facts = dif_model_facts (trainer->model);

  return facts->in_channels == 2 * facts->out_channels + 1;
}

char *
dif_trainer_dump (json_t *json)
{
  return dif_json_dump (json, JSON_INDENT (2) | JSON_PRESERVE_ORDER);
}

char *
dif_trainer_tensor_name (const char *name)
{
  static const char *const pairs[][2] = { { ".query.", ".to_q." },
                                          { ".key.", ".to_k." },
                                          { ".value.", ".to_v." },
                                          { ".proj_attn.", ".to_out.0." } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_auto (GStrv) parts = g_strsplit (name, pairs[i][0], 2);

      if (parts[0] && parts[1])
        return g_strjoinv (pairs[i][1], parts);
    }
  return g_strdup (name);
}

DifTrainer *
dif_trainer_alloc (const DifTrainSettings *settings, DifDataset *dataset, guint n_threads,
                   DifProgress *progress)
{
  DifTrainer *trainer = g_new0 (DifTrainer, 1);

  trainer->settings = *settings;
  trainer->objective_id = g_strdup (settings->objective);
  trainer->settings.objective = trainer->objective_id;
  trainer->dataset = dataset;
  trainer->progress = progress;
  trainer->context = dif_context_new (n_threads, progress);
  return trainer;
}

void
dif_trainer_free (DifTrainer *trainer)
{
  if (! trainer)
    return;
  for (guint i = 0; i < trainer->n_slots; i++)
    {
      dif_tensor_unref (trainer->slots[i].gradient);
      dif_tensor_unref (trainer->slots[i].first);
      dif_tensor_unref (trainer->slots[i].second);
      dif_tensor_unref (trainer->slots[i].average);
    }
  g_free (trainer->slots);
  g_free (trainer->slot_params);
  g_free (trainer->rows);
  g_free (trainer->objective_id);
  json_decref (trainer->texts.config);
  json_decref (trainer->texts.scheduler);
  json_decref (trainer->texts.labels);
  dif_model_free (trainer->model);
  dif_process_free (trainer->process);
  dif_context_free (trainer->context);
  g_free (trainer);
}

static gboolean
read_process (DifTrainer *trainer, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  dif_json_reader_init (&reader, trainer->texts.scheduler, "scheduler_config.json");
  trainer->process = dif_process_new (&reader);
  if (! dif_json_reader_finish (&reader, error))
    return FALSE;
  if (trainer->process->kind == DIF_PROCESS_EDM)
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                         _ ("Networks whose input and output are scaled (EDM) cannot be trained."));
  return trainer->process->kind != DIF_PROCESS_EDM;
}

static gboolean
refuse (GError **error, const char *format, guint a, guint b)
{
  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED, format, a, b);
  return FALSE;
}

static gboolean
set_objective (DifTrainer *trainer, GError **error)
{
  const DifModelFacts *facts = dif_model_facts (trainer->model);

  trainer->objective = dif_objective_find (trainer->objective_id);
  if (! trainer->objective || ! trainer->objective->target || ! trainer->objective->step)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("Networks for pictures cannot be trained with the objective “%s”."),
                   trainer->objective_id);
      return FALSE;
    }
  if (trainer->objective->needs_steps && trainer->process->kind != DIF_PROCESS_DISCRETE)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   _ ("The objective “%s” needs noise in steps, which this model's process (%s) "
                      "does not have."),
                   trainer->objective_id, dif_process_name (trainer->process));
      return FALSE;
    }
  dif_objective_args_init (&trainer->args, trainer->process);
  if (facts->out_channels == 6 && trainer->objective->learns_variance)
    trainer->args.variance = DIF_VARIANCE_LEARNED_RANGE;
  else if (facts->out_channels != 3)
    return refuse (error,
                   _ ("The network reads %u channels and writes %u, which this objective does not "
                      "teach."),
                   facts->in_channels, facts->out_channels);
  if (facts->in_channels != 3 && ! dif_trainer_inpainting (trainer))
    return refuse (error,
                   _ ("The network reads %u channels and writes %u; color pictures need 3 and 3, "
                      "or 7 and 3 for inpainting."),
                   facts->in_channels, facts->out_channels);
  return TRUE;
}

static gboolean
set_cropping (DifTrainer *trainer, GError **error)
{
  const DifModelFacts *facts = dif_model_facts (trainer->model);
  DifCropping         *cropping = &trainer->settings.cropping;

  if (cropping->size == 0)
    cropping->size = facts->sample_size ? facts->sample_size : DEFAULT_SIZE;
  cropping->masks = dif_trainer_inpainting (trainer);
  if (facts->n_classes == 0)
    cropping->dropout = 0.0;
  if (cropping->size % facts->multiple || cropping->size > 4096)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                   _ ("The size %u is not a multiple of %u, as this network needs, or too large."),
                   cropping->size, facts->multiple);
      return FALSE;
    }
  json_object_set_new (trainer->texts.config, "sample_size", json_integer (cropping->size));
  return dif_dataset_prepare (trainer->dataset, cropping, trainer->rows, trainer->null_row, error);
}

static gboolean
trains (const DifTrainer *trainer, const DifParam *param)
{
  return trainer->settings.adapt == DIF_ADAPT_ALL || ! param->weight;
}

static DifTensor *
zeros_like (DifTrainer *trainer, const DifTensor *x)
{
  DifTensor *zeros = dif_context_like (trainer->context, x);

  if (zeros)
    memset (zeros->data, 0, zeros->size * sizeof (float));
  return zeros;
}

static gboolean
make_slots (DifTrainer *trainer, GError **error)
{
  trainer->params = dif_params_list (dif_model_params (trainer->model), &trainer->n_params);
  trainer->slots = g_new0 (DifSlot, trainer->n_params);
  trainer->slot_params = g_new0 (guint, trainer->n_params);
  for (guint i = 0; i < trainer->n_params; i++)
    {
      DifTensor *value = trainer->params[i].value;
      DifSlot   *slot = &trainer->slots[trainer->n_slots];

      if (! trains (trainer, &trainer->params[i]))
        continue;
      *slot = (DifSlot) { value, NULL, zeros_like (trainer, value), zeros_like (trainer, value),
                          dif_context_like (trainer->context, value) };
      trainer->slot_params[trainer->n_slots++] = i;
      if (slot->average)
        memcpy (slot->average->data, value->data, value->size * sizeof (float));
    }
  return ! dif_context_take_error (trainer->context, error);
}

gboolean
dif_trainer_set_up (DifTrainer *trainer, GError **error)
{
  const DifTrainSettings *s = &trainer->settings;

  if (s->batch < 1 || s->batch > 4096 || ! (s->learning_rate > 0.0) ||
      ! (s->average >= 0.0 && s->average < 1.0) || (s->n_steps == 0 && ! (s->seconds > 0.0)))
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_REQUEST,
                           _ ("Training needs a number of steps or minutes, a batch of 1 to 4096 "
                              "pictures, a learning rate above 0 and an average below 1."));
      return FALSE;
    }
  return read_process (trainer, error) && set_objective (trainer, error) &&
         dif_trainer_assign_labels (trainer, error) && set_cropping (trainer, error) &&
         make_slots (trainer, error);
}

/* folder/part/file, or folder/file in a flat one */
static char *
find_file (const char *folder, const char *part, const char *file)
{
  g_autofree char *nested = g_build_filename (folder, part, file, NULL);
  g_autofree char *flat = g_build_filename (folder, file, NULL);

  if (g_file_test (nested, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&nested);
  return g_file_test (flat, G_FILE_TEST_EXISTS) ? g_steal_pointer (&flat) : NULL;
}

static gboolean
load (json_t **json, const char *path, const char *fallback, GError **error)
{
  if (path)
    *json = dif_json_load (path, error);
  else if (fallback)
    *json = dif_json_parse (fallback, strlen (fallback), "default", error);
  return *json != NULL || (! path && ! fallback);
}

/* As many labels as there are, and one for none. */
static void
fit_labels (DifTrainer *trainer)
{
  g_auto (GStrv) names = dif_dataset_labels (trainer->dataset);
  const guint n = g_strv_length (names);

  if (n > 0)
    json_object_set_new (trainer->texts.config, "num_class_embeds", json_integer (n + 1));
  else
    json_object_del (trainer->texts.config, "num_class_embeds");
}

DifTrainer *
dif_trainer_new (const char *config, const DifTrainSettings *settings, DifDataset *dataset,
                 guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifTrainer) trainer = dif_trainer_alloc (settings, dataset, n_threads, progress);
  g_autofree char       *folder = config ? g_path_get_dirname (config) : NULL;
  g_autofree char       *above = folder ? g_path_get_dirname (folder) : NULL;
  g_autofree char       *scheduler = NULL;
  g_autofree char       *text = NULL;

  if (folder)
    scheduler = find_file (folder, "scheduler", "scheduler_config.json");
  if (folder && ! scheduler)
    scheduler = g_build_filename (above, "scheduler", "scheduler_config.json", NULL);
  if (scheduler && ! g_file_test (scheduler, G_FILE_TEST_EXISTS))
    g_clear_pointer (&scheduler, g_free);
  if (! load (&trainer->texts.config, config, default_config, error) ||
      ! load (&trainer->texts.scheduler, scheduler, default_scheduler, error))
    return NULL;
  fit_labels (trainer);
  text = dif_trainer_dump (trainer->texts.config);
  trainer->model = dif_model_new (text, config ? config : "config.json", settings->seed, error);
  if (! trainer->model || ! dif_trainer_set_up (trainer, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

DifTrainer *
dif_trainer_new_from (const char *folder, const DifTrainSettings *settings, DifDataset *dataset,
                      guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifTrainer) trainer = dif_trainer_alloc (settings, dataset, n_threads, progress);
  g_autofree char       *config = find_file (folder, "unet", "config.json");
  g_autofree char       *unet = config ? g_path_get_dirname (config) : NULL;
  g_autofree char       *scheduler = find_file (folder, "scheduler", "scheduler_config.json");
  g_autofree char       *labels = find_file (folder, "unet", "labels.json");

  if (! config || ! scheduler)
    {
      g_autofree char *display = g_filename_display_name (folder);

      g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                   _ ("“%s” is not the folder of a model: it lacks “config.json” or "
                      "“scheduler_config.json”."),
                   display);
      return NULL;
    }
  if (! load (&trainer->texts.config, config, NULL, error) ||
      ! load (&trainer->texts.scheduler, scheduler, NULL, error) ||
      ! load (&trainer->texts.labels, labels, NULL, error))
    return NULL;
  trainer->model = dif_model_open_trainable (unet, error);
  if (! trainer->model || ! dif_trainer_set_up (trainer, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

guint64
dif_trainer_n_parameters (const DifTrainer *trainer)
{
  guint64 n = 0;

  for (guint i = 0; i < trainer->n_slots; i++)
    n += trainer->slots[i].value->size;
  return n;
}
