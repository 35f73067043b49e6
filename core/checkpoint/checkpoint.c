/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/checkpoint.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"
#include "core/models/weights.h"
#include "core/nn/params.h"

/* A pipeline folder says what its parts are; other pipelines have a unet/ folder too, and
 * their networks would fail with a less helpful message. */
static gboolean
check_index (const char *folder, GError **error)
{
  static const char *const known[] = { "DDPMPipeline", "DDIMPipeline", "PNDMPipeline",
                                       "ScoreSdeVePipeline" };
  g_autofree char         *path = g_build_filename (folder, "model_index.json", NULL);
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;
  const char *class_name;
  gboolean    found = FALSE;

  if (! g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (dif_json_reader_open (&reader, path))
    {
      class_name = dif_json_string (&reader, "_class_name", "");
      for (guint i = 0; i < G_N_ELEMENTS (known); i++)
        found = found || g_str_equal (class_name, known[i]);
      if (! reader.error && ! found)
        dif_json_reader_fail (&reader, DIF_ERROR_UNSUPPORTED, "_class_name",
                              _ ("pipelines of the class “%s” are not supported"), class_name);
    }
  return dif_json_reader_finish (&reader, error);
}

/* folder/part/file, or folder/file in a flat one; NULL if there is neither */
static char *
find_file (const char *folder, const char *part, const char *file)
{
  g_autofree char *nested = g_build_filename (folder, part, file, NULL);
  g_autofree char *flat = g_build_filename (folder, file, NULL);

  if (g_file_test (nested, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&nested);
  if (g_file_test (flat, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&flat);
  return NULL;
}

char *
dif_checkpoint_scheduler_of (const char *config)
{
  g_autofree char *folder = g_path_get_dirname (config);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *beside = find_file (folder, "scheduler", "scheduler_config.json");
  g_autofree char *nested = g_build_filename (above, "scheduler", "scheduler_config.json", NULL);

  if (beside)
    return g_steal_pointer (&beside);
  return g_file_test (nested, G_FILE_TEST_EXISTS) ? g_steal_pointer (&nested) : NULL;
}

static void
set_inpainting (DifCheckpoint *checkpoint)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);

  if (facts->in_channels == 2 * facts->out_channels + 1)
    checkpoint->inpainting = DIF_INPAINTING_SMOOTH_FILL;
}

/* The network's weights from its folder; or random ones. */
static DifParams *
open_params (const char *unet, DifCheckpointFlags flags, guint64 seed, GError **error)
{
  g_autofree char *weights = unet ? dif_weights_find (unet, error) : NULL;
  DifParams       *params;

  if (! unet)
    return dif_params_new_random (seed);
  params =
      weights ? dif_params_open (weights, (flags & DIF_CHECKPOINT_SHAPES_ONLY) != 0, error) : NULL;
  if (params && flags & DIF_CHECKPOINT_TRAINABLE)
    dif_params_set_trainable (params);
  return params;
}

static gboolean
read_model (DifCheckpoint *checkpoint, const char *file, const char *unet, DifCheckpointFlags flags,
            guint64 seed, GError **error)
{
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  DifParams *params;

  dif_json_reader_init (&config, checkpoint->config, file);
  if (! dif_model_is_known (&config))
    return dif_json_reader_finish (&config, error);
  params = open_params (unet, flags, seed, error);
  if (! params || ! (checkpoint->model = dif_model_load (&config, params, error)))
    return FALSE;
  checkpoint->codec = dif_codec_new_pixels ();
  set_inpainting (checkpoint);
  return TRUE;
}

static gboolean
read_process (DifCheckpoint *checkpoint, const char *file, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  dif_json_reader_init (&reader, checkpoint->scheduler, file);
  checkpoint->process = dif_process_new (&reader);
  return dif_json_reader_finish (&reader, error);
}

void
dif_checkpoint_set_labels (DifCheckpoint *checkpoint, DifLabels *labels)
{
  dif_conditioner_free (checkpoint->conditioner);
  dif_labels_free (checkpoint->labels);
  checkpoint->labels = labels;
  checkpoint->conditioner =
      dif_conditioner_new_labels (labels, dif_model_facts (checkpoint->model)->n_classes);
}

static gboolean
read_labels (DifCheckpoint *checkpoint, json_t *labels, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  dif_json_reader_init (&reader, labels, "labels.json");
  dif_checkpoint_set_labels (
      checkpoint, dif_labels_new (&reader, dif_model_facts (checkpoint->model)->n_classes));
  return dif_json_reader_finish (&reader, error);
}

static gboolean
set_no_model (const char *folder, GError **error)
{
  g_autofree char *display = g_filename_display_name (folder);

  g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
               _ ("“%s” is not the folder of a model: it has neither “unet/config.json” nor "
                  "“config.json”."),
               display);
  return FALSE;
}

