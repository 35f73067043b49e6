/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/checkpoint.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/io/json.h"

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

DifCheckpoint *
dif_checkpoint_open (const char *folder, gboolean shapes_only, GError **error)
{
  g_autoptr (DifCheckpoint) checkpoint = g_new0 (DifCheckpoint, 1);
  g_autofree char          *config = find_file (folder, "unet", "config.json");
  g_autofree char          *scheduler = find_file (folder, "scheduler", "scheduler_config.json");
  g_autofree char          *labels = find_file (folder, "unet", "labels.json");
  g_autofree char          *unet = config ? g_path_get_dirname (config) : NULL;

  if (! check_index (folder, error))
    return NULL;
  if (! config)
    {
      g_autofree char *display = g_filename_display_name (folder);

      g_set_error (error, DIF_ERROR, DIF_ERROR_MISSING,
                   _ ("“%s” is not the folder of a model: it has neither “unet/config.json” nor "
                      "“config.json”."),
                   display);
      return NULL;
    }
  checkpoint->model = dif_model_open (unet, shapes_only, error);
  if (! checkpoint->model)
    return NULL;
  if (scheduler && ! (checkpoint->process = dif_process_load (scheduler, error)))
    return NULL;
  if (labels && ! (checkpoint->labels = dif_labels_load (
                       labels, dif_model_facts (checkpoint->model)->n_classes, error)))
    return NULL;
  checkpoint->classifier = g_build_filename (folder, "classifier", NULL);
  if (! g_file_test (checkpoint->classifier, G_FILE_TEST_IS_DIR))
    g_clear_pointer (&checkpoint->classifier, g_free);
  return g_steal_pointer (&checkpoint);
}

void
dif_checkpoint_free (DifCheckpoint *checkpoint)
{
  if (! checkpoint)
    return;
  dif_model_free (checkpoint->model);
  dif_process_free (checkpoint->process);
  dif_labels_free (checkpoint->labels);
  g_free (checkpoint->classifier);
  g_free (checkpoint);
}

gboolean
dif_checkpoint_inpainting (const DifCheckpoint *checkpoint)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);

  return facts->in_channels == 2 * facts->out_channels + 1;
}

gboolean
dif_checkpoint_check (const DifCheckpoint *checkpoint, GError **error)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);

  if (! checkpoint->process)
    {
      g_set_error_literal (error, DIF_ERROR, DIF_ERROR_MISSING,
                           _ ("The model's folder has no “scheduler_config.json”, which says how "
                              "it was trained."));
      return FALSE;
    }
  if (facts->out_channels != 3 ||
      (facts->in_channels != 3 && ! dif_checkpoint_inpainting (checkpoint)))
    {
      g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                   _ ("The model reads %u channels and writes %u; color pictures need 3 and 3, or "
                      "7 and 3 for inpainting."),
                   facts->in_channels, facts->out_channels);
      return FALSE;
    }
  return TRUE;
}
