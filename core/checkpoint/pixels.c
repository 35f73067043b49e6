/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Models of pixels: a UNet, its scheduler and the names of its labels. */

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/checkpoint/kind.h"
#include "core/io/json.h"
#include "core/models/weights.h"
#include "core/nn/params.h"

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

#define SMOOTH_FILL "smooth-fill"

/* What the configuration says that the network reads besides x.  Models of before that was written
 * down are known by their channels, and written with it from now on. */
static void
read_inpainting (DifCheckpoint *checkpoint, DifJsonReader *r)
{
  static const char *const names[] = { "none", SMOOTH_FILL, NULL };
  const DifModelFacts     *facts = dif_model_facts (checkpoint->model);
  const guint              c = checkpoint->codec->channels;

  checkpoint->inpainting = dif_json_choice_or_null (r, "inpainting", 0, 0, names);
  if (! r->error && ! json_object_get (checkpoint->config, "inpainting") &&
      facts->in_channels == 7 && (facts->out_channels == 3 || facts->out_channels == 6))
    {
      json_object_set_new (checkpoint->config, "inpainting", json_string (SMOOTH_FILL));
      checkpoint->inpainting = DIF_INPAINTING_SMOOTH_FILL;
    }
  if (! r->error && checkpoint->inpainting == DIF_INPAINTING_SMOOTH_FILL &&
      facts->in_channels != 2 * c + 1)
    dif_json_reader_fail (r, DIF_ERROR_VALUE, "inpainting",
                          _ ("“%s” goes with %u channels that are read, not with %u"), SMOOTH_FILL,
                          2 * c + 1, facts->in_channels);
}

/* The network's weights from its folder; or random ones. */
static DifParams *
open_params (const char *unet, DifCheckpointFlags flags, guint64 seed, GError **error)
{
  g_autofree char *weights = unet ? dif_weights_find (unet, error) : NULL;
  DifTensorSource *source = weights ? dif_tensor_source_open (weights, error) : NULL;
  DifParams       *params;

  if (! unet)
    return dif_params_new_random (seed);
  params = source ? dif_params_new (source, (flags & DIF_CHECKPOINT_SHAPES_ONLY) != 0) : NULL;
  if (params && flags & DIF_CHECKPOINT_TRAINABLE)
    dif_params_set_trainable (params);
  return params;
}

static gboolean
read_model (DifCheckpoint *checkpoint, const char *file, const char *unet, DifCheckpointFlags flags,
            guint64 seed, GError **error)
{
  g_auto (DifJsonReader) config = DIF_JSON_READER_INIT;
  g_auto (DifJsonReader) again = DIF_JSON_READER_INIT;
  DifParams *params;

  dif_json_reader_init (&config, checkpoint->config, file);
  dif_json_reader_init (&again, checkpoint->config, file);
  if (! dif_model_is_known (&config))
    return dif_json_reader_finish (&config, error);
  params = open_params (unet, flags, seed, error);
  if (! params || ! (checkpoint->model = dif_model_load (&config, params, error)))
    return FALSE;
  checkpoint->codec = dif_codec_new_pixels ();
  read_inpainting (checkpoint, &again);
  return dif_json_reader_finish (&again, error);
}

static gboolean
read_process (DifCheckpoint *checkpoint, const char *file, GError **error)
{
  g_auto (DifJsonReader) reader = DIF_JSON_READER_INIT;

  dif_json_reader_init (&reader, checkpoint->scheduler, file);
  checkpoint->process = dif_process_new (&reader);
  if (checkpoint->process && checkpoint->process->kind->ranges &&
      checkpoint->process->prediction == DIF_PREDICTION_SCORE)
    checkpoint->process->unit_range = dif_model_facts (checkpoint->model)->unit_range;
  return dif_json_reader_finish (&reader, error);
}

gboolean
dif_checkpoint_set_scheduler (DifCheckpoint *checkpoint, json_t *scheduler, GError **error)
{
  g_autoptr (DifProcess) before = g_steal_pointer (&checkpoint->process);

  json_decref (checkpoint->scheduler);
  checkpoint->scheduler = json_incref (scheduler);
  return read_process (checkpoint, "scheduler_config.json", error);
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
  DifLabels       *labels = NULL;

  if (path)
    labels = dif_labels_load (path, dif_model_facts (checkpoint->model)->n_classes, error);
  dif_checkpoint_set_labels (checkpoint, labels);
  return ! path || labels != NULL;
}

gboolean
dif_checkpoint_open_pixels (DifCheckpoint *checkpoint, const char *folder, DifCheckpointFlags flags,
                            GError **error)
{
  return open_model (checkpoint, folder, flags, error) &&
         open_process (checkpoint, folder, error) && open_labels (checkpoint, folder, error);
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
