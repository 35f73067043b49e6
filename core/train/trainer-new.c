/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A trainer's making and end. */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/diffusion/process.h"
#include "core/io/json.h"
#include "core/train/trainer-parts.h"

#define DEFAULT_SIZE 64

/* The embedded model's. */
static const char default_config[] =
    "{\"_class_name\": \"UNet2DModel\", \"_diffusers_version\": \"0.30.0\", \"in_channels\": 7,"
    " \"out_channels\": 3, \"inpainting\": \"smooth-fill\", \"add_attention\": false,"
    " \"block_out_channels\": [32, 64, 96, 128],"
    " \"down_block_types\": [\"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\", \"DownBlock2D\"],"
    " \"up_block_types\": [\"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\", \"UpBlock2D\"],"
    " \"layers_per_block\": 1, \"norm_num_groups\": 8}";

static const char default_scheduler[] =
    "{\"_class_name\": \"DDPMScheduler\", \"_diffusers_version\": \"0.30.0\","
    " \"num_train_timesteps\": 1000, \"beta_start\": 0.0001, \"beta_end\": 0.02,"
    " \"beta_schedule\": \"squaredcos_cap_v2\", \"prediction_type\": \"v_prediction\","
    " \"variance_type\": \"fixed_small\", \"clip_sample\": true, \"clip_sample_range\": 1.0}";

/* Its noise levels are yet to be known. */
static const char exploding_scheduler[] =
    "{\"_class_name\": \"ScoreSdeVeScheduler\", \"_diffusers_version\": \"0.30.0\","
    " \"num_train_timesteps\": 1, \"sigma_min\": 1.0, \"sigma_max\": 1.0, \"snr\": 0.15,"
    " \"sampling_eps\": 1e-05, \"correct_steps\": 1}";

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
  return trainer->checkpoint->inpainting == DIF_INPAINTING_SMOOTH_FILL;
}

char *
dif_trainer_dump (json_t *json)
{
  return dif_json_dump (json, JSON_INDENT (2) | JSON_PRESERVE_ORDER);
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
  dif_checkpoint_free (trainer->checkpoint);
  dif_context_free (trainer->context);
  g_free (trainer);
}

static gboolean
check_process (const DifTrainer *trainer, GError **error)
{
  if (dif_model_facts (trainer->model)->told_sigma && trainer->process->kind->has_steps)
    {
      g_set_error_literal (
          error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
          _ ("The network is told noise levels above 0 (“time_embedding_type” is "
             "“fourier”) and cannot learn a process that counts its steps from 0."));
      return FALSE;
    }
  if (! trainer->process->kind->preconditioned)
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                       _ ("Networks whose input and output are scaled (EDM) cannot be trained."));
  return FALSE;
}

/* Pictures are taken for x. */
static gboolean
check_pixels (const DifTrainer *trainer, GError **error)
{
  if (! dif_codec_is_pixels (trainer->checkpoint->codec))
    g_set_error_literal (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                         _ ("Networks that work on compressed images cannot be trained."));
  return dif_codec_is_pixels (trainer->checkpoint->codec) &&
         dif_checkpoint_check_input (trainer->checkpoint, error);
}

/* "simple, vlb, …" */
static char *
objective_ids (void)
{
  guint                      n;
  const DifObjective *const *rows = dif_objectives (&n);
  g_autofree const char    **ids = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    ids[i] = rows[i]->id;
  return g_strjoinv (", ", (char **) ids);
}

static gboolean
find_objective (DifTrainer *trainer, GError **error)
{
  g_autofree char *ids = objective_ids ();

  trainer->objective = dif_objective_find (trainer->objective_id);
  if (! trainer->objective)
    g_set_error (error, DIF_ERROR, DIF_ERROR_REQUEST,
                 _ ("Networks for pictures cannot be trained with the objective “%s”. There are: "
                    "%s."),
                 trainer->objective_id, ids);
  return trainer->objective != NULL;
}