static gboolean
open_model (DifCheckpoint *checkpoint, const char *folder, DifCheckpointFlags flags, GError **error)
{
  g_autofree char *config = find_file (folder, "unet", "config.json");
  g_autofree char *file = config ? g_filename_display_name (config) : NULL;
  g_autofree char *unet = config ? g_path_get_dirname (config) : NULL;

  if (! config)
    return set_no_model (folder, error);
  checkpoint->config = dif_json_load (config, error);
  return checkpoint->config && read_model (checkpoint, file, unet, flags, 0, error);
}

static gboolean
open_process (DifCheckpoint *checkpoint, const char *folder, GError **error)
{
  g_autofree char *path = find_file (folder, "scheduler", "scheduler_config.json");
  g_autofree char *file = path ? g_filename_display_name (path) : NULL;

  if (! path)
    return TRUE;
  checkpoint->scheduler = dif_json_load (path, error);
  return checkpoint->scheduler && read_process (checkpoint, file, error);
}

static gboolean
open_labels (DifCheckpoint *checkpoint, const char *folder, GError **error)
{
  g_autofree char *path = find_file (folder, "unet", "labels.json");

  DifLabels *labels = NULL;

  if (path)
    labels = dif_labels_load (path, dif_model_facts (checkpoint->model)->n_classes, error);
  dif_checkpoint_set_labels (checkpoint, labels);
  return ! path || labels != NULL;
}

DifCheckpoint *
dif_checkpoint_open (const char *folder, DifCheckpointFlags flags, GError **error)
{
  g_autoptr (DifCheckpoint) checkpoint = g_new0 (DifCheckpoint, 1);

  if (! check_index (folder, error) || ! open_model (checkpoint, folder, flags, error) ||
      ! open_process (checkpoint, folder, error) || ! open_labels (checkpoint, folder, error))
    return NULL;
  checkpoint->classifier = g_build_filename (folder, "classifier", NULL);
  if (! g_file_test (checkpoint->classifier, G_FILE_TEST_IS_DIR))
    g_clear_pointer (&checkpoint->classifier, g_free);
  return g_steal_pointer (&checkpoint);
}

DifCheckpoint *
dif_checkpoint_new (json_t *config, json_t *scheduler, json_t *labels, const char *file,
                    guint64 seed, GError **error)
{
  g_autoptr (DifCheckpoint) checkpoint = g_new0 (DifCheckpoint, 1);

  checkpoint->config = json_incref (config);
  checkpoint->scheduler = json_incref (scheduler);
  if (! read_model (checkpoint, file, NULL, DIF_CHECKPOINT_TRAINABLE, seed, error) ||
      ! read_process (checkpoint, "scheduler_config.json", error) ||
      (labels && ! read_labels (checkpoint, labels, error)))
    return NULL;
  if (! labels)
    dif_checkpoint_set_labels (checkpoint, NULL);
  return g_steal_pointer (&checkpoint);
}

void
dif_checkpoint_free (DifCheckpoint *checkpoint)
{
  if (! checkpoint)
    return;
  json_decref (checkpoint->config);
  json_decref (checkpoint->scheduler);
  dif_model_free (checkpoint->model);
  dif_codec_free (checkpoint->codec);
  dif_process_free (checkpoint->process);
  dif_conditioner_free (checkpoint->conditioner);
  dif_labels_free (checkpoint->labels);
  g_free (checkpoint->classifier);
  g_free (checkpoint);
}

gboolean
dif_checkpoint_check_process (const DifCheckpoint *checkpoint, GError **error)
{
  if (checkpoint->process)
    return TRUE;
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_MISSING,
                       _ ("The model's folder has no “scheduler_config.json”, which says how "
                          "it was trained."));
  return FALSE;
}

static gboolean
set_channels (const DifCheckpoint *checkpoint, GError **error)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);
  const guint          c = checkpoint->codec->channels;

  g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
               _ ("The model reads %u channels and writes %u; its images need %u and %u, or %u and "
                  "%u for inpainting."),
               facts->in_channels, facts->out_channels, c, c, 2 * c + 1, c);
  return FALSE;
}

gboolean
dif_checkpoint_check_input (const DifCheckpoint *checkpoint, GError **error)
{
  const guint c = checkpoint->codec->channels;
  const guint wanted = checkpoint->inpainting == DIF_INPAINTING_NONE ? c : 2 * c + 1;

  return dif_model_facts (checkpoint->model)->in_channels == wanted ||
         set_channels (checkpoint, error);
}

gboolean
dif_checkpoint_check (const DifCheckpoint *checkpoint, GError **error)
{
  const guint out_channels = dif_model_facts (checkpoint->model)->out_channels;

  return dif_checkpoint_check_process (checkpoint, error) &&
         (out_channels == checkpoint->codec->channels || set_channels (checkpoint, error)) &&
         dif_checkpoint_check_input (checkpoint, error);
}
