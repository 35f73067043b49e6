/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pipeline/run.h"

#include "core/base/error.h"
#include "core/checkpoint/store.h"
#include "core/image/image.h"
#include "core/pipeline/prepare.h"
#include "core/pipeline/sample.h"
#include "core/pipeline/work.h"
#include "core/settings/settings.h"

static DifCheckpoint *
open_model (const DifInput *input, GError **error)
{
  g_autofree char *path = dif_resolve_model (input->request->model, error);

  if (! path)
    {
      dif_error_name_setting (error, "model");
      return NULL;
    }
  return dif_checkpoint_open (path, input->task->denoises ? 0 : DIF_CHECKPOINT_SHAPES_ONLY, error);
}

static char *
tell_settings (const DifRequest *request, const DifSampled *sampled)
{
  DifRequest made;
  char      *json;

  dif_request_copy (request, &made);
  made.stop_after = sampled->stopped_after;
  if (dif_task_row (made.task)->denoises)
    dif_setting_set_string (dif_settings_find ("sampler"), &made, sampled->sampler->id);
  json = dif_request_to_json (&made);
  dif_request_clear (&made);
  return json;
}

static DifResult *
result_of (const DifPrepared *prepared, DifImage *image, const DifSampled *sampled, GError **error)
{
  g_autoptr (DifImage)  own = image;
  g_autoptr (DifResult) result = g_new0 (DifResult, 1);

  if (! dif_prepared_weigh (prepared, &result->weights, error))
    return NULL;
  result->width = own->width;
  result->height = own->height;
  result->pixels = g_steal_pointer (&own->pixels);
  result->stopped_after = sampled->stopped_after;
  result->settings = tell_settings (prepared->input.request, sampled);
  return g_steal_pointer (&result);
}

/* With @given, or with the request's own model. */
static DifResult *
run_with (const DifCheckpoint *given, const DifRequest *request, DifProgress *progress,
          GError **error)
{
  g_autoptr (DifCheckpoint) own = NULL;
  g_auto (DifPrepared) prepared = { 0 };
  g_auto (DifWork) work = { 0 };
  DifSampled sampled = { 0.0, 0, NULL };
  DifImage  *image;

  if (! dif_prepare (&prepared, request, error) || ! dif_work_init (&work, &prepared.input, error))
    return NULL;
  if (! given && ! (own = open_model (&prepared.input, error)))
    return NULL;
  image = dif_sample (&work.input, given ? given : own, progress, &sampled, error);
  work.kept = sampled.kept;
  image = image ? dif_work_finish (&work, image, error) : NULL;
  return image ? result_of (&prepared, image, &sampled, error) : NULL;
}

DifResult *
dif_run (const DifRequest *request, DifProgress *progress, GError **error)
{
  return run_with (NULL, request, progress, error);
}

DifResult *
dif_run_checkpoint (const DifCheckpoint *checkpoint, const DifRequest *request,
                    DifProgress *progress, GError **error)
{
  return run_with (checkpoint, request, progress, error);
}

void
dif_result_free (DifResult *result)
{
  if (! result)
    return;
  g_free (result->pixels);
  g_free (result->weights);
  g_free (result->settings);
  g_free (result);
}