static gboolean
set_objective (DifTrainer *trainer, GError **error)
{
  if (trainer->objective->needs_steps && ! trainer->process->kind->has_steps)
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   _ ("The objective “%s” needs noise in steps, which this model's process (%s) "
                      "does not have."),
                   trainer->objective_id, dif_process_name (trainer->process));
      return FALSE;
    }
  dif_objective_args_init (&trainer->args, trainer->process);
  trainer->args.mean = TRUE;
  if (trainer->objective->process)
    {
      trainer->args.sigma_min = trainer->settings.ladder.sigma_min;
      trainer->args.sigma_max = trainer->settings.ladder.sigma_max;
      trainer->args.n_levels = trainer->settings.ladder.n_levels;
    }
  return dif_trainer_set_variance (trainer, error);
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
  json_object_set_new (trainer->checkpoint->config, "sample_size", json_integer (cropping->size));
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
  trainer->model = trainer->checkpoint->model;
  trainer->process = trainer->checkpoint->process;
  return find_objective (trainer, error) && check_pixels (trainer, error) &&
         dif_trainer_assign_labels (trainer, error) && set_cropping (trainer, error) &&
         dif_trainer_set_ladder (trainer, error) && check_process (trainer, error) &&
         set_objective (trainer, error) && make_slots (trainer, error);
}

/* What the file at @path says, or @fallback where there is none. */
static json_t *
load (const char *path, const char *fallback, GError **error)
{
  return path ? dif_json_load (path, error) :
                dif_json_parse (fallback, strlen (fallback), "default", error);
}

/* As many labels as there are, and one for none. */
static void
fit_labels (DifDataset *dataset, json_t *config)
{
  g_auto (GStrv) names = dif_dataset_labels (dataset);
  const guint n = g_strv_length (names);

  if (n > 0)
    json_object_set_new (config, "num_class_embeds", json_integer (n + 1));
  else
    json_object_del (config, "num_class_embeds");
}

/* Whether a file says that noise is added in that way. */
static gboolean
is_of_kind (json_t *scheduler, const char *kind)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  g_autoptr (DifProcess) process = NULL;

  dif_json_reader_init (&reader, scheduler, "scheduler_config.json");
  process = dif_process_new (&reader);
  return process && g_str_equal (process->kind->id, kind);
}

/* A network of the objective's process: told sigma, with a score as its output, as NCSN++ is. */
static json_t *
fit_process (DifTrainer *trainer, json_t *config, json_t *scheduler, GError **error)
{
  const DifObjective *objective = dif_objective_find (trainer->objective_id);

  if (! objective || ! objective->process)
    return scheduler;
  json_object_set_new (config, "time_embedding_type", json_string ("fourier"));
  json_object_set_new (config, "center_input_sample", json_true ()); /* of pictures in [0, 1] */
  if (is_of_kind (scheduler, objective->process))
    return scheduler;
  json_decref (scheduler);
  trainer->new_process = TRUE;
  return load (NULL, exploding_scheduler, error);
}

static DifCheckpoint *
new_checkpoint (DifTrainer *trainer, const char *config_path, GError **error)
{
  g_autofree char *scheduler_path = config_path ? dif_checkpoint_scheduler_of (config_path) : NULL;
  json_t          *config = load (config_path, default_config, error);
  json_t          *scheduler = config ? load (scheduler_path, default_scheduler, error) : NULL;
  DifCheckpoint   *checkpoint = NULL;

  if (scheduler)
    {
      fit_labels (trainer->dataset, config);
      dif_trainer_fit_outputs (trainer->objective_id, config, scheduler);
      scheduler = fit_process (trainer, config, scheduler, error);
    }
  if (scheduler)
    checkpoint =
        dif_checkpoint_new (config, scheduler, NULL, config_path ? config_path : "config.json",
                            trainer->settings.seed, error);
  json_decref (config);
  json_decref (scheduler);
  return checkpoint;
}

DifTrainer *
dif_trainer_new (const char *config, const DifTrainSettings *settings, DifDataset *dataset,
                 guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifTrainer) trainer = dif_trainer_alloc (settings, dataset, n_threads, progress);

  trainer->checkpoint = new_checkpoint (trainer, config, error);
  if (! trainer->checkpoint ||
      ! dif_model_begin (trainer->checkpoint->model, dif_context_pool (trainer->context), error) ||
      ! dif_trainer_set_up (trainer, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

DifTrainer *
dif_trainer_new_from (const char *folder, const DifTrainSettings *settings, DifDataset *dataset,
                      guint n_threads, DifProgress *progress, GError **error)
{
  g_autoptr (DifTrainer) trainer = dif_trainer_alloc (settings, dataset, n_threads, progress);

  trainer->checkpoint = dif_checkpoint_open (folder, DIF_CHECKPOINT_TRAINABLE, error);
  if (! trainer->checkpoint || ! dif_checkpoint_check_process (trainer->checkpoint, error) ||
      ! dif_trainer_grow_outputs (trainer, error) || ! dif_trainer_set_up (trainer, error))
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

const char *
dif_trainer_objective (const DifTrainer *trainer)
{
  return trainer->objective_id;
}
