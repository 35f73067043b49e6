/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/lab/texture-model.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "core/base/error.h"
#include "core/base/save.h"
#include "core/pipeline/run.h"

#define CONFIG "config.json"

DifDataset *
dif_texture_dataset_new (const DifImage *const *images, guint n, GError **error)
{
  g_autoptr (DifDataset) dataset = dif_dataset_new ();

  for (guint k = 0; k < n; k++)
    {
      const gsize        size = 3 * (gsize) images[k]->width * images[k]->height;
      g_autofree guint8 *bytes = g_new (guint8, size);
      DifTrainPicture    picture = { images[k]->width, images[k]->height, bytes, NULL, NULL };

      for (gsize i = 0; i < size; i++)
        bytes[i] = (guint8) lrintf (255.0f * CLAMP (images[k]->pixels[i], 0.0f, 1.0f));
      if (! dif_dataset_add (dataset, &picture, error))
        return NULL;
    }
  return g_steal_pointer (&dataset);
}

static gboolean
go_on (DifProgress *progress, GError **error)
{
  if (! dif_progress_is_finishing (progress))
    return dif_progress_check (progress, error);
  g_set_error_literal (error, DIF_ERROR, DIF_ERROR_CANCELLED, _ ("The experiment was ended."));
  return FALSE;
}

static gboolean
train (DifTrainer *trainer, guint n_steps, DifProgress *progress, GError **error)
{
  for (guint k = 0; k < n_steps; k++)
    {
      dif_progress_report (progress, k, n_steps, NULL, 0, 0);
      if (! go_on (progress, error) || ! dif_trainer_step (trainer, error))
        return FALSE;
    }
  return go_on (progress, error);
}

/* In a folder of its own. */
static DifCheckpoint *
learn (DifContext *context, const char *folder, const char *config,
       const DifTrainSettings *settings, DifDataset *dataset, GError **error)
{
  DifProgress           *progress = dif_context_progress (context);
  const guint            n_threads = dif_pool_n_workers (dif_context_pool (context));
  g_autofree char       *path = g_build_filename (folder, CONFIG, NULL);
  g_autoptr (DifTrainer) trainer = NULL;

  if (! dif_save (path, config, strlen (config), error))
    return NULL;
  trainer = dif_trainer_new (path, settings, dataset, n_threads, progress, error);
  if (! trainer || ! train (trainer, (guint) settings->n_steps, progress, error) ||
      ! dif_trainer_save (trainer, folder, error))
    return NULL;
  return dif_checkpoint_open (folder, 0, error);
}

static void
remove_folder (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, CONFIG, NULL);

  dif_checkpoint_unsave (folder);
  g_remove (path);
  g_rmdir (folder);
}

DifCheckpoint *
dif_texture_model_new (DifContext *context, const char *config, const DifTrainSettings *settings,
                       DifDataset *dataset)
{
  g_autofree char *folder = NULL;
  GError          *error = NULL;
  GError          *why = NULL;
  DifCheckpoint   *model = NULL;

  if (! dif_context_ok (context))
    return NULL;
  folder = g_dir_make_tmp ("gimp-diffusion-XXXXXX", &why);
  if (folder)
    {
      model = learn (context, folder, config, settings, dataset, &error);
      remove_folder (folder);
    }
  else
    {
      g_set_error (&error, DIF_ERROR, DIF_ERROR_IO, _ ("No temporary folder can be made: %s"),
                   why->message);
      g_error_free (why);
    }
  if (error)
    dif_context_fail (context, error);
  return model;
}

DifImage *
dif_texture_model_make (DifContext *context, const DifCheckpoint *model, const char *sampler,
                        guint evaluations, guint side, guint seed)
{
  g_auto (DifRequest) request = { 0 };
  g_autoptr (DifResult) result = NULL;
  DifImage             *image = NULL;
  GError               *error = NULL;

  if (! dif_context_ok (context))
    return NULL;
  dif_request_init (&request, DIF_TASK_GENERATE);
  request.width = request.height = side;
  request.steps = evaluations;
  g_free (request.sampler);
  request.sampler = g_strdup (sampler);
  request.seed = seed;
  request.threads = dif_pool_n_workers (dif_context_pool (context));
  if (go_on (dif_context_progress (context), &error))
    result = dif_run_checkpoint (model, &request, dif_context_progress (context), &error);
  image = result ? dif_image_new (side, side, &error) : NULL;
  if (error)
    dif_context_fail (context, error);
  if (image)
    memcpy (image->pixels, result->pixels, 3 * (gsize) side * side * sizeof (float));
  return image;
}
