/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkpoint/info.h"

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/store.h"
#include "core/diffusion/process.h"
#include "core/diffusion/sampler.h"

static char **
fitting_samplers (const DifProcess *process)
{
  GStrvBuilder            *ids = g_strv_builder_new ();
  char                   **all;
  guint                    n;
  const DifSampler *const *rows = dif_samplers (&n);

  for (guint i = 0; i < n; i++)
    if (dif_sampler_fits (rows[i], process))
      g_strv_builder_add (ids, rows[i]->id);
  all = g_strv_builder_end (ids);
  g_strv_builder_unref (ids);
  return all;
}

static DifModelInfo *
info_from (const char *path, const DifCheckpoint *checkpoint)
{
  const DifModelFacts *facts = dif_model_facts (checkpoint->model);
  const DifProcess    *process = checkpoint->process;
  DifModelInfo        *info = g_new0 (DifModelInfo, 1);

  info->path = g_strdup (path);
  info->class_name = g_strdup (facts->class_name);
  info->n_parameters = facts->n_parameters;
  info->in_channels = facts->in_channels;
  info->out_channels = facts->out_channels;
  info->learns_variance = dif_checkpoint_learns_variance (checkpoint);
  info->inpainting = checkpoint->inpainting != DIF_INPAINTING_NONE;
  info->sample_height = facts->sample_height * checkpoint->codec->shrink;
  info->sample_width = facts->sample_width * checkpoint->codec->shrink;
  info->schedule = g_strdup (process ? dif_process_name (process) : "");
  info->prediction = g_strdup (process ? dif_prediction_name (process->prediction) : "");
  if (process && process->kind->has_steps)
    info->n_train_steps = process->n_train_steps;
  else if (process && process->sigma_max > 0.0)
    info->n_levels = process->n_train_steps;
  info->sigma_min = process ? process->sigma_min : 0.0;
  info->sigma_max = process ? process->sigma_max : 0.0;
  info->sampler = process ? dif_sampler_for (process)->id : NULL;
  info->samplers = process ? fitting_samplers (process) : NULL;
  info->labels = g_strdupv ((char **) dif_conditioner_names (checkpoint->conditioner));
  return info;
}

DifModelInfo *
dif_model_info_load (const char *model, GError **error)
{
  g_autofree char          *path = dif_resolve_model (model, error);
  g_autoptr (DifCheckpoint) checkpoint =
      path ? dif_checkpoint_open (path, DIF_CHECKPOINT_SHAPES_ONLY, error) : NULL;

  return checkpoint ? info_from (path, checkpoint) : NULL;
}

void
dif_model_info_free (DifModelInfo *info)
{
  if (! info)
    return;
  g_free (info->path);
  g_free (info->class_name);
  g_free (info->schedule);
  g_free (info->prediction);
  g_strfreev (info->samplers);
  g_strfreev (info->labels);
  g_free (info);
}
