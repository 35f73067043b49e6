/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/checkpoint.h"

#include <glib/gi18n-lib.h>

#include "core/base/error.h"
#include "core/checkpoint/kind.h"

#define LATENT_CHANNELS 4 /* of Stable Diffusion's autoencoder */

DifCheckpoint *
dif_checkpoint_open (const char *folder, DifCheckpointFlags flags, GError **error)
{
  g_autoptr (DifCheckpoint) checkpoint = g_new0 (DifCheckpoint, 1);
  const DifCheckpointKind  *kind = dif_checkpoint_kind_find (folder, error);

  if (! kind || ! kind->open (checkpoint, folder, flags, error))
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

void
dif_checkpoint_set_labels (DifCheckpoint *checkpoint, DifLabels *labels)
{
  dif_conditioner_free (checkpoint->conditioner);
  dif_labels_free (checkpoint->labels);
  checkpoint->labels = labels;
  checkpoint->conditioner =
      dif_conditioner_new_labels (labels, dif_model_facts (checkpoint->model)->n_classes);
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

  if (facts->out_channels == LATENT_CHANNELS && c != LATENT_CHANNELS)
    g_set_error (error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
                 _ ("The model reads %u channels and writes %u: it makes compressed images, as "
                    "Stable Diffusion's do, without what could decode them."),
                 facts->in_channels, facts->out_channels);
  else
    g_set_error (
        error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
        _ ("The model reads %u channels and writes %u; its images need it to read %u, or %u for "
           "inpainting, and to write %u, or %u with their variance."),
        facts->in_channels, facts->out_channels, c, 2 * c + 1, c, 2 * c);
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

static gboolean
has_variance (const DifCheckpoint *checkpoint)
{
  return dif_model_facts (checkpoint->model)->out_channels == 2 * checkpoint->codec->channels;
}

gboolean
dif_checkpoint_check_output (const DifCheckpoint *checkpoint, GError **error)
{
  if (dif_model_facts (checkpoint->model)->out_channels == checkpoint->codec->channels)
    return TRUE;
  if (! has_variance (checkpoint))
    return set_channels (checkpoint, error);
  if (! checkpoint->process || checkpoint->process->told != DIF_TOLD_UNCLEAR)
    return TRUE;
  g_set_error_literal (
      error, DIF_ERROR, DIF_ERROR_UNSUPPORTED,
      _ ("The model's scheduler has the “variance_type” “learned”, by which some "
         "mean a variance and others its logarithm; of those that are learned only "
         "“learned_range” is supported."));
  return FALSE;
}

gboolean
dif_checkpoint_learns_variance (const DifCheckpoint *checkpoint)
{
  return has_variance (checkpoint) && checkpoint->process &&
         checkpoint->process->told == DIF_TOLD_RANGE;
}

gboolean
dif_checkpoint_check (const DifCheckpoint *checkpoint, GError **error)
{
  return dif_checkpoint_check_process (checkpoint, error) &&
         dif_checkpoint_check_output (checkpoint, error) &&
         dif_checkpoint_check_input (checkpoint, error);
}
